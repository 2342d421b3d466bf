import Core
import Testing

@testable import Jobs

@Suite struct JobBackoffTests {
    static let ceilings: [(failures: Int64, seconds: Int64)] = [
        (1, 2), (2, 4), (3, 8), (4, 16), (10, 1_024), (11, 2_048), (12, 3_600), (20, 3_600), (1_000_000, 3_600),
    ]

    @Test(arguments: ceilings)
    func delayIsSpreadBelowItsCeiling(failures: Int64, seconds: Int64) {
        let random = RandomSource.seeded(UInt64(failures))
        let delays = (0..<500).map { _ in JobBackoff.delay(afterFailures: failures, random: random) }
        #expect(delays.allSatisfy { $0 >= .zero && $0 < .seconds(seconds) })
        // Evenly spread: a tenth of them at least in the lowest and in the highest fifth.
        #expect(delays.filter { $0 < .seconds(seconds) / 5 }.count > 50)
        #expect(delays.filter { $0 > .seconds(seconds) * 4 / 5 }.count > 50)
    }

    @Test func theSameSeedIsTheSameSchedule() {
        func schedule() -> [Duration] {
            let random = RandomSource.seeded(42)
            return (1...20).map { JobBackoff.delay(afterFailures: $0, random: random) }
        }
        #expect(schedule() == schedule())
    }
}
