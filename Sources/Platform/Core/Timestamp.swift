#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A point in time: microseconds since 1970-01-01T00:00:00Z. `BIGINT` in SQL, RFC 3339 in UTC outside.
package struct Timestamp: Hashable, Sendable, Comparable {
    package var microseconds: Int64

    package init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    package static func < (left: Self, right: Self) -> Bool {
        left.microseconds < right.microseconds
    }

    package func advanced(bySeconds seconds: Int64) -> Timestamp {
        Timestamp(microseconds: microseconds + seconds * 1_000_000)
    }

    package func advanced(by duration: Duration) -> Timestamp {
        Timestamp(microseconds: microseconds + duration.microseconds)
    }

    /// Whole seconds until `other`, rounded up, never negative.
    package func seconds(until other: Timestamp) -> Int64 {
        max(0, (other.microseconds - microseconds + 999_999) / 1_000_000)
    }
}

extension Duration {
    package var microseconds: Int64 {
        components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000
    }
}

extension Timestamp: CustomStringConvertible {
    /// RFC 3339 with milliseconds: `2026-03-01T12:00:00.000Z`.
    package var description: String {
        String(unsafeUninitializedCapacity: Self.textLength) { write(into: $0) }
    }

    package static let textLength = 24

    @discardableResult
    package func write(into buffer: UnsafeMutableBufferPointer<UInt8>) -> Int {
        let (days, dayMicroseconds) = microseconds.flooredQuotientAndRemainder(dividingBy: 86_400_000_000)
        let (year, month, day) = Self.civilDate(daysSince1970: days)
        let milliseconds = dayMicroseconds / 1_000
        var position = 0
        func put(_ value: Int64, digits: Int, then separator: UInt8) {
            var rest = value
            for index in stride(from: digits - 1, through: 0, by: -1) {
                buffer[position + index] = UInt8(ascii: "0") + UInt8(rest % 10)
                rest /= 10
            }
            buffer[position + digits] = separator
            position += digits + 1
        }
        put(year, digits: 4, then: UInt8(ascii: "-"))
        put(month, digits: 2, then: UInt8(ascii: "-"))
        put(day, digits: 2, then: UInt8(ascii: "T"))
        put(milliseconds / 3_600_000, digits: 2, then: UInt8(ascii: ":"))
        put(milliseconds / 60_000 % 60, digits: 2, then: UInt8(ascii: ":"))
        put(milliseconds / 1_000 % 60, digits: 2, then: UInt8(ascii: "."))
        put(milliseconds % 1_000, digits: 3, then: UInt8(ascii: "Z"))
        return position
    }

    /// Howard Hinnant's `civil_from_days`: http://howardhinnant.github.io/date_algorithms.html
    package static func civilDate(daysSince1970: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = daysSince1970 + 719_468
        let era = shifted.flooredQuotientAndRemainder(dividingBy: 146_097)
        let dayOfEra = era.remainder
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (
            yearOfEra + era.quotient * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        )
    }
}

extension Int64 {
    fileprivate func flooredQuotientAndRemainder(dividingBy divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}

/// Where the time of day comes from. Passed in `init`, so that tests hold the clock.
package struct WallClock: Sendable {
    package let now: @Sendable () -> Timestamp

    package init(now: @escaping @Sendable () -> Timestamp) {
        self.now = now
    }

    package static let system = WallClock {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000)
    }
}

/// Nanoseconds of a clock that only moves forward: for measuring, never for telling the time.
package func monotonicNanoseconds() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}
