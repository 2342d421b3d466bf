package import Core

/// Five fields: minute, hour, day of month, month, day of week; in UTC.
///
/// A field is `*`, a number, a name (`jan`, `mon`), a range `1-5`, any of those stepped (`*/15`, `8-18/2`), or a list of
/// them. Sunday is 0 and 7. As in Vixie cron, when both day fields are restricted a day matches if either does.
package struct CronExpression: Sendable, Equatable, CustomStringConvertible {
    /// As it was written.
    package let description: String
    private let minutes: CronField
    private let hours: CronField
    private let daysOfMonth: CronField
    private let months: CronField
    private let daysOfWeek: CronField

    /// - Throws: ``CronError``.
    package init(_ text: String) throws(CronError) {
        let fields = text.split(separator: " ").map(String.init)
        guard fields.count == 5 else { throw .fieldCount(fields.count) }
        description = fields.joined(separator: " ")
        minutes = try CronField(fields[0], in: 0...59)
        hours = try CronField(fields[1], in: 0...23)
        daysOfMonth = try CronField(fields[2], in: 1...31)
        months = try CronField(fields[3], in: 1...12, names: CronField.months)
        daysOfWeek = try CronField(fields[4], in: 0...7, names: CronField.weekdays).foldingSunday()
        guard next(after: Timestamp(microseconds: 0)) != nil else { throw .neverOccurs(text) }
    }

    /// The first whole minute after `time` that matches; nil when none of the next 40 years does. Every combination of
    /// date and weekday occurs within 40 years, also across 2100, which is no leap year.
    package func next(after time: Timestamp) -> Timestamp? {
        let minute = floorDivide(time.microseconds, by: 60_000_000) + 1
        let today = floorDivide(minute, by: 1_440)
        for day in today...(today + 40 * 366) where matches(day: day) {
            let earliest = day == today ? Int(minute - today * 1_440) : 0
            if let found = minuteOfDay(from: earliest) {
                return Timestamp(microseconds: (day * 1_440 + Int64(found)) * 60_000_000)
            }
        }
        return nil
    }

    private func matches(day: Int64) -> Bool {
        let date = Timestamp.civilDate(daysSince1970: day)
        guard months.contains(Int(date.month)) else { return false }
        // 1970-01-01 was a Thursday.
        let weekday = Int(day + 4 - floorDivide(day + 4, by: 7) * 7)
        let (isDate, isWeekday) = (daysOfMonth.contains(Int(date.day)), daysOfWeek.contains(weekday))
        return daysOfMonth.isStar || daysOfWeek.isStar ? isDate && isWeekday : isDate || isWeekday
    }

    private func minuteOfDay(from earliest: Int) -> Int? {
        for hour in (earliest / 60)..<24 where hours.contains(hour) {
            let first = hour == earliest / 60 ? earliest % 60 : 0
            if let minute = (first..<60).first(where: minutes.contains) { return hour * 60 + minute }
        }
        return nil
    }

    private func floorDivide(_ value: Int64, by divisor: Int64) -> Int64 {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}

/// What is wrong with a cron expression.
package enum CronError: Error, Equatable {
    case fieldCount(Int)
    case invalidField(String)
    /// Such as the 30th of February.
    case neverOccurs(String)
}
