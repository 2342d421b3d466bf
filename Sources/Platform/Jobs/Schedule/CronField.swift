/// One field of a ``CronExpression``: the set of its numbers.
struct CronField: Sendable, Equatable {
    static let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
    static let weekdays = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]

    /// Bit n is the number n.
    private var members: UInt64 = 0
    /// Written with a `*`: says nothing by itself, which matters to the day fields.
    let isStar: Bool

    /// - Parameter names: of the numbers from the bounds' lower one on.
    init(_ text: String, in bounds: ClosedRange<Int>, names: [String] = []) throws(CronError) {
        isStar = text.hasPrefix("*")
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let numbers = Self.numbers(String(part), in: bounds, names: names) else {
                throw .invalidField(text)
            }
            for number in numbers { members |= 1 << UInt64(number) }
        }
    }

    func contains(_ number: Int) -> Bool {
        members & 1 << UInt64(number) != 0
    }

    /// 7 is Sunday as 0 is.
    func foldingSunday() -> CronField {
        var copy = self
        copy.members = (members | members >> 7) & 0x7F
        return copy
    }

    private static func numbers(
        _ part: String, in bounds: ClosedRange<Int>, names: [String]
    ) -> StrideThrough<Int>? {
        let halves = part.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard let first = halves.first, let range = range(first, in: bounds, names: names) else { return nil }
        switch halves.count {
        case 1:
            return stride(from: range.lowerBound, through: range.upperBound, by: 1)
        case 2:
            // A step needs something to step through.
            guard first == "*" || first.contains("-"), let step = digits(halves[1]), step > 0 else { return nil }
            return stride(from: range.lowerBound, through: range.upperBound, by: step)
        default:
            return nil
        }
    }

    private static func range(_ text: String, in bounds: ClosedRange<Int>, names: [String]) -> ClosedRange<Int>? {
        if text == "*" { return bounds }
        let ends = text.split(separator: "-", omittingEmptySubsequences: false)
            .map { number(String($0), in: bounds, names: names) }
        guard ends.count <= 2, let first = ends.first, let lower = first, let last = ends.last, let upper = last,
            lower <= upper
        else { return nil }
        return lower...upper
    }

    private static func number(_ text: String, in bounds: ClosedRange<Int>, names: [String]) -> Int? {
        let value = names.firstIndex(of: text.lowercased()).map { bounds.lowerBound + $0 } ?? digits(text)
        guard let value, bounds.contains(value) else { return nil }
        return value
    }

    /// Digits alone: `Int` would take a sign.
    private static func digits(_ text: String) -> Int? {
        text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ? Int(text) : nil
    }
}
