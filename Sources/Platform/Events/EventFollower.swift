import Core
import Logging
import Storage
import Telemetry

/// The loop of one consumer: read a batch, handle it and move the cursor in one transaction, again.
struct EventFollower: Sendable {
    let consumer: EventConsumer
    let database: any Database
    let log: EventLog
    let clock: WallClock
    let logger: Logger
    let metrics: Metrics
    /// Doubles with each failure.
    let retryDelay: Duration
    let stopping: WakeSignal
    let progressed: WakeSignal

    /// Doublings of ``retryDelay`` at most: 100 ms grow to 6.4 s.
    private static let retryDoublingsMax = 6

    struct Metrics: Sendable {
        let handled: Counter
        let setAside: Counter
        let lag: Gauge

        init(registry: MetricRegistry, consumer: String) {
            let labels: MetricRegistry.Labels = [("consumer", consumer)]
            handled = registry.counter(
                "plaza_events_handled_total",
                help: "Events handled. Flat while events are appended: the consumer is stuck, see the log.",
                labels: labels)
            setAside = registry.counter(
                "plaza_events_set_aside_total",
                help: "Events that a consumer failed on and passed over. Any is a bug: see event_failure.",
                labels: labels)
            lag = registry.gauge(
                "plaza_events_lag",
                help: "Events that a consumer has yet to pass. Growing: it is too slow, or fails on a batch.",
                labels: labels)
        }
    }

    /// What the handler threw, apart from what the database refused: only the former can be the event's fault.
    private struct HandlerFailure: Error {
        let reason: String
    }

    var cursor: EventCursor { EventCursor(consumer: consumer) }

    private var isStopping: Bool { stopping.generation > 0 || Task.isCancelled }

    func run() async {
        var pace = ConsumerPace.batches(failures: 0)
        var refusals = 0
        while !isStopping {
            do {
                let seen = log.committed.generation
                if let batch = try await nextBatch(limit: pace.limit(batchMax: consumer.batchMax)) {
                    try await handle(batch, pace: &pace)
                } else {
                    await log.committed.wait(past: seen, for: EventBus.pollInterval)
                }
                refusals = 0
            } catch {
                // The database refuses for now; that says nothing about the events.
                guard !isStopping else { return }
                refusals += 1
                logger.warning("event consumer waits for the database", metadata: metadata(error: "\(error)"))
                await pause(afterFailures: refusals)
            }
        }
    }

    private func nextBatch(limit: Int) async throws -> EventCursor.Batch? {
        let cursor = cursor
        let batch = try await database.read(lane: .background) { db in try cursor.next(limit: limit, in: db) }
        metrics.lag.set(batch.map { Int($0.head - $0.start) } ?? 0)
        return batch
    }

    private func handle(_ batch: EventCursor.Batch, pace: inout ConsumerPace) async throws {
        do {
            try await apply(batch)
            pace.succeeded(upTo: batch.end)
            metrics.lag.set(Int(batch.head - batch.end))
            progressed.raise()
        } catch let failure as HandlerFailure {
            switch pace.failed(upTo: batch.end) {
            case .retry(let failures):
                logger.warning("event consumer failed", metadata: metadata(error: failure.reason))
                await pause(afterFailures: failures)
            case .setAside:
                try await setAside(batch, reason: failure.reason)
            }
        }
    }

    private func apply(_ batch: EventCursor.Batch) async throws {
        let (cursor, clock) = (cursor, clock)
        let isOurs = try await database.write { tx in
            guard try cursor.move(past: batch, at: clock.now(), in: tx) else { return false }
            if !batch.events.isEmpty { try Self.attempt(cursor.consumer, batch.events, tx) }
            return true
        }
        if isOurs { metrics.handled.add(batch.events.count) }
    }

    private static func attempt(_ consumer: EventConsumer, _ events: [Event], _ tx: WriteTransaction) throws {
        do {
            try consumer.handle(events, tx)
        } catch let error as StorageError where !error.isOfItsRows {
            throw error
        } catch {
            throw HandlerFailure(reason: String(describing: error))
        }
    }

    private func setAside(_ batch: EventCursor.Batch, reason: String) async throws {
        let (cursor, clock) = (cursor, clock)
        let isOurs = try await database.write { tx in
            guard try cursor.move(past: batch, at: clock.now(), in: tx) else { return false }
            for event in batch.events { try cursor.setAside(event, error: reason, at: clock.now(), in: tx) }
            return true
        }
        progressed.raise()
        guard isOurs, let event = batch.events.first else { return }
        metrics.setAside.add()
        var metadata = metadata(error: reason)
        metadata["event.id"] = "\(event.id)"
        metadata["event.type"] = "\(event.type)"
        logger.error("event set aside: its consumer cannot handle it", metadata: metadata)
    }

    private func pause(afterFailures failures: Int) async {
        let delay = retryDelay * (1 << min(failures - 1, Self.retryDoublingsMax))
        await stopping.wait(past: 0, for: delay)
    }

    private func metadata(error: String) -> Logger.Metadata {
        ["event.consumer": "\(consumer.name)", "error": "\(error)"]
    }
}

extension StorageError {
    /// Whether the rows that an event asks for are at fault, and would be again. Anything else is the database's state:
    /// setting events aside while a disk fails would lose them all.
    fileprivate var isOfItsRows: Bool {
        switch self {
        case .constraint, .tableScan: true
        default: false
        }
    }
}
