import Core
package import Logging
import ServiceLifecycle
package import Storage
import Synchronization
package import Telemetry

/// Runs the jobs of the queue on this instance.
///
/// One loop takes turns: a turn is one transaction that settles the runs that ended, puts off the end of leases, and
/// claims as many jobs as there is room for. Handlers run side by side, up to `concurrencyMax`. While a turn's
/// transaction commits, further runs end and are settled together in the next.
package final class JobWorker: Service {
    /// Jobs per claim at most: the time the writer is held.
    static let claimMax = 100
    /// How often the worker looks without being woken: for jobs of other instances, lost leases, and timeouts.
    static let pollInterval = Duration.seconds(1)
    /// How often the gauges of the queue's depth are set, which reads the whole queue.
    static let depthInterval = Duration.seconds(15)

    let database: any Database
    let queue: JobQueue
    let handlers: JobHandlers
    let schedules: [JobSchedule]
    let logger: Logger
    let metrics: JobMetrics
    let concurrencyMax: Int
    let leaseSeconds: Int64
    let stopGraceSeconds: Int
    /// Raised once, when the worker shall stop.
    let stopping = WakeSignal()
    /// Raised after each turn.
    let turned = WakeSignal()
    let hand = Mutex(Hand())

    /// - Parameters:
    ///   - concurrencyMax: runs at once. Most wait for the database, so there are more of them than processors.
    ///   - leaseSeconds: how long a job of a worker that vanished stays with it. Put off three times in that time.
    ///   - stopGraceSeconds: how long a graceful stop waits for runs; the rest are cancelled and given back.
    package init(
        database: any Database, queue: JobQueue, handlers: JobHandlers, schedules: [JobSchedule] = [],
        metrics: MetricRegistry, logger: Logger, concurrencyMax: Int = 128, leaseSeconds: Int64 = 30,
        stopGraceSeconds: Int = 10
    ) {
        precondition(Set(schedules.map(\.name)).count == schedules.count, "a schedule's name is used once")
        self.database = database
        self.queue = queue
        self.handlers = handlers
        self.schedules = schedules.sorted { $0.name < $1.name }
        self.logger = logger
        self.metrics = JobMetrics(registry: metrics, kinds: handlers.byKind.keys)
        self.concurrencyMax = concurrencyMax
        self.leaseSeconds = leaseSeconds
        self.stopGraceSeconds = stopGraceSeconds
    }

    package func run() async throws {
        let (queue, schedules) = (queue, schedules)
        try await database.write { tx in
            for schedule in schedules { try queue.register(schedule, in: tx) }
        }
        await withGracefulShutdownHandler {
            await withDiscardingTaskGroup { group in
                group.addTask { await self.watchDepth() }
                await self.work(in: &group)
                await self.drain()
            }
        } onGracefulShutdown: {
            self.stopping.raise()
            self.queue.changed.raise()
        }
    }

    /// Returns once no job is ready or running, here or elsewhere. Jobs for later do not count. The worker must be
    /// running.
    package func idle() async throws {
        let queue = queue
        var seen = turned.generation
        // The worker may be asleep until a time that has come by a clock that was moved.
        queue.changed.raise()
        while !Task.isCancelled {
            if try await !database.read({ db in try queue.isBusy(in: db) }) { return }
            await turned.wait(past: seen, for: Self.pollInterval)
            seen = turned.generation
        }
        throw CancellationError()
    }

    private var isStopping: Bool { stopping.generation > 0 || Task.isCancelled }

    private func work(in group: inout DiscardingTaskGroup) async {
        var refusals = 0
        while !isStopping {
            let seen = queue.changed.generation
            do {
                let turn = try await takeTurn(claiming: true)
                for run in turn.started { group.addTask { await self.perform(run) } }
                refusals = 0
                if !turn.mayClaimMore { await queue.changed.wait(past: seen, for: turn.pause) }
            } catch {
                // Refused for now: what ended stays in hand, and leases last longer than this.
                refusals += 1
                logger.warning("job worker waits for the database", metadata: ["error": "\(error)"])
                await stopping.wait(past: 0, for: .milliseconds(50) * min(refusals, 20))
            }
        }
    }

    private func perform(_ run: JobRun) async {
        let start = monotonicNanoseconds()
        let verdict = await run.verdict()
        metrics.of(run.job.kind).duration.observe(nanoseconds: monotonicNanoseconds() - start)
        hand.withLock { $0.ended(run, verdict) }
        queue.changed.raise()
    }

    /// Waits for runs, for a while; then cancels and gives back what still runs.
    private func drain() async {
        let end = monotonicNanoseconds() + UInt64(stopGraceSeconds) * 1_000_000_000
        while !Task.isCancelled, monotonicNanoseconds() < end, hand.withLock({ !$0.isEmpty }) {
            let seen = queue.changed.generation
            _ = try? await takeTurn(claiming: false)
            guard hand.withLock({ !$0.isEmpty }) else { return }
            let left = Duration.nanoseconds(Int64(end) - Int64(monotonicNanoseconds()))
            await queue.changed.wait(past: seen, for: max(.zero, min(left, Self.pollInterval)))
        }
        let (queue, rest) = (queue, hand.withLock { $0.giveBack() })
        do {
            try await database.write { tx in _ = try queue.settle(rest, in: tx) }
        } catch {
            logger.warning("jobs were not given back: their leases will run out", metadata: ["error": "\(error)"])
        }
    }

    private func watchDepth() async {
        while !isStopping {
            if let summary = try? await database.read(lane: .background, { db in try JobSummary(db) }) {
                metrics.setDepth(summary)
            }
            await stopping.wait(past: 0, for: Self.depthInterval)
        }
    }
}
