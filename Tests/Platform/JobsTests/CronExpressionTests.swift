import Core
import Jobs
import Testing

@Suite struct CronExpressionTests {
    /// Seconds since 1970 of a civil time: Howard Hinnant's `days_from_civil`, the other way round than the library's.
    private func time(_ text: String) -> Timestamp {
        let parts = text.split { "-T: ".contains($0) }.compactMap { Int64($0) }
        let (year, month) = (parts[1] <= 2 ? parts[0] - 1 : parts[0], parts[1])
        let (era, yearOfEra) = (year / 400, year % 400)
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + parts[2] - 1
        let days = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
        let seconds = parts.count > 5 ? parts[5] : 0
        return Timestamp(microseconds: (days * 86_400 + parts[3] * 3_600 + parts[4] * 60 + seconds) * 1_000_000)
    }

    @Test(arguments: [
        ("* * * * *", "2026-01-01 00:00", "2026-01-01 00:01"),
        ("* * * * *", "2026-01-01 00:00:59", "2026-01-01 00:01"),
        ("* * * * *", "2026-12-31 23:59", "2027-01-01 00:00"),
        ("0 0 * * *", "2026-01-01 00:00", "2026-01-02 00:00"),
        ("30 4 * * *", "2026-01-01 04:29", "2026-01-01 04:30"),
        ("30 4 * * *", "2026-01-01 04:30", "2026-01-02 04:30"),
        ("*/15 * * * *", "2026-01-01 10:46", "2026-01-01 11:00"),
        ("5-20/5 8 * * *", "2026-01-01 08:10", "2026-01-01 08:15"),
        ("5-20/5 8 * * *", "2026-01-01 08:20", "2026-01-02 08:05"),
        ("1,31,59 * * * *", "2026-01-01 08:31", "2026-01-01 08:59"),
        ("0 22-23,0 * * *", "2026-01-01 23:30", "2026-01-02 00:00"),
        // Leap years: 2028 is one, 2100 is none.
        ("0 0 29 2 *", "2026-01-01 00:00", "2028-02-29 00:00"),
        ("0 0 29 2 *", "2028-02-29 00:00", "2032-02-29 00:00"),
        ("0 0 29 2 *", "2096-03-01 00:00", "2104-02-29 00:00"),
        ("0 0 28 2 *", "2028-02-28 00:00", "2029-02-28 00:00"),
        ("0 0 31 * *", "2026-01-31 00:00", "2026-03-31 00:00"),
        // 2026-01-01 is a Thursday.
        ("0 9 * * mon", "2026-01-01 00:00", "2026-01-05 09:00"),
        ("0 9 * * MON-FRI", "2026-01-02 09:00", "2026-01-05 09:00"),
        ("0 9 * * 0", "2026-01-01 00:00", "2026-01-04 09:00"),
        ("0 9 * * 7", "2026-01-01 00:00", "2026-01-04 09:00"),
        ("0 9 * * 5-7", "2026-01-03 10:00", "2026-01-04 09:00"),
        // Both day fields: either is enough.
        ("0 0 13 * fri", "2026-01-01 00:00", "2026-01-02 00:00"),
        ("0 0 13 * fri", "2026-01-09 00:00", "2026-01-13 00:00"),
        // One of them with a star: both must hold.
        ("0 0 */2 * fri", "2026-01-01 00:00", "2026-01-09 00:00"),
        ("0 0 1 jan,JUL *", "2026-01-01 00:00", "2026-07-01 00:00"),
        ("0 0 1 12 *", "1969-06-01 00:00", "1969-12-01 00:00"),
    ])
    func nextTime(expression: String, after: String, expected: String) throws {
        let cron = try CronExpression(expression)
        #expect(cron.next(after: time(after)) == time(expected))
    }

    @Test(arguments: [
        "", "* * * *", "* * * * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * 32 * *", "* * * 13 *", "* * * 0 *",
        "* * * * 8", "a * * * *", "1-* * * * *", "5-1 * * * *", "*/0 * * * *", "*/ * * * *", "1/5 * * * *",
        "1,,2 * * * *", ", * * * *", "-1 * * * *", "+1 * * * *", "1- * * * *", "1-2-3 * * * *", "*/2/2 * * * *",
        "* * * mon *", "* * * * jan", "1.5 * * * *", "*5 * * * *",
    ])
    func nonsenseIsRefused(expression: String) {
        #expect(throws: CronError.self) { try CronExpression(expression) }
    }

    @Test(arguments: ["0 0 30 2 *", "0 0 31 4,6,9,11 *"])
    func whatNeverOccursIsRefused(expression: String) {
        #expect(throws: CronError.neverOccurs(expression)) { try CronExpression(expression) }
    }

    /// Minute by minute, a seeded random expression's next time is the first minute that another reading of it accepts.
    @Test func nextSkipsNothing() throws {
        var random = SplitMix64(seed: 11)
        for _ in 0..<30 {
            let minute = Int.random(in: 0...59, using: &random)
            let hours = Int.random(in: 1...12, using: &random)
            let cron = try CronExpression("\(minute) */\(hours) * * *")
            let start = time("2026-01-01 00:00").advanced(bySeconds: Int64.random(in: 0...10_000_000, using: &random))
            var expected = start.microseconds / 60_000_000 + 1
            while expected % 60 != Int64(minute) || expected / 60 % 24 % Int64(hours) != 0 { expected += 1 }
            #expect(cron.next(after: start)?.microseconds == expected * 60_000_000, "\(cron) after \(start)")
        }
    }
}
