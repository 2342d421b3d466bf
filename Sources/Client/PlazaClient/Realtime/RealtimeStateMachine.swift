import PlazaAPI

/// Everything a realtime client decides: events in, actions out. It does no I/O, has no clock and no randomness of its own;
/// times are milliseconds of some clock that never goes back.
///
/// Whoever drives it hands each event to ``handle(_:now:)``, performs the actions in their order, and sends `tick` once
/// ``deadline`` has come. Events of a connection that it was told to drop are not handed on.
struct RealtimeStateMachine {
    typealias SubscriptionKey = Int64
    typealias CommandKey = Int64

    enum Event {
        case connect
        case attemptFailed(AttemptFailure)
        /// The upgrade is done; the greeting has yet to come.
        case opened
        /// A text frame.
        case received(String)
        /// What came is no text, or no frame.
        case garbled
        /// A ping or pong.
        case lifeSign
        /// Nil: without a close frame.
        case closed(code: Int?, reason: String?)
        case subscribe(SubscriptionKey, channel: String, since: ChannelPosition?)
        case unsubscribe(SubscriptionKey)
        case command(CommandKey, name: String, body: JSONValue)
        /// The caller waits no longer. What was not sent is not sent.
        case withdraw(CommandKey)
        case tick
        case close
    }

    enum AttemptFailure: Equatable {
        case unreachable
        case handshakeRefused(status: Int, code: String?, retryAfterMilliseconds: Int64?)
        /// No credential could be had; final when asking again is of no use.
        case noCredential(isFinal: Bool)
    }

    enum Action: Equatable {
        /// Get a credential and connect.
        case connect
        /// One text frame.
        case send(String)
        /// Without ceremony: the other side is not there, or not sane.
        case dropConnection
        case closeConnection(code: Int)
        case deliver(SubscriptionKey, RealtimeElement)
        case finish(SubscriptionKey, RealtimeError?)
        case answer(CommandKey, Result<JSONValue, RealtimeError>)
        case report(RealtimeStatus)
    }

    enum Phase: Equatable {
        case idle
        case waiting(until: Int64)
        case connecting(until: Int64)
        case greeting(until: Int64)
        case open(Session)
        case ended(RealtimeEnd)
    }

    struct Session: Equatable {
        let id: String
        let heartbeatMilliseconds: Int64
        let openedAt: Int64
        var lastHeardAt: Int64
        var nextPingAt: Int64
    }

    let configuration: RealtimeConfiguration
    let random: (ClosedRange<Int64>) -> Int64

    var phase = Phase.idle
    var attempt = 0
    var backoff: ReconnectBackoff
    /// Credentials refused one after another.
    var refusedCredentials = 0
    var metrics = RealtimeMetrics()

    var subscriptions: [SubscriptionKey: Subscription] = [:]
    var keysByChannel: [String: SubscriptionKey] = [:]
    var leaving: [String: Leaving] = [:]

    var queue: [QueuedCommand] = []
    var inFlight: [Int64: InFlight] = [:]
    var lastID: Int64 = 0
    var pace: CommandPace
    /// The server said to be slower until then.
    var pausedUntil: Int64 = .min

    /// What the event at hand leads to.
    var actions: [Action] = []

    init(_ configuration: RealtimeConfiguration, random: @escaping (ClosedRange<Int64>) -> Int64) {
        self.configuration = configuration
        self.random = random
        backoff = ReconnectBackoff(
            millisecondsMin: configuration.backoffMillisecondsMin,
            millisecondsMax: configuration.backoffMillisecondsMax)
        pace = CommandPace(perSecond: configuration.commandsPerSecond, burst: configuration.commandsBurst)
    }

    mutating func handle(_ event: Event, now: Int64) -> [Action] {
        switch event {
        case .connect: if phase == .idle { startAttempt(now: now) }
        case .attemptFailed(let failure): attemptFailed(failure, now: now)
        case .opened: opened(now: now)
        case .received(let text): received(text, now: now)
        case .garbled: if isConnected { breakConnection(now: now) }
        case .lifeSign: heard(now: now)
        case .closed(let code, let reason): closed(code, reason, now: now)
        case .subscribe(let key, let channel, let since): subscribe(key, to: channel, since: since)
        case .unsubscribe(let key): unsubscribe(key)
        case .command(let key, let name, let body): enqueue(key, name, body)
        case .withdraw(let key): withdraw(key)
        case .tick: tick(now: now)
        case .close: end(.closed)
        }
        pump(now: now)
        defer { actions = [] }
        return actions
    }

    /// When to send `tick`; nil when only other events change anything.
    var deadline: Int64? {
        switch phase {
        case .idle, .ended: nil
        case .waiting(let until), .connecting(let until), .greeting(let until): until
        case .open(let session): deadline(of: session)
        }
    }

    private func deadline(of session: Session) -> Int64 {
        var deadline = min(session.nextPingAt, session.silentUntil)
        for command in inFlight.values { deadline = min(deadline, command.until) }
        let mayNextSend = max(pace.nextFree, pausedUntil)
        for case .retry(let at) in subscriptions.values.lazy.map(\.state) {
            deadline = min(deadline, max(at, mayNextSend))
        }
        return hasSomethingToSend ? min(deadline, mayNextSend) : deadline
    }

    var isConnected: Bool {
        switch phase {
        case .greeting, .open: true
        case .idle, .waiting, .connecting, .ended: false
        }
    }

    var state: RealtimeStatus.State {
        switch phase {
        case .idle: .idle
        case .waiting: .waiting(milliseconds: 0)
        case .connecting, .greeting: .connecting(attempt: attempt)
        case .open(let session): .connected(session: session.id)
        case .ended(let end): .ended(end)
        }
    }

    mutating func report(_ state: RealtimeStatus.State? = nil) {
        actions.append(.report(RealtimeStatus(state: state ?? self.state, metrics: metrics)))
    }
}

extension RealtimeStateMachine.Session {
    /// Nothing by then, and the connection is dead: the server speaks once in a heartbeat at least.
    var silentUntil: Int64 { lastHeardAt + 2 * heartbeatMilliseconds }
}
