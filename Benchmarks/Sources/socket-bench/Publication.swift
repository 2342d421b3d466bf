import Foundation

/// A message to publish, over and over: its bytes are laid out once, and only its numbers change.
///
/// The data is `{"type":"benchmark","text":"at=… number=… xxx"}` or what the template says, `%` standing for the text; to a
/// plain server it is the text alone.
struct Publication {
    static let numberName = "number="
    static let timeName = "at="
    private static let idFirst: Int64 = 1_000_000_000

    private var bytes: [UInt8]
    private let positions: [(place: Int, digits: Int)]

    init(_ target: Target, _ options: Options) throws {
        let template = options.text("data") ?? #"{"type":"benchmark","text":"%"}"#
        let size = try options.number("bytes", default: 128)
        let marks = "\(Self.timeName)0000000000000000000 \(Self.numberName)0000000000 "
        let around = target.dialect == .plaza ? template.utf8.count - 1 : 0
        let text = marks + String(repeating: "x", count: max(0, size - around - marks.utf8.count))
        var payload = text
        if target.dialect == .plaza, let channel = target.channels.first {
            let parts = template.split(separator: "%", maxSplits: 1, omittingEmptySubsequences: false)
            let data = parts.joined(separator: text)
            payload = #"{"id":\#(Self.idFirst),"publish":{"channel":"\#(channel)","data":\#(data)}}"#
        }
        let header = Frame.masked([]).count - 2 + (payload.utf8.count < 126 ? 2 : 4)
        bytes = Frame.masked(payload.utf8)
        func place(_ name: String) -> Int? {
            payload.range(of: name).map { payload.utf8.distance(from: payload.startIndex, to: $0.upperBound) + header }
        }
        positions = [(place(Self.timeName) ?? 0, 19), (place(Self.numberName) ?? 0, 10), (place(#"{"id":"#) ?? 0, 10)]
    }

    /// The frame of the message of this number, said at this time.
    mutating func frame(number: Int, at time: Int64) -> [UInt8] {
        let values = [time, Int64(number), Self.idFirst + Int64(number)]
        for (position, value) in zip(positions, values) where position.place > 0 {
            write(value, at: position.place, digits: position.digits)
        }
        return bytes
    }

    private mutating func write(_ value: Int64, at place: Int, digits: Int) {
        var rest = value
        for position in (place..<place + digits).reversed() {
            bytes[position] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        }
    }
}
