import Core
import PlazaTesting
import Storage
import Testing

@testable import Jobs

/// The SQL against the state machine: seeded random steps on a few jobs, each checked against ``JobLife``.
@Suite struct JobModelTests {
    @Test(arguments: UInt64(1)...6)
    func theTableFollowsTheStateMachine(seed: UInt64) async throws {
        try await withJobs(seed: seed) { jobs in
            var random = SplitMix64(seed: seed)
            var model: [ID<QueuedJob>: JobLife] = [:]
            var claims: [ClaimedJob] = []
            for name in 0..<4 { try await jobs.enqueue("\(name)", attemptsMax: 3) }
            for life in try await lives(jobs) { model[life.key] = life.value }
            for step in 0..<150 {
                switch Int.random(in: 0..<6, using: &random) {
                case 0:
                    jobs.clock.advance(seconds: 100)
                    try await reclaim(jobs, &model)
                case 1:
                    for job in try await claim(jobs, limit: Int.random(in: 1...2, using: &random)) {
                        apply(.claim, to: job.lease.id, in: &model)
                        claims.append(job)
                    }
                case 5:
                    try await retry(jobs, &model)
                default:
                    guard let job = claims.randomElement(using: &random) else { continue }
                    try await settle(job, jobs, &model, &random)
                }
                #expect(try await lives(jobs) == model, "seed \(seed), step \(step)")
            }
        }
    }

    private func apply(_ step: JobLife.Step, to id: ID<QueuedJob>, in model: inout [ID<QueuedJob>: JobLife]) {
        switch model[id]?.outcome(of: step) {
        case .become(let life): model[id] = life
        case .finish: model[id] = nil
        case .refuse, nil: break
        }
    }

    private func settle(
        _ job: ClaimedJob, _ jobs: JobFixture, _ model: inout [ID<QueuedJob>: JobLife], _ random: inout SplitMix64
    ) async throws {
        let attempt = job.lease.attempt
        let (verdict, step): (JobQueue.Verdict, JobLife.Step) =
            switch Int.random(in: 0..<5, using: &random) {
            case 0: (.completed, .complete(attempt: attempt))
            case 1: (.released, .release(attempt: attempt))
            case 2: (.failed(reason: "no", isPermanent: true), .fail(attempt: attempt, isPermanent: true))
            default: (.failed(reason: "no", isPermanent: false), .fail(attempt: attempt, isPermanent: false))
            }
        let isRefused = model[job.lease.id].map { $0.outcome(of: step) == .refuse } ?? true
        let settlement = try await jobs.settle(job, verdict)
        #expect((settlement == .refused) == isRefused)
        apply(step, to: job.lease.id, in: &model)
    }

    private func reclaim(_ jobs: JobFixture, _ model: inout [ID<QueuedJob>: JobLife]) async throws {
        let queue = jobs.queue
        _ = try await jobs.database.write { tx in try queue.reclaim(in: tx) }
        // A hundred seconds outlast every lease.
        for id in model.keys { apply(.leaseExpired, to: id, in: &model) }
    }

    private func claim(_ jobs: JobFixture, limit: Int) async throws -> [ClaimedJob] {
        let queue = jobs.queue
        return try await jobs.database.write { tx in
            try queue.claim(limit: limit, leaseSeconds: JobFixture.leaseSeconds, in: tx)
        }
    }

    private func retry(_ jobs: JobFixture, _ model: inout [ID<QueuedJob>: JobLife]) async throws {
        let letters = DeadLetters(queue: jobs.queue)
        _ = try await jobs.database.write { tx in try letters.retryAll(in: tx) }
        for id in model.keys { apply(.retry(attemptsMax: 3), to: id, in: &model) }
    }

    private func lives(_ jobs: JobFixture) async throws -> [ID<QueuedJob>: JobLife] {
        try await jobs.database.read { db in
            let rows = try db.rows("SELECT id, state, attempt, attempts_left FROM job /* scan: a test's few rows */") {
                let state = try #require(JobState(rawValue: $0.integer(1)))
                return (
                    $0.id(0, QueuedJob.self),
                    JobLife(state: state, attempt: $0.integer(2), attemptsLeft: $0.integer(3))
                )
            }
            return Dictionary(uniqueKeysWithValues: rows)
        }
    }
}
