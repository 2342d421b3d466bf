package import Core
package import Logging
package import Realtime
import ServiceLifecycle
package import Storage
import Synchronization

/// Who is online, and who was when.
///
/// Owns `presence`. The hub says once a second who has come and gone; who has gone and comes back within ten seconds has
/// never been away. Changes are told to those of their friends who are online, all that concerns one receiver in one
/// push a turn, and never more in a turn than ``PresenceLimits/edgesMax``: the rest waits for the next turn, and what has
/// become untrue meanwhile is not told at all. Who asks is answered from memory and one statement, and hears only of
/// whom they may see. When somebody was last seen is written for many at once, and for each once a minute at most.
package struct PresenceService: Sendable {
    let database: any Database
    let clock: WallClock
    let circle: any PresenceCircle
    let publisher: any ChannelPublisher
    let online: any OnlineAccounts
    let logger: Logger
    let state = PresenceState()

    package init(
        database: any Database, clock: WallClock, circle: any PresenceCircle, publisher: any ChannelPublisher,
        online: any OnlineAccounts, logger: Logger
    ) {
        self.database = database
        self.clock = clock
        self.circle = circle
        self.publisher = publisher
        self.online = online
        self.logger = logger
    }

    package static let migrations = PresenceSchema.migrations
}

/// Bounds of Presence, each with its reason.
enum PresenceLimits {
    /// A phone that changes its network is back before.
    static let graceSeconds: Int64 = 10
    /// Between two writes of when somebody was last seen.
    static let writeSeconds: Int64 = 60
    /// Accounts whose changes are told in a turn: whoever knows them all gets a push of some 40 KiB.
    static let accountsMax = 500
    /// Friends that are told in a turn: some 20 ms of one core. Who alone has more is told to the first of them.
    static let edgesMax = 20_000
    /// Rows written in a turn.
    static let rowsMax = 1_024
    /// Accounts that can be asked about at once.
    static let askedMax = 100
}

/// What lasts from turn to turn.
final class PresenceState: Sendable {
    let board = Mutex(PresenceBoard())
    /// Raised when there may be something to do.
    let woken = WakeSignal()
    let stopping = WakeSignal()
}

extension PresenceService: OnlineObserver {
    package func accountsChanged(cameOnline: [ID<Account>], wentOffline: [ID<Account>]) {
        let now = clock.now()
        state.board.withLock { board in
            for account in wentOffline { board.leave(account, at: now) }
            for account in cameOnline { board.come(account, at: now) }
        }
        state.woken.raise()
    }
}

extension PresenceService: Service {
    private static let turnInterval = Duration.seconds(1)

    /// Turns once a second while there is anything to do.
    package func run() async throws {
        let (state, stopping) = (state, state.stopping)
        await withGracefulShutdownHandler {
            while stopping.generation == 0, !Task.isCancelled {
                let seen = state.woken.generation
                await turnOrSay()
                if state.board.withLock(\.isIdle) {
                    await state.woken.wait(past: seen)
                } else {
                    await stopping.wait(past: 0, for: Self.turnInterval)
                }
            }
            while !Task.isCancelled, await storeOrSay() {}
        } onGracefulShutdown: {
            stopping.raise()
            state.woken.raise()
        }
    }

    private func turnOrSay() async {
        do {
            try await turn()
        } catch {
            logger.warning("presence waits for the database", metadata: ["error": "\(error)"])
        }
    }

    /// At the end all is due.
    /// - Returns: whether there may be more.
    private func storeOrSay() async -> Bool {
        do {
            return try await store(sparing: 0) == PresenceLimits.rowsMax
        } catch {
            logger.warning("last seen is not stored", metadata: ["error": "\(error)"])
            return false
        }
    }
}
