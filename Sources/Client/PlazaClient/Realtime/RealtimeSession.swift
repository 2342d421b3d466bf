import NIOCore
import NIOWebSocket
import PlazaAPI

/// Performs what a ``RealtimeStateMachine`` decides, on one event loop. Everything here is called on that loop.
final class RealtimeSession {
    typealias Elements = AsyncThrowingStream<RealtimeElement, any Error>

    /// Where a subscription's elements go, and how far they got.
    private struct Subscriber {
        let continuation: Elements.Continuation
        var position: ChannelPosition?
    }

    private let connector: WebSocketConnector
    private let credential: @Sendable () async throws -> RealtimeCredential
    private let eventLoop: any EventLoop
    private var machine: RealtimeStateMachine

    /// Counts attempts: what comes of an earlier one is not heard any more.
    private var generation = 0
    private var channel: (any Channel)?
    private var timer: (deadline: Int64, scheduled: Scheduled<Void>)?

    private var subscribers: [RealtimeStateMachine.SubscriptionKey: Subscriber] = [:]
    private var answers: [RealtimeStateMachine.CommandKey: EventLoopPromise<JSONValue>] = [:]
    private var observers: [Int64: AsyncStream<RealtimeStatus>.Continuation] = [:]
    private var status: RealtimeStatus

    /// Performing an action can lead to further events: they wait their turn.
    private var events: [RealtimeStateMachine.Event] = []
    private var isHandling = false

    init(
        _ connector: WebSocketConnector, _ configuration: RealtimeConfiguration,
        credential: @escaping @Sendable () async throws -> RealtimeCredential
    ) {
        self.connector = connector
        self.credential = credential
        eventLoop = connector.eventLoop
        machine = RealtimeStateMachine(configuration) { Int64.random(in: $0) }
        status = RealtimeStatus(state: .idle, metrics: RealtimeMetrics())
    }

    func handle(_ event: RealtimeStateMachine.Event) {
        eventLoop.preconditionInEventLoop()
        events.append(event)
        guard !isHandling else { return }
        isHandling = true
        while !events.isEmpty {
            for action in machine.handle(events.removeFirst(), now: now) { perform(action) }
        }
        isHandling = false
        channel?.flush()
        schedule()
    }

    private var now: Int64 { Int64(NIODeadline.now().uptimeNanoseconds / 1_000_000) }

