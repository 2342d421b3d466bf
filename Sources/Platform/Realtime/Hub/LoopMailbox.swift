import NIOCore
import Synchronization

/// Where publishers leave word for a loop. However much comes before its next turn, the loop is woken once.
final class LoopMailbox: Sendable {
    struct Contents {
        /// Channels with something that must not wait behind the others.
        var urgent: [LoopChannel] = []
        var ordinary: [LoopChannel] = []
        fileprivate var isWoken = false
        var newest: [LoopChannel] = []
        fileprivate var isNewestDue = false
    }

    let index: Int
    let loop: any EventLoop
    private let newestInterval: TimeAmount
    private let contents = Mutex(Contents())
    /// Set once, before the mailbox is used.
    let hub: NIOLoopBoundBox<LoopHub?>

    init(index: Int, loop: any EventLoop, newestInterval: TimeAmount) {
        self.index = index
        self.loop = loop
        self.newestInterval = newestInterval
        hub = NIOLoopBoundBox.makeEmptyBox(eventLoop: loop)
    }

    /// Queues a message. Call it under the lock of the channel's shard.
    func post(_ frame: ByteBuffer, to part: LoopChannel, isUrgent: Bool) {
        part.queue.append(frame)
        guard !part.isQueued || (isUrgent && !part.isUrgent) else { return }
        part.isQueued = true
        part.isUrgent = isUrgent
        let wakes = contents.withLock { contents in
            if isUrgent { contents.urgent.append(part) } else { contents.ordinary.append(part) }
            defer { contents.isWoken = true }
            return !contents.isWoken
        }
        if wakes { loop.execute { self.hub.value?.drain() } }
    }

    /// Queues a newest value in place of the one of its type. Call it under the lock of the channel's shard.
    func post(_ value: HubChannel.NewestValue, to part: LoopChannel) {
        if let index = part.newest.firstIndex(where: { $0.type == value.type }) {
            part.newest[index] = value
        } else {
            part.newest.append(value)
        }
        guard !part.isNewestQueued else { return }
        part.isNewestQueued = true
        let wakes = contents.withLock { contents in
            contents.newest.append(part)
            defer { contents.isNewestDue = true }
            return !contents.isNewestDue
        }
        if wakes { loop.scheduleTask(in: newestInterval) { self.hub.value?.drainNewest() } }
    }

    func take() -> (urgent: [LoopChannel], ordinary: [LoopChannel]) {
        contents.withLock { contents in
            defer { (contents.urgent, contents.ordinary, contents.isWoken) = ([], [], false) }
            return (contents.urgent, contents.ordinary)
        }
    }

    func takeNewest() -> [LoopChannel] {
        contents.withLock { contents in
            defer { (contents.newest, contents.isNewestDue) = ([], false) }
            return contents.newest
        }
    }
}
