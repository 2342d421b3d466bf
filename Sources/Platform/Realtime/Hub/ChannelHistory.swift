import NIOCore

/// The ordered messages of one channel that are still there for those who come back. Bounded by count, age and bytes.
struct ChannelHistory {
    struct Entry {
        let offset: Int64
        /// Tick of the hub.
        let at: UInt32
        let message: PushFrame
        let key: String?
    }

    private var entries = CircularBuffer<Entry>(initialCapacity: 4)
    private(set) var bytes = 0

    var isEmpty: Bool { entries.isEmpty }

    func contains(key: String) -> Bool {
        entries.contains { $0.key == key }
    }

    mutating func append(_ entry: Entry, terms: ChannelTerms) {
        entries.append(entry)
        bytes += entry.message.frame.readableBytes
        while entries.count > terms.historyCountMax || bytes > terms.historyBytesMax { removeFirst() }
    }

    /// - Parameter tick: what was said before it is forgotten.
    mutating func forget(before tick: UInt32) {
        while let first = entries.first, first.at < tick { removeFirst() }
    }

    /// What followed `offset`, or nil when some of it is gone.
    /// - Parameter end: the offset of the last message that there was.
    func messages(after offset: Int64, end: Int64) -> CircularBuffer<Entry>.SubSequence? {
        let missed = end - offset
        guard missed >= 0, missed <= Int64(entries.count) else { return nil }
        return entries.suffix(Int(missed))
    }

    private mutating func removeFirst() {
        guard let first = entries.popFirst() else { return }
        bytes -= first.message.frame.readableBytes
    }
}

/// A push as it goes out: encoded once, its bytes shared by the history and everybody who hears it.
struct PushFrame {
    let frame: ByteBuffer
    /// Where in `frame` the JSON of `data` is; behind it there is one closing brace.
    private let dataStart: Int

    /// - Parameters:
    ///   - offset: nil for what is not ordered.
    ///   - data: JSON.
    init(channel: ChannelName, offset: Int64?, data: [UInt8]) {
        var head = Array(#"{"channel":""#.utf8)
        head.append(contentsOf: channel.description.utf8)
        if let offset {
            head.append(contentsOf: #"","offset":"#.utf8)
            head.append(contentsOf: String(offset).utf8)
            head.append(contentsOf: #","data":"#.utf8)
        } else {
            head.append(contentsOf: #"","data":"#.utf8)
        }
        frame = FrameWriter.text(length: head.count + data.count + 1) { frame in
            frame.writeBytes(head)
            frame.writeBytes(data)
            frame.writeInteger(UInt8(ascii: "}"))
        }
        dataStart = frame.writerIndex - 1 - data.count
    }

    var data: ByteBufferView {
        frame.viewBytes(at: dataStart, length: frame.writerIndex - 1 - dataStart) ?? ByteBufferView()
    }
}
