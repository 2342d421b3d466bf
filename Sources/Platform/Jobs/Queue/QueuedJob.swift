package import Core

/// A job in the queue: the kind of its ``ID``.
package enum QueuedJob: EntityKind {
    package static let idPrefix = "job"
}

/// The right to run a job once. The attempt is the fence: when the lease has run out, the job's next run has a higher
/// number, and whatever comes in under this one is refused.
package struct JobLease: Hashable, Sendable {
    package let id: ID<QueuedJob>
    package let attempt: Int64

    package init(id: ID<QueuedJob>, attempt: Int64) {
        self.id = id
        self.attempt = attempt
    }
}

/// A job that this instance may run.
package struct ClaimedJob: Sendable {
    package let lease: JobLease
    package let kind: String
    /// JSON text, parsed where the job runs and not while the writer is held.
    package let payload: String
    package let attemptsLeft: Int64
    package let attemptsMax: Int64
    package let runAt: Timestamp
    package let createdAt: Timestamp

    var life: JobLife { JobLife(state: .running, attempt: lease.attempt, attemptsLeft: attemptsLeft) }

    var context: JobContext {
        JobContext(
            id: lease.id, attempt: Int(lease.attempt), isLastAttempt: attemptsLeft == 0, enqueuedAt: createdAt)
    }
}
