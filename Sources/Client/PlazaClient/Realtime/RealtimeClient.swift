public import NIOCore
import NIOPosix
public import PlazaAPI
import Synchronization

/// One connection to what the server pushes, which mends itself.
///
/// It connects with a ticket or a token, comes back with exponential backoff and full jitter (what the server asks for wins),
/// and goes on with each subscription where that stopped. What it promises:
///
/// - A subscription tells every ordered message of its channel once and in order, or says ``RealtimeElement/missed(_:)``.
/// - A subscription that is not read ends with ``RealtimeError/fellBehind(_:)`` once its buffer is full; it does not leave out
///   anything silently, and does not hold up the others.
/// - At most 100 commands wait for a connection. One more, and the **oldest** is dropped and fails with
///   ``RealtimeError/queueFull``: what was typed last matters most.
/// - A command that was sent is never sent again by itself: when the connection breaks before its answer, it fails with
///   ``RealtimeError/connectionLost``, and it may have been done or not.
///
/// It does not keep anything over restarts of the program: keep the last position and subscribe from there.
public final class RealtimeClient: Sendable {
    private let eventLoop: any EventLoop
    private let session: NIOLoopBoundBox<RealtimeSession>
    private let lastKey = Atomic<Int64>(0)

    /// - Parameters:
    ///   - url: of the server, as for ``PlazaClient``.
    ///   - group: where it runs, on one loop; the one that the process shares when nil.
    ///   - credential: asked before each attempt. Throw ``NoCredential`` when there will be none; other errors are tried again.
    /// - Throws: ``PlazaError/invalidURL(_:)``, and what TLS says of its settings.
    public init(
        _ url: String, configuration: RealtimeConfiguration = .init(),
        group: (any EventLoopGroup)? = nil,
        credential: @escaping @Sendable () async throws -> RealtimeCredential
    ) throws {
        guard let endpoint = Endpoint(url) else { throw PlazaError.invalidURL(url) }
        eventLoop = (group ?? MultiThreadedEventLoopGroup.singleton).any()
        let connector = try WebSocketConnector(
            endpoint, eventLoop: eventLoop, connectMillisecondsMax: configuration.connectMillisecondsMax)
        session = .makeBoxSendingValue(
            RealtimeSession(connector, configuration, credential: credential), eventLoop: eventLoop)
    }

    deinit {
        let session = session
        eventLoop.execute { session.value.handle(.close) }
    }

    private func onLoop(_ body: @escaping @Sendable (RealtimeSession) -> Void) {
        let session = session
        eventLoop.execute { body(session.value) }
    }

    private func nextKey() -> Int64 {
        lastKey.add(1, ordering: .relaxed).newValue
    }

    /// Starts. Returns at once: see ``statuses()``.
    public func connect() {
        onLoop { $0.handle(.connect) }
    }

    /// Ends every subscription and refuses every command from now on. Made anew, not connected again.
    public func close() async {
        let session = session
        // Only a loop that is shut down refuses, and then there is nothing to close.
        try? await eventLoop.submit { session.value.handle(.close) }.get()
    }

    // MARK: Channels

    /// Hears a channel. Ends without an error when the client is closed, and by being cancelled or let go of.
    /// - Parameters:
    ///   - since: where what is known of the channel was read, `realtime` of an answer; nil is from now on.
    ///   - bufferedElementsMax: that wait to be read.
    public func subscribe(
        to channel: String, since: ChannelPosition? = nil, bufferedElementsMax: Int = 1_000
    ) -> RealtimeSubscription {
        precondition(bufferedElementsMax > 0, "a subscription holds something")
        let key = nextKey()
        let (stream, continuation) = RealtimeSession.Elements.makeStream(
            bufferingPolicy: .bufferingOldest(bufferedElementsMax))
        // Not to be kept alive by those whom it tells.
        continuation.onTermination = { [session, eventLoop] _ in
            eventLoop.execute { session.value.unsubscribe(key) }
        }
        onLoop { $0.subscribe(key, to: channel, since: since, continuation) }
        return RealtimeSubscription(channel: channel, stream: stream)
    }

    /// Says something in a channel.
    /// - Returns: what the channel's owner says of it.
    /// - Throws: ``RealtimeError``; `CancellationError`, after which it may have been sent or not.
    @discardableResult
    public func publish(_ data: JSONValue, to channel: String) async throws -> JSONValue {
        try await command("publish", ["channel": .string(channel), "data": data])
    }

    /// Who hears a channel, as far as one may know.
    public func presence(in channel: String) async throws -> Presence {
        let answer = try await command("presence", ["channel": .string(channel)])
        return Presence(
            subscribers: answer["subscribers"]?.integer ?? 0,
            online: (answer["online"]?.array ?? []).compactMap { $0.string.map { EntityID($0) } })
    }

    public struct Presence: Sendable, Hashable {
        public let subscribers: Int64
        public let online: [EntityID<Account>]
    }

    /// Asks the server for a sign of life.
    /// - Throws: as ``publish(_:to:)``.
    public func ping() async throws {
        _ = try await command("ping", [:])
    }

    private func command(_ name: String, _ body: JSONValue) async throws -> JSONValue {
        try Task.checkCancellation()
        let key = nextKey()
        let session = session
        let answer = try await eventLoop.submit { session.value.command(key, name, body) }.get()
        return try await withTaskCancellationHandler {
            try await answer.get()
        } onCancel: {
            onLoop { $0.withdraw(key) }
        }
    }

    // MARK: Watching it

    /// How it stands, now and after each change of its state or heartbeat. Ends when the client does. Of those who read slowly,
    /// the 64 newest wait.
    public func statuses() -> AsyncStream<RealtimeStatus> {
        let key = nextKey()
        let (stream, continuation) = AsyncStream<RealtimeStatus>.makeStream(bufferingPolicy: .bufferingNewest(64))
        continuation.onTermination = { [session, eventLoop] _ in
            eventLoop.execute { session.value.stopObserving(key) }
        }
        onLoop { $0.observe(key, continuation) }
        return stream
    }
}

/// What one channel tells. Read it by one task.
public struct RealtimeSubscription: AsyncSequence, Sendable {
    public typealias Element = RealtimeElement

    public let channel: String
    fileprivate let stream: AsyncThrowingStream<RealtimeElement, any Error>

    public func makeAsyncIterator() -> AsyncThrowingStream<RealtimeElement, any Error>.Iterator {
        stream.makeAsyncIterator()
    }
}
