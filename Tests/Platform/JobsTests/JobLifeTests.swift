import Testing

@testable import Jobs

@Suite struct JobLifeTests {
    private static let ready = JobLife(state: .ready, attempt: 2, attemptsLeft: 3)
    private static let running = JobLife(state: .running, attempt: 2, attemptsLeft: 3)
    private static let last = JobLife(state: .running, attempt: 2, attemptsLeft: 0)
    private static let dead = JobLife(state: .dead, attempt: 2, attemptsLeft: 0)

    private static func life(_ state: JobState, _ attempt: Int64, _ left: Int64) -> JobLife.Outcome {
        .become(JobLife(state: state, attempt: attempt, attemptsLeft: left))
    }

    static let allowed: [(JobLife, JobLife.Step, JobLife.Outcome)] = [
        (ready, .claim, life(.running, 3, 2)),
        (running, .complete(attempt: 2), .finish),
        (running, .fail(attempt: 2, isPermanent: false), life(.ready, 2, 3)),
        (running, .fail(attempt: 2, isPermanent: true), life(.dead, 2, 3)),
        (running, .release(attempt: 2), life(.ready, 2, 4)),
        (running, .leaseExpired, life(.ready, 2, 3)),
        (last, .complete(attempt: 2), .finish),
        (last, .fail(attempt: 2, isPermanent: false), life(.dead, 2, 0)),
        (last, .leaseExpired, life(.dead, 2, 0)),
        (last, .release(attempt: 2), life(.ready, 2, 1)),
        (dead, .retry(attemptsMax: 5), life(.ready, 2, 5)),
        (dead, .discard, .finish),
    ]

    @Test(arguments: allowed)
    func stepsLeadWhereTheTableSays(life: JobLife, step: JobLife.Step, outcome: JobLife.Outcome) {
        #expect(life.outcome(of: step) == outcome)
    }

    /// Whatever the table does not allow, and everything under another attempt's number.
    @Test func allElseIsRefused() {
        let steps: [JobLife.Step] = [
            .claim, .complete(attempt: 2), .fail(attempt: 2, isPermanent: false),
            .fail(attempt: 2, isPermanent: true), .release(attempt: 2), .leaseExpired, .retry(attemptsMax: 5), .discard,
            .complete(attempt: 1), .fail(attempt: 1, isPermanent: false), .release(attempt: 1),
            .complete(attempt: 3), .fail(attempt: 3, isPermanent: true), .release(attempt: 3),
        ]
        for life in [Self.ready, Self.running, Self.last, Self.dead] {
            for step in steps {
                let isListed = Self.allowed.contains { $0.0 == life && $0.1 == step }
                // The list leaves out the permanent failure of a last attempt, which is as dead as any.
                if isListed || (life == Self.last && step == .fail(attempt: 2, isPermanent: true)) { continue }
                #expect(life.outcome(of: step) == .refuse, "\(life) \(step)")
            }
        }
    }
}
