extension Timestamp {
    /// Reads RFC 3339 in UTC, with a fraction of a second or without: `2026-03-01T12:00:00Z`. Nil for anything else.
    package init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        func number(_ range: Range<Int>) -> Int64? {
            guard range.upperBound <= bytes.count else { return nil }
            var value: Int64 = 0
            for byte in bytes[range] {
                guard (0x30...0x39).contains(byte) else { return nil }
                value = value * 10 + Int64(byte - 0x30)
            }
            return value
        }
        guard bytes.count >= 20, bytes[4] == 0x2D, bytes[7] == 0x2D, bytes[10] == 0x54, bytes[13] == 0x3A,
            bytes[16] == 0x3A, bytes.last == 0x5A, let year = number(0..<4), let month = number(5..<7),
            let day = number(8..<10), let hour = number(11..<13), let minute = number(14..<16),
            let second = number(17..<19), (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60,
            second < 60
        else { return nil }
        let digits = bytes.count - 21
        guard digits == -1 || bytes[19] == 0x2E && (1...6).contains(digits) else { return nil }
        var micros = digits == -1 ? 0 : number(20..<20 + digits)
        for _ in max(0, digits)..<6 { micros = micros.map { $0 * 10 } }
        let days = Self.daysSince1970(year: year, month: month, day: day)
        guard let micros, Self.civilDate(daysSince1970: days) == (year, month, day) else { return nil }
        self.init(microseconds: ((days * 24 + hour) * 60 + minute) * 60_000_000 + second * 1_000_000 + micros)
    }

    /// Howard Hinnant's `days_from_civil`: http://howardhinnant.github.io/date_algorithms.html
    private static func daysSince1970(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
