package import Core
package import Logging
package import NIOCore
import Synchronization
package import Telemetry

/// Sockets, and what is pushed to them.
///
/// A socket lives on one event loop, and everything about it is in that loop's tables. Channels are shared: a publisher numbers
/// and encodes a message under the lock of the channel's shard, and leaves its bytes with each loop that has
/// subscribers; the loop tells them in its next turn, in one write for each socket. Nothing here waits: no task, timer or
/// logger belongs to a socket.
///
/// Promises: what is ordered reaches every subscriber in the same order, or the subscriber is told that something is
/// gone. It does not decide who may hear what, which is the ``ChannelOwner``s' business, nor store anything.
package final class RealtimeHub: Sendable {
    /// Room for the return of all sockets when no rate of arrivals has been seen: what one small machine takes.
    private static let arrivalsPerSecondMin = 1_000

    let limits: RealtimeLimits
    let metrics: RealtimeMetrics
    let attendance: Attendance
    /// Everything that this hub numbers is numbered since its start.
    let epoch: String
    private let logger: Logger
    private let random: RandomSource
    private let shards: [HubShard]
    private let mailboxes: [LoopMailbox]
    private let observer: Mutex<(any OnlineObserver)?>
    private let clock = Mutex(Clock())
    private let stale = Mutex<[ChannelName]>([])
    /// Sessions that ended a moment ago, with the tick: a socket may be on its way whose handshake came before.
    private let ended = Mutex<[ID<Session>: UInt32]>([:])

    private struct Clock {
        var tick: UInt32 = 0
        var admitted = 0
        /// The most sockets that were opened in one tick.
        var arrivalsMax = 0
        var isOpen = false
        var freedMemory = FreedMemory()
    }

    package init(
        limits: RealtimeLimits = RealtimeLimits(), group: any EventLoopGroup, random: RandomSource, clock: WallClock,
        registry: MetricRegistry, logger: Logger
    ) {
        self.limits = limits
        self.logger = logger
        self.random = random
        metrics = RealtimeMetrics(registry: registry)
        attendance = Attendance(limits: limits)
        observer = Mutex(nil)
        // Milliseconds since 1970: no two starts share it, and clients compare it only.
        epoch = String(clock.now().microseconds / 1_000, radix: 36)
        shards = (0..<HubShard.count).map { _ in HubShard() }
        mailboxes = group.makeIterator().enumerated().map { index, loop in
            LoopMailbox(index: index, loop: loop, newestInterval: limits.newestInterval)
        }
    }

    /// Opens the door.
    /// - Parameter observer: told who comes and goes.
    package func start(owners: [any ChannelOwner], observer: (any OnlineObserver)? = nil) {
        self.observer.withLock { $0 = observer }
        for mailbox in mailboxes {
            mailbox.loop.execute {
                let loopHub = LoopHub(hub: self, mailbox: mailbox)
                loopHub.start(owners: owners)
                mailbox.hub.value = loopHub
            }
        }
        clock.withLock { $0.isOpen = true }
    }

    /// Opens the door no more, and tells those who are in when to come back.
    package func drain() {
        clock.withLock { $0.isOpen = false }
        onEachLoop { $0.dismiss() }
    }

    /// Waits for the last socket to go; each goes within seconds of being told. Looked at now and then: a hub stops once.
    package func untilEmpty() async {
        while metrics.sockets.value > 0, (try? await Task.sleep(for: .milliseconds(20))) != nil {}
    }

    /// After the last socket has gone.
    package func stop() {
        drain()
        tellComings()
        for mailbox in mailboxes {
            mailbox.loop.execute {
                mailbox.hub.value?.stop()
                mailbox.hub.value = nil
            }
        }
    }

    // MARK: Sockets

    /// Takes a place for a socket that is about to be opened.
    /// - Throws: ``SocketRefusal``.
    package func admit(_ account: ID<Account>, from address: String) throws(SocketRefusal) -> SocketPermit {
        guard clock.withLock(\.isOpen) else {
            throw .draining(retryAfterMilliseconds: comebackMilliseconds())
        }
        return try attendance.admit(account, from: address)
    }

    /// Gives back the place of a socket that was never attached.
    package func release(_ permit: SocketPermit) {
        attendance.release(permit)
    }

    /// Makes the hub's handler of a connection whose handshake has been answered. Call it on the channel's loop.
    /// - Returns: nil when the hub is stopping.
    package func handler(
        for principal: Principal, permit: SocketPermit, on loop: any EventLoop
    ) -> (any ChannelHandler)? {
        guard let mailbox = mailboxes.first(where: { $0.loop === loop }), let loopHub = mailbox.hub.value,
            !loopHub.isDraining
        else { return nil }
        return SocketHandler(hub: loopHub, principal: principal, permit: permit)
    }

    /// Closes what was opened with these sessions.
    package func close(_ sessions: [ID<Session>], of account: ID<Account>) {
        let tick = clock.withLock(\.tick)
        ended.withLock { ended in
            for session in sessions { ended[session] = tick }
        }
        let sessions = Set(sessions)
        onEachLoop { $0.close(account, .sessionRevoked) { sessions.contains($0.principal.session) } }
    }

    func hasEnded(_ session: ID<Session>) -> Bool {
        ended.withLock { $0[session] != nil }
    }

    private func onEachLoop(_ body: @escaping @Sendable (LoopHub) -> Void) {
        for mailbox in mailboxes {
            mailbox.loop.execute { if let hub = mailbox.hub.value { body(hub) } }
        }
    }

    /// When to come back after the server has stopped: spread over the time in which as many as are here now can be
    /// taken in again, at the rate at which they came.
    func comebackMilliseconds() -> Int64 {
        let perTick = clock.withLock(\.arrivalsMax)
        let perSecond = max(
            Self.arrivalsPerSecondMin, Int(Double(perTick) * limits.ticksPerSecond))
        let window = max(1_000, metrics.sockets.value * 1_000 / perSecond)
        return Int64(random.fraction() * Double(window))
    }

    // MARK: Time

    /// Once a tick, from the first loop.
    func advance(to tick: UInt32) {
        let (admitted, sockets) = (attendance.admitted, metrics.sockets.value)
        let givesBack = clock.withLock { clock in
            clock.tick = tick
            clock.arrivalsMax = max(clock.arrivalsMax, admitted - clock.admitted)
            clock.admitted = admitted
            return clock.freedMemory.look(at: sockets, lingerTicks: limits.lingerTicks)
        }
        if givesBack { onEachLoop { _ in ThreadCache.exchange() } }
        tellComings()
        tellCounts()
        ended.withLock { ended in
            // Longer than a handshake takes, and than a ticket is good for.
            if tick % 60 == 0, !ended.isEmpty { ended = ended.filter { tick - $0.value < 180 } }
        }
        // One shard a tick: each is looked through about once a minute.
        shards[Int(tick) % shards.count].state.withLock { state in
            state.sweep(at: tick, lingerTicks: UInt32(limits.lingerTicks), ticksPerSecond: limits.ticksPerSecond)
        }
    }

    private func tellComings() {
        let (came, went) = attendance.changes()
        if !came.isEmpty || !went.isEmpty {
            observer.withLock { $0 }?.accountsChanged(cameOnline: came, wentOffline: went)
        }
    }

    private func tellCounts() {
        let names = stale.withLock { names in
            defer { names = [] }
            return names
        }
        for name in names {
            let count = shard(of: name).state.withLock { state in
                state.channels[name]?.isCountStale = false
                return state.channels[name]?.subscriberCount ?? 0
            }
            publish(Push(name, ["type": "viewers.counted", "count": .integer(Int64(count))], .newest))
        }
    }

    func report(_ error: any Error) {
        logger.error("realtime command failed", metadata: ["error": "\(error)"])
    }

    // MARK: Channels

    package static func ownChannel(of account: ID<Account>) -> ChannelName {
        ChannelName(namespace: "account", key: account)
    }

    private func shard(of name: ChannelName) -> HubShard {
        shards[name.hashValue & (HubShard.count - 1)]
    }

    /// What a subscriber finds when it enters or comes back.
    struct Found {
        let offset: Int64
        /// What it missed; nil when some of that is gone.
        let messages: [ChannelHistory.Entry]?
        let newest: [PushFrame]
    }

    func recover(_ name: ChannelName, since: ChannelPosition?) -> Found {
        shard(of: name).state.withLock { state in
            guard let channel = state.channels[name] else {
                return Found(offset: state.offset(of: name), messages: nil, newest: [])
            }
            return found(channel, since: since)
        }
    }

    private func found(_ channel: HubChannel, since: ChannelPosition?) -> Found {
        let tick = clock.withLock(\.tick)
        channel.forgetOld(at: tick, ticksPerSecond: limits.ticksPerSecond)
        var messages: [ChannelHistory.Entry]?
        if let since {
            if since.epoch == epoch {
                if since.offset == channel.offset {
                    messages = []
                } else {
                    messages = channel.history?.messages(after: since.offset, end: channel.offset).map { Array($0) }
                }
            }
            if messages == nil { metrics.refusedRecoveries.add() } else { metrics.recovered.add() }
        }
        return Found(offset: channel.offset, messages: messages, newest: channel.newest.map(\.message))
    }

    /// Makes a loop hear a channel for one more subscriber.
    /// - Returns: what waits for those who were there before; it has to be told before the new one is among them.
    func enter(
        _ name: ChannelName, on mailbox: LoopMailbox, terms: ChannelTerms, since: ChannelPosition?
    ) -> (part: LoopChannel, waiting: ByteBuffer?, found: Found) {
        let entered: Entered = shard(of: name).state.withLock { state in
            let channel = state.channel(name)
            channel.terms = terms
            channel.quietSince = nil
            channel.subscriberCame()
            noteCount(of: channel)
            let part: LoopChannel
            if let present = channel.parts.first(where: { $0.mailbox === mailbox }) {
                part = present
            } else {
                part = LoopChannel(channel: channel, mailbox: mailbox)
                channel.parts.append(part)
            }
            return Entered(part: part, waiting: part.takeQueue(), found: found(channel, since: since))
        }
        return (entered.part, entered.waiting, entered.found)
    }

    private struct Entered {
        let part: LoopChannel
        let waiting: ByteBuffer?
        let found: Found
    }

    /// - Parameter isLast: nobody hears it on this loop any more.
    func leave(_ part: LoopChannel, isLast: Bool) {
        let tick = clock.withLock(\.tick)
        shard(of: part.channel.name).state.withLock { _ in
            let channel = part.channel
            channel.subscriberWent()
            noteCount(of: channel)
            if isLast { channel.parts.removeAll { $0 === part } }
            if channel.parts.isEmpty { channel.quietSince = tick }
        }
    }

    private func noteCount(of channel: HubChannel) {
        guard channel.terms.countsSubscribers, !channel.isCountStale else { return }
        channel.isCountStale = true
        stale.withLock { $0.append(channel.name) }
    }

    /// Channels that are kept.
    var channelCount: Int { shards.reduce(0) { $0 + $1.state.withLock { $0.channels.count } } }

    func part(of name: ChannelName, on mailbox: LoopMailbox) -> LoopChannel? {
        shard(of: name).state.withLock { $0.channels[name]?.parts.first { $0.mailbox === mailbox } }
    }

    func takeQueue(of part: LoopChannel) -> ByteBuffer? {
        shard(of: part.channel.name).state.withLock { _ in part.takeQueue() }
    }

    func takeNewest(of part: LoopChannel) -> [HubChannel.NewestValue] {
        shard(of: part.channel.name).state.withLock { _ in part.takeNewest() }
    }

    func newest(of part: LoopChannel) -> [PushFrame] {
        shard(of: part.channel.name).state.withLock { _ in part.channel.newest.map(\.message) }
    }
}

