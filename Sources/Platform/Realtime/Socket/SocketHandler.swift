import Core
import EventLoops
import NIOCore
import Telemetry

/// One client's socket: the only handler of its pipeline. Lives on its loop, and holds nothing that an idle socket does not
/// need: nineteen thousand of these are in one process, a million on one machine.
final class SocketHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    struct Subscription {
        let part: LoopChannel
        /// Place among the part's subscribers.
        var index: Int32
        /// Newest values were left out while the client did not read.
        var owesNewest = false
    }

    struct WheelPlace {
        let slot: UInt8
        let index: Int32
    }

    // First what a broadcast looks at: with ten thousand of these, each further line of memory is fetched anew.
    private var wire: SocketWire?
    private var isClosing = false
    private(set) var isWritable = true
    /// It has missed something, and is to be closed before it hears anything that came later.
    private var isLeftBehind = false
    var isDirty = false

    let hub: LoopHub
    let principal: Principal
    let permit: SocketPermit
    private var context: ChannelHandlerContext?
    var subscriptions = ContiguousArray<Subscription>()

    private var reader = FrameReader()
    /// The beginning of a frame.
    private var leftover: ByteBuffer?
    private var allowance = CommandAllowance()
    private var refusedInRow: UInt16 = 0
    private var notUnderstoodInRow: UInt16 = 0
    private var inFlight: UInt8 = 0
    /// How often what it may hear has changed: an admission that began before is asked for again.
    var admissions: UInt16 = 0

    /// Tick at which something came last.
    private var lastHeard: UInt32
    private var isReadOwed = false
    var wheelPlace: WheelPlace?

    init(hub: LoopHub, principal: Principal, permit: SocketPermit) {
        self.hub = hub
        self.principal = principal
        self.permit = permit
        lastHeard = hub.tick
    }

    // MARK: Coming and going

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        wire = SocketWire(context.channel)
        isWritable = context.channel.isWritable
        hub.add(self)
    }

    func handlerRemoved(context: ChannelHandlerContext) { leave() }

    func channelInactive(context: ChannelHandlerContext) { leave() }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event { context.close(promise: nil) }
    }

    private func leave() {
        guard context != nil else { return }
        (context, wire) = (nil, nil)
        isClosing = true
        leftover = nil
        hub.remove(self)
    }

    // MARK: Reading

    func read(context: ChannelHandlerContext) {
        // Whoever does not read its answers asks no more questions.
        if isWritable || isClosing { context.read() } else { isReadOwed = true }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // NIO reads what is left of a socket whose write has failed, in the middle of telling the others.
        guard !hub.isDelivering else { return }
        var bytes = unwrapInboundIn(data)
        lastHeard = hub.tick
        if var begun = leftover {
            leftover = nil
            begun.writeBuffer(&bytes)
            bytes = begun
        }
        do throws(FrameViolation) {
            while let message = try reader.next(&bytes, into: &hub.scratch, limits: hub.limits) { take(message) }
        } catch {
            hub.metrics.violations.add()
            return close(.violation(error))
        }
        guard bytes.readableBytes > 0, !isClosing else { return }
        // Bytes of one's own: the receive buffer is read into again.
        leftover =
            bytes.readerIndex == 0 && bytes.readableBytes > 512 ? bytes : ByteBuffer(bytes: bytes.readableBytesView)
    }

    private func take(_ message: FrameReader.Message) {
        switch message {
        case .text where !isClosing: takeCommands()
        case .ping where !isClosing: send(FrameWriter.pong(hub.scratch))
        case .close(let code):
            if isClosing { context?.close(promise: nil) } else { close(.asked(code: code)) }
        default: break
        }
    }

    private func takeCommands() {
        let now = monotonicNanoseconds()
        for line in hub.scratch.split(separator: UInt8(ascii: "\n")) where line.contains(where: { $0 > 0x20 }) {
            guard !isClosing else { return }
            hub.metrics.commands.add()
            take(line, at: now)
        }
    }

    private func take(_ line: ArraySlice<UInt8>, at now: UInt64) {
        do throws(CommandError) {
            let command = try Command(line)
            notUnderstoodInRow = 0
            if let wait = allowance.take(at: now, limits: hub.limits) { return refuseRate(command.id, wait) }
            refusedInRow = 0
            perform(command)
        } catch {
            send(Answer.refused(error.id, error.refusal))
            notUnderstoodInRow += 1
            if notUnderstoodInRow >= hub.limits.notUnderstoodInRowMax { close(.notUnderstood) }
        }
    }

    private func refuseRate(_ id: Int64, _ milliseconds: Int64) {
        let limits = hub.limits
        hub.metrics.rateLimited.add()
        send(
            Answer.refused(
                id,
                .rateLimited(
                    "A socket has \(limits.commandsPerSecond) commands a second.", retryAfterMilliseconds: milliseconds)
            ))
        refusedInRow += 1
        if refusedInRow >= limits.refusedInRowMax { close(.flooding) }
    }

    // MARK: Commands

    private func perform(_ command: Command) {
        let id = command.id
        switch command.kind {
        case .ping: send(Answer.done(id))
        case .subscribe(let name, let since): subscribe(id, to: name, since: since)
        case .unsubscribe(let name):
            guard let index = index(of: name), name != ownChannel else { return refuse(id, .notSubscribed) }
            hub.leave(self, at: index)
            send(Answer.done(id))
        case .publish(let name, let data):
            guard let owner = owner(of: name, id) else { return }
            guard index(of: name) != nil else { return refuse(id, .notSubscribed) }
            ask(id) { principal in
                var json = JSONWriter()
                json.value(try await owner.take(data, for: name, from: principal))
                return json.finish()
            } then: {
                $0.send(Answer.ok(id, $1))
            }
        case .presence(let name):
            guard let owner = owner(of: name, id) else { return }
            guard index(of: name) != nil else { return refuse(id, .notSubscribed) }
            ask(id) { principal in
                try await owner.online(in: name, for: principal)
            } then: { socket, online in
                socket.answerPresence(id, of: name, online: online)
            }
        case .history(let name, let since, let limit):
            guard index(of: name) != nil else { return refuse(id, .notSubscribed) }
            let found = hub.hub.recover(name, since: since)
            send(
                Answer.position(
                    id, epoch: hub.hub.epoch, offset: found.offset,
                    messages: found.messages.map { Array($0.prefix(limit)) },
                    newest: []))
        }
    }

    private var ownChannel: ChannelName { RealtimeHub.ownChannel(of: principal.account) }

    private func subscribe(_ id: Int64, to name: ChannelName, since: ChannelPosition?) {
        if name == ownChannel {
            // It is heard already: what was missed before is what is asked for.
            let found = hub.hub.recover(name, since: since)
            return send(
                Answer.position(
                    id, epoch: hub.hub.epoch, offset: found.offset, messages: found.messages, newest: found.newest))
        }
        guard let owner = owner(of: name, id), mayJoin(id, name) else { return }
        let asked = (admissions, hub.endings)
        ask(id) { principal in
            try await owner.admit(principal, to: name)
        } then: { socket, terms in
            guard asked == (socket.admissions, socket.hub.endings) else {
                return socket.subscribe(id, to: name, since: since)
            }
            // Others may have been answered meanwhile.
            guard socket.mayJoin(id, name) else { return }
            socket.hub.join(socket, name, terms: terms, since: since, id: id)
        }
    }

    private func mayJoin(_ id: Int64, _ name: ChannelName) -> Bool {
        if index(of: name) != nil {
            refuse(id, .alreadySubscribed)
        } else if subscriptions.count > hub.limits.subscriptionsPerSocketMax {
            // One more than are allowed: its own channel is no choice of the client's.
            refuse(id, .tooManySubscriptions(max: hub.limits.subscriptionsPerSocketMax))
        } else {
            return true
        }
        return false
    }

    private func owner(of name: ChannelName, _ id: Int64) -> (any ChannelOwner)? {
        let owner = hub.owners[String(name.namespace)]
        if owner == nil { refuse(id, .unknownChannel("There are no channels of this kind: see docs/REALTIME.md.")) }
        return owner
    }

    private func index(of name: ChannelName) -> Int? {
        subscriptions.firstIndex { $0.part.channel.name == name }
    }

    private func refuse(_ id: Int64, _ refusal: ChannelRefusal) {
        send(Answer.refused(id, refusal))
    }

    private func answerPresence(_ id: Int64, of name: ChannelName, online: [ID<Account>]) {
        var json = JSONWriter()
        json.object { json in
            json.member("subscribers", Int64(hub.hub.subscriberCount(of: name)))
            json.name("online")
            json.array(online) { json, account in json.value(account) }
        }
        send(Answer.ok(id, json.finish()))
    }

    /// Asks an owner, within this turn if it need not wait.
    private func ask<Value: Sendable>(
        _ id: Int64, _ question: @escaping @Sendable (Principal) async throws -> Value,
        then use: @escaping @Sendable (SocketHandler, Value) -> Void
    ) {
        guard inFlight < hub.limits.commandsInFlightMax else {
            return refuse(
                id, .rateLimited("Wait for the answers to the commands before.", retryAfterMilliseconds: 100))
        }
        inFlight += 1
        let principal = principal
        let bound = NIOLoopBound(self, eventLoop: hub.loop)
        hub.executor.start {
            let result: Result<Value, ChannelRefusal>
            do {
                result = .success(try await question(principal))
            } catch let refusal as ChannelRefusal {
                result = .failure(refusal)
            } catch {
                bound.value.hub.hub.report(error)
                result = .failure(.failed)
            }
            bound.value.answer(id, result, then: use)
        }
    }

    private func answer<Value>(
        _ id: Int64, _ result: Result<Value, ChannelRefusal>, then use: (SocketHandler, Value) -> Void
    ) {
        inFlight -= 1
        guard !isClosing else { return }
        switch result {
        case .success(let value): use(self, value)
        case .failure(let refusal): refuse(id, refusal)
        }
    }

    // MARK: Writing

    /// Queues a frame; it leaves with all others of this turn of the loop.
    func send(_ frame: ByteBuffer) {
        guard let context, !isClosing else { return }
        wire?.expectBytes()
        context.write(wrapOutboundOut(frame), promise: nil)
        hub.owesFlush(self)
    }

    /// Tells what others have caused. A client that does not read is closed before it costs much.
    /// - Parameters:
    ///   - bytes: those of the frame.
    ///   - leavesAtOnce: nothing else is told in this turn.
    func deliver(_ frame: ByteBuffer, _ bytes: UnsafeRawBufferPointer, leavesAtOnce: Bool) {
        guard !isClosing, !isLeftBehind else { return }
        if !isWritable, let wire, wire.waitingBytes + bytes.count > hub.limits.waitingBytesMax {
            isLeftBehind = true
            return hub.closeLater(self, .slow)
        }
        guard leavesAtOnce, !isDirty else { return send(frame) }
        let taken = wire?.write(bytes) ?? 0
        guard taken < bytes.count else { return }
        var rest = frame
        rest.moveReaderIndex(forwardBy: taken)
        wire?.leave(rest)
    }

    func flush() {
        isDirty = false
        context?.flush()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        isWritable = context.channel.isWritable
        guard isWritable, !isClosing else { return }
        for index in subscriptions.indices where subscriptions[index].owesNewest {
            subscriptions[index].owesNewest = false
            for message in hub.hub.newest(of: subscriptions[index].part) { send(message.frame) }
        }
        if isReadOwed {
            isReadOwed = false
            context.read()
        }
    }

    // MARK: Time

    /// Called by the wheel. - Returns: ticks until it is to be called again; nil when the socket is given up.
    func tick(_ tick: UInt32) -> Int? {
        guard let context else { return nil }
        if isClosing {
            context.close(promise: nil)
            return nil
        }
        if tick - lastHeard >= UInt32(hub.limits.silenceTicks) {
            close(.idle)
            return nil
        }
        send(FrameWriter.ping)
        return hub.limits.heartbeatTicks
    }

    // MARK: Ending

    /// Says why, stops hearing, and waits a little for the other side to hang up.
    func close(_ reason: SocketClose) {
        guard let context, !isClosing else { return }
        hub.metrics.closed(reason)
        let frame = FrameWriter.close(code: reason.code, reason: reason.reason)
        let written = context.writeAndFlush(wrapOutboundOut(frame))
        isClosing = true
        hub.leaveAll(self)
        if case .asked = reason {
            let channel = context.channel
            written.whenComplete { _ in channel.close(promise: nil) }
        } else {
            hub.look(at: self, in: hub.limits.closingTicks)
            // What it still says is thrown away, so that the kernel does not reset the connection over the goodbye.
            if isReadOwed { context.read() }
        }
    }
}