    /// One timer for all that the machine waits for. One that is early is left: its tick finds nothing to do.
    private func schedule() {
        guard let deadline = machine.deadline else {
            timer?.scheduled.cancel()
            timer = nil
            return
        }
        if let timer, timer.deadline <= deadline { return }
        timer?.scheduled.cancel()
        let scheduled = eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(max(0, deadline - now))) {
            self.timer = nil
            self.handle(.tick)
        }
        timer = (deadline, scheduled)
    }

    private func perform(_ action: RealtimeStateMachine.Action) {
        switch action {
        case .connect: connect()
        case .send(let text): send(.text, ByteBuffer(string: text))
        case .dropConnection: drop()
        case .closeConnection(let code):
            var payload = ByteBuffer()
            payload.writeInteger(UInt16(code))
            send(.connectionClose, payload)
            channel?.flush()
            drop()
        case .deliver(let key, let element): deliver(element, to: key)
        case .finish(let key, let error): subscribers.removeValue(forKey: key)?.continuation.finish(throwing: error)
        case .answer(let key, let result): answers.removeValue(forKey: key)?.completeWith(result.mapError { $0 })
        case .report(let status): report(status)
        }
    }

    // MARK: The connection

    private func connect() {
        generation += 1
        let attempt = generation
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        eventLoop.makeFutureWithTask(credential).hop(to: eventLoop).assumeIsolated().whenComplete { result in
            guard attempt == self.generation else { return }
            switch result {
            case .failure(let error): self.handle(.attemptFailed(.noCredential(isFinal: error is NoCredential)))
            case .success(let credential): self.open(credential, attempt, bound)
            }
        }
    }

    private func open(_ credential: RealtimeCredential, _ attempt: Int, _ bound: NIOLoopBound<RealtimeSession>) {
        let opening = connector.connect(credential) {
            WebSocketReader { event in
                guard attempt == bound.value.generation else { return }
                bound.value.heard(event)
            }
        }
        opening.hop(to: eventLoop).assumeIsolated().whenComplete { result in
            switch result {
            case .success(let channel):
                guard attempt == self.generation else { return channel.close(promise: nil) }
                self.channel = channel
                self.handle(.opened)
                self.tellEarly()
            case .failure(let error):
                guard attempt == self.generation else { return }
                self.early = []
                self.handle(.attemptFailed(.init(error)))
            }
        }
    }

    /// What came right behind the upgrade, before this was told of it.
    private var early: [RealtimeStateMachine.Event] = []

    private func heard(_ event: RealtimeStateMachine.Event) {
        guard channel != nil else { return early.append(event) }
        if case .closed = event { channel = nil }
        handle(event)
    }

    private func tellEarly() {
        let waiting = early
        early = []
        for event in waiting { heard(event) }
    }

    /// What comes of it is not heard any more.
    private func drop() {
        generation += 1
        early = []
        channel?.close(promise: nil)
        channel = nil
    }

    private func send(_ opcode: WebSocketOpcode, _ payload: ByteBuffer) {
        let frame = WebSocketFrame(fin: true, opcode: opcode, maskKey: .random(), data: payload)
        channel?.write(frame, promise: nil)
    }

    // MARK: Those who use it

    func subscribe(
        _ key: RealtimeStateMachine.SubscriptionKey, to channel: String, since: ChannelPosition?,
        _ continuation: Elements.Continuation
    ) {
        subscribers[key] = Subscriber(continuation: continuation, position: since)
        handle(.subscribe(key, channel: channel, since: since))
    }

    func unsubscribe(_ key: RealtimeStateMachine.SubscriptionKey) {
        guard subscribers.removeValue(forKey: key) != nil else { return }
        handle(.unsubscribe(key))
    }

    private func deliver(_ element: RealtimeElement, to key: RealtimeStateMachine.SubscriptionKey) {
        guard let subscriber = subscribers[key] else { return }
        switch subscriber.continuation.yield(element) {
        case .enqueued: subscribers[key]?.position = element.position(after: subscriber.position)
        case .dropped:
            subscriber.continuation.finish(throwing: RealtimeError.fellBehind(subscriber.position))
            unsubscribe(key)
        // Who reads no more has said so, or is about to.
        case .terminated: break
        @unknown default: break
        }
    }

    func command(
        _ key: RealtimeStateMachine.CommandKey, _ name: String, _ body: JSONValue
    ) -> EventLoopFuture<JSONValue> {
        let promise = eventLoop.makePromise(of: JSONValue.self)
        answers[key] = promise
        handle(.command(key, name: name, body: body))
        return promise.futureResult
    }

    func withdraw(_ key: RealtimeStateMachine.CommandKey) {
        guard let promise = answers.removeValue(forKey: key) else { return }
        handle(.withdraw(key))
        promise.fail(CancellationError())
    }

    func observe(_ key: Int64, _ continuation: AsyncStream<RealtimeStatus>.Continuation) {
        continuation.yield(status)
        if case .ended = status.state { return continuation.finish() }
        observers[key] = continuation
    }

    func stopObserving(_ key: Int64) {
        observers[key] = nil
    }

    private func report(_ status: RealtimeStatus) {
        self.status = status
        for observer in observers.values { observer.yield(status) }
        guard case .ended = status.state else { return }
        for observer in observers.values { observer.finish() }
        observers = [:]
    }
}

extension RealtimeElement {
    fileprivate func position(after position: ChannelPosition?) -> ChannelPosition? {
        switch self {
        case .joined(let position), .missed(let position): position
        case .message(let offset, _): position.map { ChannelPosition(epoch: $0.epoch, offset: offset) }
        case .newest, .recovered: position
        }
    }
}

extension RealtimeStateMachine.AttemptFailure {
    fileprivate init(_ error: any Error) {
        guard let refusal = error as? HandshakeRefusal else {
            self = .unreachable
            return
        }
        self = .handshakeRefused(
            status: refusal.status, code: refusal.code, retryAfterMilliseconds: refusal.retryAfterMilliseconds)
    }
}
