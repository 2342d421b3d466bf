import Core
import EventLoops
import NIOCore
import Telemetry

/// The part of the hub that one event loop has to itself: its sockets, and who of them hears what.
final class LoopHub {
    let hub: RealtimeHub
    let loop: any EventLoop
    let mailbox: LoopMailbox
    let executor: EventLoopTaskExecutor
    let limits: RealtimeLimits
    let metrics: RealtimeMetrics
    private(set) var owners: [String: any ChannelOwner] = [:]

    /// The payload that is being read.
    var scratch: [UInt8] = []
    private(set) var socketCount = 0
    /// Channels that were ended for everybody.
    private(set) var endings: UInt32 = 0
    private(set) var isDraining = false
    /// Some of a channel's subscribers have been told what others have not yet.
    private(set) var isDelivering = false
    private var wheel = TimingWheel()
    private var ticks: RepeatedTask?
    private var dirty: [SocketHandler] = []
    private var isFlushDue = false
    private var doomed: [(SocketHandler, SocketClose)] = []

    init(hub: RealtimeHub, mailbox: LoopMailbox) {
        self.hub = hub
        self.mailbox = mailbox
        loop = mailbox.loop
        executor = EventLoopTaskExecutor(loop: mailbox.loop)
        limits = hub.limits
        metrics = hub.metrics
    }

    var tick: UInt32 { wheel.tick }

    // MARK: Service

    func start(owners: [any ChannelOwner]) {
        self.owners = Dictionary(uniqueKeysWithValues: owners.map { ($0.namespace, $0) })
        let bound = NIOLoopBound(self, eventLoop: loop)
        ticks = loop.scheduleRepeatedTask(initialDelay: limits.tick, delay: limits.tick) { _ in bound.value.advance() }
    }

    func stop() {
        ticks?.cancel()
        ticks = nil
    }

    private func advance() {
        for socket in wheel.advance() {
            if let next = socket.tick(wheel.tick) { wheel.add(socket, in: next) }
        }
        if mailbox.index == 0 { hub.advance(to: wheel.tick) }
    }

    /// Says goodbye to all.
    func dismiss() {
        isDraining = true
        for socket in wheel.all { socket.close(.draining(retryAfterMilliseconds: hub.comebackMilliseconds())) }
    }

    // MARK: Sockets

    func add(_ socket: SocketHandler) {
        socketCount += 1
        metrics.sockets.add(1)
        // Spread over the wheel, so that a crowd that came together is not pinged together.
        wheel.add(socket, in: 1 + Int(hub.attendance.admitted % limits.heartbeatTicks))
        let own = join(socket, RealtimeHub.ownChannel(of: socket.principal.account), terms: ChannelTerms())
        socket.send(
            Answer.connected(
                socket.principal, own: ChannelPosition(epoch: hub.epoch, offset: own.offset),
                heartbeatSeconds: limits.heartbeatSeconds))
        if hub.hasEnded(socket.principal.session) { socket.close(.sessionRevoked) }
    }

    func remove(_ socket: SocketHandler) {
        leaveAll(socket)
        wheel.remove(socket)
        socketCount -= 1
        metrics.sockets.add(-1)
        hub.attendance.release(socket.permit)
    }

    func look(at socket: SocketHandler, in ticks: Int) {
        wheel.remove(socket)
        wheel.add(socket, in: ticks)
    }

    /// Closes a socket once nobody goes through a list that it is in.
    func closeLater(_ socket: SocketHandler, _ reason: SocketClose) {
        doomed.append((socket, reason))
        // Every delivery ends in a flush.
        scheduleFlush()
    }

    /// - Parameter isMeant: which sockets of the account.
    func close(_ account: ID<Account>, _ reason: SocketClose, where isMeant: (SocketHandler) -> Bool) {
        for socket in sockets(of: account) where isMeant(socket) { socket.close(reason) }
    }

    // MARK: Subscriptions

    func join(
        _ socket: SocketHandler, _ name: ChannelName, terms: ChannelTerms, since: ChannelPosition?, id: Int64
    ) {
        let joined = join(socket, name, terms: terms, since: since)
        socket.send(
            Answer.position(
                id, epoch: hub.epoch, offset: joined.offset, messages: joined.messages, newest: joined.newest))
    }

    @discardableResult
    private func join(
        _ socket: SocketHandler, _ name: ChannelName, terms: ChannelTerms, since: ChannelPosition? = nil
    ) -> RealtimeHub.Found {
        let (part, waiting, found) = hub.enter(name, on: mailbox, terms: terms, since: since)
        // What was said before this subscriber came is for the others alone: it has it in its answer.
        if let waiting { deliver(waiting, to: part) }
        socket.subscriptions.append(
            SocketHandler.Subscription(part: part, index: Int32(part.subscribers.count)))
        part.subscribers.append(socket)
        return found
    }

