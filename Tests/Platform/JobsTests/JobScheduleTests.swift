import Core
import PlazaTesting
import Storage
import Testing

@testable import Jobs

@Suite struct JobScheduleTests {
    private func schedule(_ cron: String) throws -> JobSchedule {
        JobSchedule("test.note", try CronExpression(cron), job: Note("scheduled"))
    }

    private func register(_ schedule: JobSchedule, in jobs: JobFixture) async throws {
        let queue = jobs.queue
        try await jobs.database.write { tx in try queue.register(schedule, in: tx) }
    }

    /// What each instance does in its turn.
    private func look(_ schedule: JobSchedule, in jobs: JobFixture) async throws -> Timestamp? {
        let queue = jobs.queue
        return try await jobs.database.write { tx in try queue.enqueueIfDue(schedule, in: tx) }
    }

    @Test func anOccurrenceIsEnqueuedOnceWithManyInstances() async throws {
        try await withJobs { jobs in
            let hourly = try schedule("0 * * * *")
            let start = jobs.clock.now
            for _ in 0..<3 { try await register(hourly, in: jobs) }
            #expect(try await look(hourly, in: jobs) == start.advanced(bySeconds: 3_600))
            #expect(try await jobs.claim().isEmpty)
            for hour: Int64 in 1...3 {
                jobs.clock.set(start.advanced(bySeconds: hour * 3_600))
                let looks = try await withThrowingTaskGroup(of: Timestamp?.self) { group in
                    for _ in 0..<10 { group.addTask { try await self.look(hourly, in: jobs) } }
                    return try await group.reduce(into: Set<Timestamp?>()) { $0.insert($1) }
                }
                #expect(looks == [start.advanced(bySeconds: (hour + 1) * 3_600)])
                let claimed = try await jobs.claim()
                #expect(claimed.map(\.name) == ["scheduled"])
                for job in claimed { _ = try await jobs.settle(job, .completed) }
            }
        }
    }

    @Test func missedOccurrencesAreMadeUpForByOne() async throws {
        try await withJobs { jobs in
            let hourly = try schedule("0 * * * *")
            try await register(hourly, in: jobs)
            jobs.clock.advance(seconds: 100 * 3_600 + 5)
            _ = try await look(hourly, in: jobs)
            _ = try await look(hourly, in: jobs)
            #expect(try await jobs.claim().count == 1)
        }
    }

    @Test func aSlowJobDoesNotPileUp() async throws {
        try await withJobs { jobs in
            let hourly = try schedule("0 * * * *")
            try await register(hourly, in: jobs)
            for _ in 0..<3 {
                jobs.clock.advance(seconds: 3_600)
                _ = try await look(hourly, in: jobs)
            }
            #expect(try await jobs.claim().count == 1)
        }
    }

    @Test func aChangedExpressionTakesOver() async throws {
        try await withJobs { jobs in
            try await register(try schedule("0 * * * *"), in: jobs)
            let daily = try schedule("0 0 * * *")
            try await register(daily, in: jobs)
            #expect(try await look(daily, in: jobs) == jobs.clock.now.advanced(bySeconds: 86_400))
        }
    }
}
