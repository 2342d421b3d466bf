import Core
import Synchronization

/// One run of a job on this instance.
final class JobRun: Sendable {
    /// Characters of an error that are kept: some carry a whole statement.
    static let reasonLengthMax = 2_000

    let job: ClaimedJob
    let handler: JobHandlers.Handler?
    /// On the clock of `monotonicNanoseconds()`.
    let deadline: UInt64
    private let isTimedOut = Atomic(false)
    private let cutOff = WakeSignal()

    init(job: ClaimedJob, handler: JobHandlers.Handler?, startedAt: UInt64) {
        self.job = job
        self.handler = handler
        deadline = startedAt + UInt64(handler?.timeoutSeconds ?? 0) * 1_000_000_000
    }

    /// Cancels the handler. What it throws then counts as a timeout.
    func timeOut() {
        isTimedOut.store(true, ordering: .relaxed)
        cutOff.raise()
    }

    /// Cancels the handler of a run that is another's business now: nobody asks how it ended.
    func abandon() {
        cutOff.raise()
    }

    /// Runs the handler until it returns. One that is cut off and does not heed cancellation is waited for.
    func verdict() async -> JobQueue.Verdict {
        guard let handler else {
            return .failed(reason: "no handler for jobs of kind \(job.kind)", isPermanent: false)
        }
        let thrown = await withTaskGroup(of: Ending.self) { group in
            group.addTask { await self.attempt(handler) }
            group.addTask {
                await self.cutOff.wait(past: 0)
                return .cutOff
            }
            var ending = Ending.cutOff
            for await next in group {
                if case .returned = next { ending = next }
                group.cancelAll()
            }
            return ending
        }
        guard case .returned(let error) = thrown, let error else { return .completed }
        return verdict(of: error)
    }

    private enum Ending: Sendable {
        case cutOff
        /// With what the handler threw.
        case returned((any Error)?)
    }

    private func attempt(_ handler: JobHandlers.Handler) async -> Ending {
        do {
            try await handler.run(job.payload, job.context)
            return .returned(nil)
        } catch {
            return .returned(error)
        }
    }

    private func verdict(of error: any Error) -> JobQueue.Verdict {
        // The worker itself was cancelled, and with it this task: that is not the job's fault.
        if Task.isCancelled { return .released }
        let reason = String(String(describing: error).prefix(Self.reasonLengthMax))
        return isTimedOut.load(ordering: .relaxed)
            ? .failed(reason: "timed out: \(reason)", isPermanent: false)
            : .failed(reason: reason, isPermanent: error is PermanentJobFailure)
    }
}
