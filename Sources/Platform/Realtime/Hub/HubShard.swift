import Synchronization

/// Channels are spread over shards, so that publishers of different channels seldom wait for each other.
final class HubShard: Sendable {
    static let count = 64
    /// Together 65,536 for the hub: half a mebibyte.
    private static let floorCount = 1_024

    struct State {
        var channels: [ChannelName: HubChannel] = [:]
        /// What was said to channels that nobody heard, counted by hash: a channel begins at its floor, so whoever read its
        /// position before something was said is refused recovery instead of missing it. Two channels may share a
        /// floor; then one refusal is needless.
        fileprivate(set) var floors = [Int64](repeating: 0, count: HubShard.floorCount)
    }

    let state = Mutex(State())
}

extension HubShard.State {
    private static let countedLingerFactor: UInt32 = 1_440

    private func floor(of name: ChannelName) -> Int {
        // Another part of the hash than the one that chose the shard.
        Int(truncatingIfNeeded: UInt(bitPattern: name.hashValue) >> 8) & (floors.count - 1)
    }

    func offset(of name: ChannelName) -> Int64 {
        channels[name]?.offset ?? floors[floor(of: name)]
    }

    mutating func saidUnheard(_ name: ChannelName) {
        floors[floor(of: name)] += 1
    }

    mutating func channel(_ name: ChannelName) -> HubChannel {
        if let channel = channels[name] { return channel }
        let channel = HubChannel(name: name, offset: floors[floor(of: name)])
        channels[name] = channel
        return channel
    }

    /// Forgets a channel that nobody hears; whoever comes back to it later is not told a gap is none.
    mutating func forget(_ channel: HubChannel) {
        channels[channel.name] = nil
        let floor = floor(of: channel.name)
        floors[floor] = max(floors[floor], channel.offset)
    }

    /// Lets go of what is too old: messages, and channels that have been quiet for long.
    mutating func sweep(at tick: UInt32, lingerTicks: UInt32, ticksPerSecond: Double) {
        var quiet: [HubChannel] = []
        for channel in channels.values {
            channel.forgetOld(at: tick, ticksPerSecond: ticksPerSecond)
            // Where subscribers are counted, the most there were is to be told in the end.
            let linger = channel.terms.countsSubscribers ? lingerTicks * Self.countedLingerFactor : lingerTicks
            if let since = channel.quietSince, channel.history == nil, tick >= since + linger {
                quiet.append(channel)
            }
        }
        for channel in quiet { forget(channel) }
        channels.giveBackRoom()
    }
}