    func leave(_ socket: SocketHandler, at place: Int) {
        let subscription = socket.subscriptions.remove(at: place)
        let (part, index) = (subscription.part, Int(subscription.index))
        let last = part.subscribers.removeLast()
        if last !== socket {
            part.subscribers[index] = last
            if let moved = last.subscriptions.firstIndex(where: { $0.part === part }) {
                last.subscriptions[moved].index = Int32(index)
            }
        }
        part.subscribers.giveBackRoom()
        hub.leave(part, isLast: part.subscribers.isEmpty)
    }

    func leaveAll(_ socket: SocketHandler) {
        while !socket.subscriptions.isEmpty { leave(socket, at: socket.subscriptions.count - 1) }
        socket.subscriptions = []
    }

    // MARK: Ending what is heard

    func expel(_ account: ID<Account>, from name: ChannelName) {
        expel(account, from: name, .notPermitted)
    }

    private func expel(_ account: ID<Account>, from name: ChannelName, _ reason: EndReason) {
        for socket in sockets(of: account) { socket.admissions &+= 1 }
        end(name, reason) { $0.principal.account == account }
    }

    func end(_ name: ChannelName) {
        endings &+= 1
        end(name, .subscribeAgain) { _ in true }
    }

    private enum EndReason: String {
        case notPermitted = "not_permitted"
        /// Whoever may still hear it finds out by asking.
        case subscribeAgain = "subscribe_again"
    }

    private func end(_ name: ChannelName, _ reason: EndReason, where isMeant: (SocketHandler) -> Bool) {
        guard let part = hub.part(of: name, on: mailbox) else { return }
        for socket in Array(part.subscribers) where isMeant(socket) {
            guard let place = socket.subscriptions.firstIndex(where: { $0.part === part }) else { continue }
            leave(socket, at: place)
            socket.send(Answer.ended(name, code: reason.rawValue))
        }
    }

    /// Asks for one channel after the other: an account may hear some hundreds, and others want to be answered meanwhile.
    func recheck(_ account: ID<Account>) {
        let sockets = sockets(of: account)
        for socket in sockets { socket.admissions &+= 1 }
        guard let principal = sockets.first?.principal else { return }
        let own = RealtimeHub.ownChannel(of: account)
        let names = Set(sockets.flatMap { $0.subscriptions.map(\.part.channel.name) }).subtracting([own])
        let (owners, bound) = (owners, NIOLoopBound(self, eventLoop: loop))
        executor.start {
            for name in names {
                do {
                    _ = try await owners[String(name.namespace)]?.admit(principal, to: name)
                } catch is ChannelRefusal {
                    bound.value.expel(account, from: name)
                } catch {
                    // Whoever cannot be vouched for hears nothing, and may subscribe again.
                    bound.value.hub.report(error)
                    bound.value.expel(account, from: name, .subscribeAgain)
                }
            }
        }
    }

    private func sockets(of account: ID<Account>) -> [SocketHandler] {
        hub.part(of: RealtimeHub.ownChannel(of: account), on: mailbox).map { Array($0.subscribers) } ?? []
    }

    // MARK: Delivery

    /// Tells what publishers have left word of.
    func drain() {
        let (urgent, ordinary) = mailbox.take()
        // Where one channel has something to say, each socket is gone to once.
        let leavesAtOnce = urgent.count + ordinary.count == 1
        for part in urgent { drain(part, leavesAtOnce) }
        for part in ordinary { drain(part, leavesAtOnce) }
        flush()
    }

    private func drain(_ part: LoopChannel, _ leavesAtOnce: Bool) {
        if let batch = hub.takeQueue(of: part) { deliver(batch, to: part, leavesAtOnce: leavesAtOnce) }
    }

    private func deliver(_ batch: ByteBuffer, to part: LoopChannel, leavesAtOnce: Bool = false) {
        isDelivering = true
        batch.withUnsafeReadableBytes { bytes in
            for socket in part.subscribers { socket.deliver(batch, bytes, leavesAtOnce: leavesAtOnce) }
        }
        isDelivering = false
        metrics.deliveries.add(part.subscribers.count)
    }

    func drainNewest() {
        for part in mailbox.takeNewest() {
            let values = hub.takeNewest(of: part)
            for socket in part.subscribers {
                if socket.isWritable {
                    for value in values { socket.send(value.message.frame) }
                } else if let place = socket.subscriptions.firstIndex(where: { $0.part === part }) {
                    socket.subscriptions[place].owesNewest = true
                }
            }
        }
        flush()
    }

    // MARK: Flushing

    func owesFlush(_ socket: SocketHandler) {
        guard !socket.isDirty else { return }
        socket.isDirty = true
        dirty.append(socket)
        scheduleFlush()
    }

    private func scheduleFlush() {
        guard !isFlushDue else { return }
        isFlushDue = true
        let bound = NIOLoopBound(self, eventLoop: loop)
        loop.execute { bound.value.flush() }
    }

    private func flush() {
        isFlushDue = false
        let sockets = dirty
        dirty.removeAll(keepingCapacity: sockets.count <= 1_024)
        for socket in sockets { socket.flush() }
        let doomed = doomed
        self.doomed = []
        for (socket, reason) in doomed { socket.close(reason) }
    }
}
