/// A place in a channel's history.
public struct ChannelPosition: Codable, Hashable, Sendable {
    /// Changes when the server can no longer vouch for what went before.
    public let epoch: String
    /// Ordered messages since the epoch began.
    public let offset: Int64

    public init(epoch: String, offset: Int64) {
        self.epoch = epoch
        self.offset = offset
    }
}

/// What an answer says of the channel that tells what changes in it, as it stood before the answer was read.
public struct ChannelPlace: Codable, Hashable, Sendable {
    public let channel: String
    public let epoch: String
    public let offset: Int64

    public var position: ChannelPosition { ChannelPosition(epoch: epoch, offset: offset) }
}
