import CMalloc
import Dispatch

/// Gives memory back to the machine after a crowd has left. The allocator keeps what was freed, for itself, as long as
/// anything that lives lies behind it: after 19,000 sockets that is half of what they took.
struct FreedMemory {
    /// Sockets that must have gone to be worth it: some ten mebibytes.
    private static let goneMin = 4_096
    /// It holds up whoever allocates meanwhile, for milliseconds.
    private static let queue = DispatchQueue(label: "plaza.realtime.memory", qos: .utility)

    /// Ticks that it must have been quiet: those who left may be coming back.
    private static let quietTicks = 5

    /// The most sockets since memory was given back.
    private var most = 0
    private var ticksSinceMost = 0
    /// Ticks until the channels of those who left are forgotten too, which lie between what they left.
    private var ticksToLast: Int?
    private var isTrimDue = false

    /// - Parameters:
    ///   - sockets: as many as there are now. Called once a tick.
    ///   - lingerTicks: that a channel outlives those who heard it.
    /// - Returns: whether each loop is to call ``ThreadCache/exchange()``; the rest is done at the next tick.
    mutating func look(at sockets: Int, lingerTicks: Int) -> Bool {
        if isTrimDue {
            isTrimDue = false
            Self.queue.async { malloc_trim(0) }
        }
        ticksSinceMost += 1
        if sockets > most / 2 { ticksSinceMost = 0 }
        most = max(most, sockets)
        if ticksSinceMost > Self.quietTicks, most - sockets >= Self.goneMin {
            most = sockets
            // Each shard of channels is looked through about once a minute.
            ticksToLast = lingerTicks + HubShard.count + Self.quietTicks
            isTrimDue = true
        } else if let ticks = ticksToLast {
            ticksToLast = ticks > 0 ? ticks - 1 : nil
            isTrimDue = ticks == 0
        }
        return isTrimDue
    }
}
