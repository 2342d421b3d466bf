package import Core

/// Work to be done later, by whichever instance has room.
///
/// It runs at least once: a handler that is cut off runs again, so doing it twice must do no harm.
package protocol Job: Sendable {
    /// `slice.what_it_does`: `social.fan_out_posts`. Stored in rows: never renamed.
    static var kind: String { get }

    init(payload: JSON) throws

    var payload: JSON { get }
}

/// A job that needs to be told nothing.
package protocol ArgumentlessJob: Job {
    init()
}

extension ArgumentlessJob {
    package init(payload: JSON) throws { self.init() }
    package var payload: JSON { [:] }
}

/// Ready jobs of a higher priority are claimed before all of a lower one. Stored by raw value.
package enum JobPriority: Int64, Sendable, CaseIterable {
    /// Somebody waits for the result.
    case high = 0
    case normal = 1
    /// Housekeeping.
    case low = 2
}

/// What a handler knows about the run it is in.
package struct JobContext: Sendable {
    package let id: ID<QueuedJob>
    /// Counts the runs of this job from 1; a later run has a higher number.
    package let attempt: Int
    /// When this run fails, the job goes to the dead letters.
    package let isLastAttempt: Bool
    package let enqueuedAt: Timestamp
}

/// Thrown by a handler that would fail in the same way again: the job goes to the dead letters at once.
package struct PermanentJobFailure: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}