extension RealtimeHub: ChannelPublisher {
    package func publish(_ push: Push) {
        let tick = clock.withLock(\.tick)
        shard(of: push.channel).state.withLock { state in
            guard let channel = state.channels[push.channel] else {
                if push.delivery.isOrdered { state.saidUnheard(push.channel) }
                return
            }
            publish(push, to: channel, at: tick)
        }
    }

    private func publish(_ push: Push, to channel: HubChannel, at tick: UInt32) {
        if push.delivery == .sampled, !channel.takesSample(at: tick) { return metrics.sampledOut.add() }
        var json = JSONWriter()
        json.value(push.data)
        let data = json.finish()
        switch push.delivery {
        case .newest:
            let type = push.data["type"]?.string ?? ""
            let value = HubChannel.NewestValue(type: type, message: channel.setNewest(type, data))
            for part in channel.parts { part.mailbox.post(value, to: part) }
        case .fleeting:
            guard !channel.parts.isEmpty else { return }
            let message = PushFrame(channel: channel.name, offset: nil, data: data)
            for part in channel.parts { part.mailbox.post(message.frame, to: part, isUrgent: false) }
        case .ordered, .urgent, .sampled:
            guard let message = channel.append(data, key: push.key, at: tick) else { return }
            for part in channel.parts {
                part.mailbox.post(message.frame, to: part, isUrgent: push.delivery == .urgent)
            }
        }
    }

