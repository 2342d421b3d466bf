import Core
import Synchronization

/// One run of a job on this instance.
final class JobRun: Sendable {
    enum Cut: Sendable {
        case timedOut
        case leaseLost
        case stopping
    }

    let job: ClaimedJob
    let handler: JobHandlers.Handler?
    /// On the clock of `monotonicNanoseconds()`.
    let deadline: UInt64
    private let cut = Mutex<Cut?>(nil)
    private let cutOff = WakeSignal()

    init(job: ClaimedJob, handler: JobHandlers.Handler?, startedAt: UInt64) {
        self.job = job
        self.handler = handler
        deadline = startedAt + UInt64(handler?.timeoutSeconds ?? 0) * 1_000_000_000
    }

    /// Cancels the handler. The first reason stays.
    func cutOff(_ reason: Cut) {
        cut.withLock { $0 = $0 ?? reason }
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
        switch cut.withLock({ $0 }) {
        case .stopping where error is CancellationError: .released
        case .timedOut: .failed(reason: "timed out: \(error)", isPermanent: false)
        default: .failed(reason: String(describing: error), isPermanent: error is PermanentJobFailure)
        }
    }
}
