package import Core
package import Logging
import ServiceLifecycle
package import Storage
package import Telemetry

/// Runs the consumers of the log.
///
/// Each consumer follows the log on its own, in order, woken by commits. A consumer that fails is tried again with
/// growing delays; an event that it cannot handle at all is set aside in `event_failure` and passed over. Several
/// instances may run the same consumer: one of them moves the cursor, the others look again.
package final class EventBus: Service {
    /// How often consumers look without being woken: for events of other instances, and so that a lost wake is slow
    /// instead of for ever.
    static let pollInterval = Duration.seconds(1)

    private let database: any Database
    private let log: EventLog
    private let followers: [EventFollower]
    private let clock: WallClock
    /// Raised once, when the bus shall stop.
    private let stopping = WakeSignal()
    /// Raised whenever a cursor has moved.
    private let progressed = WakeSignal()

    package init(
        database: any Database, log: EventLog, consumers: [EventConsumer], clock: WallClock, metrics: MetricRegistry,
        logger: Logger, retryDelay: Duration = .milliseconds(100)
    ) {
        precondition(Set(consumers.map(\.name)).count == consumers.count, "a consumer's name is used once")
        self.database = database
        self.log = log
        self.clock = clock
        let (stopping, progressed) = (stopping, progressed)
        followers = consumers.map { consumer in
            EventFollower(
                consumer: consumer, database: database, log: log, clock: clock, logger: logger,
                metrics: EventFollower.Metrics(registry: metrics, consumer: consumer.name), retryDelay: retryDelay,
                stopping: stopping, progressed: progressed)
        }
    }

    package func run() async throws {
        let (clock, cursors) = (clock, followers.map(\.cursor).sorted { $0.consumer.name < $1.consumer.name })
        try await database.write { tx in
            for cursor in cursors { try cursor.create(at: clock.now(), in: tx) }
        }
        await withGracefulShutdownHandler {
            await withTaskGroup(of: Void.self) { group in
                for follower in followers { group.addTask { await follower.run() } }
            }
        } onGracefulShutdown: {
            self.stopping.raise()
            self.log.committed.raise()
        }
    }

    /// Returns once every consumer of this bus has handled what is in the log now. The bus must be running.
    package func caughtUp() async throws {
        let cursors = followers.map(\.cursor)
        let head = try await database.read { try EventCursor.head(in: $0) }
        log.committed.raise()
        while !Task.isCancelled {
            let seen = progressed.generation
            let lowest = try await database.read { db in try cursors.map { try $0.position(in: db) }.min() }
            if lowest ?? head >= head { return }
            await progressed.wait(past: seen, for: Self.pollInterval)
        }
        throw CancellationError()
    }
}