    package func position(of channel: ChannelName) -> ChannelPosition {
        ChannelPosition(epoch: epoch, offset: shard(of: channel).state.withLock { $0.offset(of: channel) })
    }
}

extension RealtimeHub: ChannelControl {
    package func expel(_ account: ID<Account>, from channel: ChannelName) {
        onEachLoop { $0.expel(account, from: channel) }
    }

    package func recheck(_ account: ID<Account>) {
        onEachLoop { $0.recheck(account) }
    }

    package func end(_ channel: ChannelName) {
        onEachLoop { $0.end(channel) }
    }
}

extension RealtimeHub: OnlineAccounts, ChannelAudience {

    package func isOnline(_ account: ID<Account>) -> Bool {
        attendance.isOnline(account)
    }

    package func subscriberCount(of channel: ChannelName) -> Int {
        shard(of: channel).state.withLock { $0.channels[channel]?.subscriberCount ?? 0 }
    }

    package func subscriberPeak(of channel: ChannelName) -> Int {
        shard(of: channel).state.withLock { $0.channels[channel]?.subscriberPeak ?? 0 }
    }
}

extension Push.Delivery {
    /// Numbered and kept.
    var isOrdered: Bool {
        switch self {
        case .ordered, .urgent, .sampled: true
        case .newest, .fleeting: false
        }
    }
}
