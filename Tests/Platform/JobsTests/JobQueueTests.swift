import Core
import Jobs
import PlazaTesting
import Storage
import Testing

@Suite struct JobQueueTests {
    @Test func claimsGoByPriorityThenAge() async throws {
        try await withJobs { jobs in
            try await jobs.enqueue("later", afterSeconds: 60)
            try await jobs.enqueue("low", priority: .low)
            try await jobs.enqueue("first", "second")
            try await jobs.enqueue("later and high", priority: .high, afterSeconds: 5)
            try await jobs.enqueue("high", priority: .high)
            #expect(try await jobs.claim(3).map(\.name) == ["high", "first", "second"])
            #expect(try await jobs.claim().map(\.name) == ["low"])
            jobs.clock.advance(seconds: 60)
            #expect(try await jobs.claim(1).map(\.name) == ["later and high"])
        }
    }

    @Test func rollbackForgetsTheJob() async throws {
        try await withJobs { jobs in
            let queue = jobs.queue
            await #expect(throws: Refusal.self) {
                try await jobs.database.write { tx in
                    try queue.enqueue(Note("lost"), in: tx)
                    throw Refusal()
                }
            }
            let claimed = try await jobs.claim()
            #expect(claimed.isEmpty)
        }
    }

    @Test func aLeasedJobIsNobodyElses() async throws {
        try await withJobs { jobs in
            try await jobs.enqueue("a")
            let first = try await jobs.claim()
            jobs.clock.advance(seconds: JobFixture.leaseSeconds - 1)
            #expect(try await jobs.claim().isEmpty)
            #expect(try await jobs.extend(first.map(\.lease)) == Set(first.map(\.lease)))
            jobs.clock.advance(seconds: JobFixture.leaseSeconds - 1)
            #expect(try await jobs.claim().isEmpty)
        }
    }

    @Test func aVanishedWorkersJobComesBackAndItsLateVerdictIsRefused() async throws {
        try await withJobs { jobs in
            try await jobs.enqueue("a")
            let lost = try #require(try await jobs.claim().first)
            jobs.clock.advance(seconds: JobFixture.leaseSeconds)
            _ = try await jobs.claim()
            jobs.clock.advance(seconds: 2)
            let again = try #require(try await jobs.claim().first)
            #expect(again.lease.id == lost.lease.id)
            #expect(again.lease.attempt == 2)

            #expect(try await jobs.extend([lost.lease]).isEmpty)
            #expect(try await jobs.settle(lost, .completed) == .refused)
            #expect(try await jobs.settle(lost, .failed(reason: "late", isPermanent: true)) == .refused)
            #expect(try await jobs.settle(lost, .released) == .refused)
            #expect(try await jobs.settle(again, .completed) == .done)
            #expect(try await jobs.settle(again, .completed) == .refused)
            #expect(try await jobs.summary().lines.isEmpty)
        }
    }

    @Test func aLeaseThatRunsOutAtTheLastAttemptIsDead() async throws {
        try await withJobs { jobs in
            try await jobs.enqueue("a", attemptsMax: 1)
            _ = try await jobs.claim()
            jobs.clock.advance(seconds: JobFixture.leaseSeconds)
            _ = try await jobs.claim()
            #expect(try await jobs.summary().count(.dead) == 1)
        }
    }

    @Test func aFailedJobWaitsLongerEachTime() async throws {
        try await withJobs(seed: 3) { jobs in
            try await jobs.enqueue("a", attemptsMax: 5)
            // The same seed gives the delays that the queue must have drawn.
            let random = RandomSource.seeded(3)
            let queue = jobs.queue
            for attempt in 1...5 {
                let job = try #require(try await jobs.claim().first)
                #expect(job.lease.attempt == Int64(attempt))
                let ceiling = Double(Int64(2) << Int64(attempt - 1))
                let delay = Int64(ceiling * 1_000_000 * random.fraction())
                let settlement = try await jobs.settle(job, .failed(reason: "no", isPermanent: false))
                #expect(settlement == (attempt < 5 ? .waits : .dead))
                let next = try await jobs.database.read { try queue.nextRunAt(in: $0) }
                #expect(next == (attempt < 5 ? jobs.clock.now.advanced(by: .microseconds(delay)) : nil))
                jobs.clock.set(next ?? jobs.clock.now)
            }
        }
    }

    @Test func aReleasedRunDoesNotCount() async throws {
        try await withJobs { jobs in
            try await jobs.enqueue("a", attemptsMax: 1)
            for attempt in 1...3 {
                let job = try #require(try await jobs.claim().first)
                #expect(job.lease.attempt == Int64(attempt))
                #expect(job.attemptsLeft == 0)
                #expect(try await jobs.settle(job, .released) == .waits)
            }
        }
    }

    // MARK: Unique keys

    @Test func aKeyIsHeldUntilItsJobEnds() async throws {
        try await withJobs { jobs in
            #expect(try await jobs.enqueue("a", uniqueKey: "k"))
            #expect(try await !jobs.enqueue("b", uniqueKey: "k"))
            #expect(try await jobs.enqueue("c", uniqueKey: "other"))
            let job = try #require(try await jobs.claim(1).first)
            #expect(try await !jobs.enqueue("d", uniqueKey: "k"))
            _ = try await jobs.settle(job, .completed)
            #expect(try await jobs.enqueue("e", uniqueKey: "k"))
        }
    }

    @Test func aDeadJobFreesItsKey() async throws {
        try await withJobs { jobs in
            try await jobs.enqueue("a", uniqueKey: "k")
            let job = try #require(try await jobs.claim().first)
            #expect(try await jobs.settle(job, .failed(reason: "no", isPermanent: true)) == .dead)
            #expect(try await jobs.enqueue("b", uniqueKey: "k"))
        }
    }

    @Test func ofManyRacersOneHasTheKey() async throws {
        try await withJobs { jobs in
            let winners = try await withThrowingTaskGroup(of: Bool.self) { group in
                for racer in 0..<50 {
                    group.addTask { try await jobs.enqueue("racer \(racer)", uniqueKey: "k") }
                }
                return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(winners == 1)
            #expect(try await jobs.claim().count == 1)
        }
    }
}
