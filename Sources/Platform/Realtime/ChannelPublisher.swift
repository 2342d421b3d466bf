package import Core

/// Where a slice says what has happened to a channel. The hub is one.
///
/// Call it once the write is committed, `tx.afterCommit { publisher.publish(…) }`: commits are told in their order, so the
/// pushes of a channel are in the order of its rows. It never waits and never fails; a channel that nobody hears costs a
/// look-up.
package protocol ChannelPublisher: Sendable {
    func publish(_ push: Push)

    /// Where the channel stands. Take it before reading what it changes: whoever subscribes from there misses nothing.
    func position(of channel: ChannelName) -> ChannelPosition
}

/// One thing to say to all who hear a channel.
package struct Push: Sendable {
    package let channel: ChannelName
    /// An object with a member `type`.
    package let data: JSON
    package let delivery: Delivery
    /// A name for this push, unique in its channel: said again within the channel's history, it is told once.
    package let key: String?

    package init(_ channel: ChannelName, _ data: JSON, _ delivery: Delivery = .ordered, key: String? = nil) {
        self.channel = channel
        self.data = data
        self.delivery = delivery
        self.key = key
    }

    package enum Delivery: Sendable, Equatable {
        /// Numbered, kept for recovery, told to everybody in the same order.
        case ordered
        /// As `ordered`, and leaves before anything else that waits: orders and moderation.
        case urgent
        /// As `ordered`, unless the channel is busier than its owner allows: then it is left out, for everybody alike.
        case sampled
        /// Only the newest of each `data.type` matters; told to newcomers, too.
        case newest
        /// Told to those who hear now, kept nowhere.
        case fleeting
    }
}

/// A place in a channel's history.
package struct ChannelPosition: Sendable, Hashable {
    /// Changes when the hub can no longer vouch for what went before.
    package let epoch: String
    /// Ordered messages since the epoch began.
    package let offset: Int64

    package init(epoch: String, offset: Int64) {
        self.epoch = epoch
        self.offset = offset
    }
}

extension JSONWriter {
    /// The member that says where a channel stood before what is shown was read: `ChannelPosition` in `/openapi.json`.
    package mutating func realtime(_ channel: ChannelName, _ position: ChannelPosition) {
        name("realtime")
        object { json in
            json.member("channel", channel.description)
            json.member("epoch", position.epoch)
            json.member("offset", position.offset)
        }
    }
}
