import Core
import Logging
import Storage
import Synchronization
import Telemetry

extension JobWorker {
    /// What a turn found.
    struct Turn {
        let started: [JobRun]
        /// More may be ready, and there is room.
        let mayClaimMore: Bool
        /// Until something may be due.
        let pause: Duration
    }

    /// What a turn's transaction did.
    private struct Report: Sendable {
        var settlements: [JobQueue.Settlement] = []
        var held: Set<JobLease> = []
        var reclaimedDead: [ClaimedJob] = []
        var claimed: [ClaimedJob] = []
        var dueAt: Timestamp?
    }

    /// Settles, puts leases off and, unless the worker stops, claims: in one transaction.
    func takeTurn(claiming: Bool) async throws -> Turn {
        let (ended, running, extends) = hand.withLock { hand in
            (hand.ended, hand.running.count, hand.takeExtension(at: queue.clock.now(), leaseSeconds: leaseSeconds))
        }
        let claimLimit = claiming ? min(Self.claimMax, concurrencyMax - running) : 0
        cutOffOverdue()
        guard !ended.isEmpty || !extends.isEmpty || claimLimit > 0 else {
            return Turn(started: [], mayClaimMore: false, pause: Self.pollInterval)
        }
        let report: Report
        do {
            report = try await transact(ended, extends: extends, claimLimit: claimLimit)
        } catch {
            hand.withLock { $0.extensionFailed() }
            throw error
        }
        hand.withLock { $0.settled(ended.count) }
        note(report, of: ended)
        cutOffLost(extends.filter { !report.held.contains($0) })
        let started = start(report.claimed)
        turned.raise()
        return Turn(
            started: started,
            mayClaimMore: claimLimit > 0 && started.count == claimLimit && running + started.count < concurrencyMax,
            pause: pause(until: report.dueAt))
    }

    private func transact(
        _ ended: [Hand.Ended], extends: [JobLease], claimLimit: Int
    ) async throws -> Report {
        let (queue, schedules, leaseSeconds) = (queue, schedules, leaseSeconds)
        return try await database.write { tx in
            var report = Report()
            report.settlements = try queue.settle(ended, in: tx)
            report.held = try queue.extend(extends, leaseSeconds: leaseSeconds, in: tx)
            guard claimLimit > 0 else { return report }
            let scheduled = try schedules.compactMap { try queue.enqueueIfDue($0, in: tx) }.min()
            report.reclaimedDead = try queue.reclaim(in: tx)
            report.claimed = try queue.claim(limit: claimLimit, leaseSeconds: leaseSeconds, in: tx)
            if report.claimed.count < claimLimit {
                report.dueAt = [scheduled, try queue.nextRunAt(in: tx)].compactMap { $0 }.min()
            }
            return report
        }
    }

    private func start(_ jobs: [ClaimedJob]) -> [JobRun] {
        let now = monotonicNanoseconds()
        let runs = jobs.map { JobRun(job: $0, handler: handlers.byKind[$0.kind], startedAt: now) }
        hand.withLock { hand in
            for run in runs { hand.started(run) }
        }
        return runs
    }

    private func pause(until dueAt: Timestamp?) -> Duration {
        guard let dueAt else { return Self.pollInterval }
        let microseconds = dueAt.microseconds - queue.clock.now().microseconds
        return max(.milliseconds(1), min(Self.pollInterval, .microseconds(microseconds)))
    }

    private func cutOffOverdue() {
        let now = monotonicNanoseconds()
        let overdue = hand.withLock { hand in hand.running.values.filter { $0.deadline < now } }
        for run in overdue { run.timeOut() }
    }

    private func cutOffLost(_ leases: [JobLease]) {
        for run in hand.withLock({ $0.lost(leases) }) {
            run.abandon()
            logger.warning("job lease lost: the run is cancelled", metadata: metadata(run.job))
        }
    }

    // MARK: Telling

    private func note(_ report: Report, of ended: [Hand.Ended]) {
        for (run, settlement) in zip(ended, report.settlements) {
            let metrics = metrics.of(run.job.kind)
            if settlement == .done { metrics.completed.add() }
            if settlement == .refused {
                logger.warning("job run refused: its lease was lost", metadata: metadata(run.job))
            }
            guard case .failed(let reason, _) = run.verdict else { continue }
            metrics.failed.add()
            if settlement == .dead { noteDead(run.job, reason: reason) }
            if settlement == .waits {
                logger.warning("job failed and will be retried", metadata: metadata(run.job, reason: reason))
            }
        }
        for job in report.reclaimedDead { noteDead(job, reason: "its lease ran out at its last attempt") }
    }

    private func noteDead(_ job: ClaimedJob, reason: String) {
        metrics.of(job.kind).dead.add()
        logger.error("job is dead: retry or discard it", metadata: metadata(job, reason: reason))
    }

    private func metadata(_ job: ClaimedJob, reason: String? = nil) -> Logger.Metadata {
        var metadata: Logger.Metadata = [
            "job.id": "\(job.lease.id)", "job.kind": "\(job.kind)", "job.attempt": "\(job.lease.attempt)",
        ]
        if let reason { metadata["error"] = "\(reason)" }
        return metadata
    }
}
