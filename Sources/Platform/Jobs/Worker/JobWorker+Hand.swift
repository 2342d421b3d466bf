import Core

extension JobWorker {
    /// The jobs that this worker has in its hand: running, or ended and not yet written down.
    struct Hand {
        typealias Ended = (job: ClaimedJob, verdict: JobQueue.Verdict)

        private(set) var running: [JobLease: JobRun] = [:]
        private(set) var ended: [Ended] = []
        /// When leases were last put off.
        private var extendedAt = Timestamp(microseconds: 0)

        var isEmpty: Bool { running.isEmpty && ended.isEmpty }

        mutating func started(_ run: JobRun) {
            running[run.job.lease] = run
        }

        /// A run that was given up meanwhile is another's business.
        mutating func ended(_ run: JobRun, _ verdict: JobQueue.Verdict) {
            guard running.removeValue(forKey: run.job.lease) != nil else { return }
            ended.append((run.job, verdict))
        }

        /// Those that a committed turn has written down.
        mutating func settled(_ count: Int) {
            ended.removeFirst(count)
        }

        /// Runs whose lease somebody else has now.
        mutating func lost(_ leases: some Sequence<JobLease>) -> [JobRun] {
            leases.compactMap { running.removeValue(forKey: $0) }
        }

        /// The leases to put off now: all that run, three times per lease. Those past their timeout are left to run
        /// out, so that a handler which ignores cancellation does not keep its job for ever.
        mutating func takeExtension(at now: Timestamp, leaseSeconds: Int64) -> [JobLease] {
            guard now.microseconds - extendedAt.microseconds >= leaseSeconds * 1_000_000 / 3 else { return [] }
            extendedAt = now
            let monotonicNow = monotonicNanoseconds()
            return running.values.filter { $0.deadline >= monotonicNow }.map(\.job.lease)
        }

        mutating func extensionFailed() {
            extendedAt = Timestamp(microseconds: 0)
        }

        /// Everything, what still runs as released. Its handlers are cancelled.
        mutating func giveBack() -> [Ended] {
            defer { self = Hand() }
            for run in running.values { run.abandon() }
            return ended + running.values.map { ($0.job, .released) }
        }
    }
}
