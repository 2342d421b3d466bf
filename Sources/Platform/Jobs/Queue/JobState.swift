/// Where a job stands. A job that is done has no row. Stored by raw value; the partial indexes name these numbers.
package enum JobState: Int64, Sendable, CaseIterable {
    /// To be run, now or at its time.
    case ready = 0
    /// Leased to a worker.
    case running = 1
    /// Failed for good; waits for a person.
    case dead = 2

    package var name: String {
        switch self {
        case .ready: "ready"
        case .running: "running"
        case .dead: "dead"
        }
    }
}

/// The life of a job as a pure state machine. The SQL of ``JobQueue`` does what it says.
struct JobLife: Equatable {
    var state: JobState
    /// Runs begun, ever: the fence. It never goes back, so that two runs of a job cannot be mistaken for each other.
    var attempt: Int64
    /// Runs that may still begin.
    var attemptsLeft: Int64

    enum Step: Equatable {
        case claim
        case complete(attempt: Int64)
        case fail(attempt: Int64, isPermanent: Bool)
        /// The worker stops before the job is done: that run does not count.
        case release(attempt: Int64)
        case leaseExpired
        /// A person sends a dead job round again.
        case retry(attemptsMax: Int64)
        case discard
    }

    enum Outcome: Equatable {
        case become(JobLife)
        /// The row is deleted.
        case finish
        /// Somebody else has the job, or it is not in a state for this.
        case refuse
    }

    func outcome(of step: Step) -> Outcome {
        switch (state, step) {
        case (.ready, .claim):
            return .become(JobLife(state: .running, attempt: attempt + 1, attemptsLeft: attemptsLeft - 1))
        case (.running, .complete(attempt)):
            return .finish
        case (.running, .fail(attempt, let isPermanent)):
            return .become(with(isPermanent || attemptsLeft == 0 ? .dead : .ready))
        case (.running, .release(attempt)):
            return .become(JobLife(state: .ready, attempt: attempt, attemptsLeft: attemptsLeft + 1))
        case (.running, .leaseExpired):
            return .become(with(attemptsLeft == 0 ? .dead : .ready))
        case (.dead, .retry(let attemptsMax)):
            return .become(JobLife(state: .ready, attempt: attempt, attemptsLeft: attemptsMax))
        case (.dead, .discard):
            return .finish
        default:
            return .refuse
        }
    }

    private func with(_ state: JobState) -> JobLife {
        JobLife(state: state, attempt: attempt, attemptsLeft: attemptsLeft)
    }
}
