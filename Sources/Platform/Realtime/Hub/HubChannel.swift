import NIOCore

/// A channel that somebody hears, or heard a moment ago. Guarded by the lock of its shard.
final class HubChannel {
    struct NewestValue {
        let type: String
        let message: PushFrame
    }

    let name: ChannelName
    var offset: Int64
    var terms = ChannelTerms()
    var history: ChannelHistory?
    /// The present values; a handful of types at most.
    var newest: [NewestValue] = []
    /// One for each loop that has subscribers.
    var parts: [LoopChannel] = []
    private(set) var subscriberCount = 0
    /// The most at once.
    private(set) var subscriberPeak = 0
    /// The hub is to tell how many hear it.
    var isCountStale = false
    /// Tick since which nobody hears it.
    var quietSince: UInt32?
    /// Sampled messages told in the second that began at this tick.
    private var sampled: (tick: UInt32, count: Int) = (0, 0)

    init(name: ChannelName, offset: Int64) {
        self.name = name
        self.offset = offset
    }

    func subscriberCame() {
        subscriberCount += 1
        subscriberPeak = max(subscriberPeak, subscriberCount)
    }

    func subscriberWent() { subscriberCount -= 1 }

    /// - Returns: false when more were told in this second than the owner allows.
    func takesSample(at tick: UInt32) -> Bool {
        if sampled.tick != tick { sampled = (tick, 0) }
        guard sampled.count < terms.sampledPerSecondMax else { return false }
        sampled.count += 1
        return true
    }

    /// Numbers, keeps and hands out. The message is nil when one with this key is in the history.
    func append(_ data: [UInt8], key: String?, at tick: UInt32) -> PushFrame? {
        if let key, history?.contains(key: key) == true { return nil }
        offset += 1
        let message = PushFrame(channel: name, offset: offset, data: data)
        var history = history ?? ChannelHistory()
        // Taken out, so that it is not copied while it grows.
        self.history = nil
        history.append(ChannelHistory.Entry(offset: offset, at: tick, message: message, key: key), terms: terms)
        self.history = history
        return message
    }

    func setNewest(_ type: String, _ data: [UInt8]) -> PushFrame {
        let message = PushFrame(channel: name, offset: nil, data: data)
        let value = NewestValue(type: type, message: message)
        if let index = newest.firstIndex(where: { $0.type == type }) {
            newest[index] = value
        } else {
            newest.append(value)
        }
        return message
    }

    func forgetOld(at tick: UInt32, ticksPerSecond: Double) {
        let kept = UInt32(Double(terms.historySecondsMax) * ticksPerSecond)
        history?.forget(before: tick > kept ? tick - kept : 0)
        if history?.isEmpty == true { history = nil }
    }
}

/// What one loop knows of a channel: who hears it there, and what waits to be told to them.
///
/// Unchecked: the queues are touched under the lock of the channel's shard alone, the subscribers on the loop alone.
final class LoopChannel: @unchecked Sendable {
    let channel: HubChannel
    let mailbox: LoopMailbox

    /// Ordered and fleeting messages that wait for the loop's next turn.
    var queue: [ByteBuffer] = []
    /// Newest values that wait for the loop's next round of them.
    var newest: [HubChannel.NewestValue] = []
    var isQueued = false
    var isUrgent = false
    var isNewestQueued = false

    var subscribers = ContiguousArray<SocketHandler>()

    init(channel: HubChannel, mailbox: LoopMailbox) {
        self.channel = channel
        self.mailbox = mailbox
    }

    /// - Returns: everything that waits, as one run of frames; nil when nothing does.
    func takeQueue() -> ByteBuffer? {
        (isQueued, isUrgent) = (false, false)
        guard var batch = queue.first else { return nil }
        if queue.count > 1 {
            batch = ByteBuffer()
            batch.reserveCapacity(queue.reduce(0) { $0 + $1.readableBytes })
            for message in queue { batch.writeImmutableBuffer(message) }
        }
        // Room for as much is not kept: of many channels most are quiet.
        queue = []
        return batch
    }

    func takeNewest() -> [HubChannel.NewestValue] {
        isNewestQueued = false
        defer { newest = [] }
        return newest
    }
}
