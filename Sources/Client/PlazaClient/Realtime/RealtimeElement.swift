public import PlazaAPI

/// What a subscription tells, in the order in which to apply it.
public enum RealtimeElement: Sendable, Hashable {
    /// The channel is heard from here on. Comes once, when nothing was asked to be recovered.
    case joined(ChannelPosition)
    /// One of the channel's ordered messages: none is left out, none comes twice.
    case message(offset: Int64, data: JSONValue)
    /// A newest value, or something fleeting: in between some may have been left out.
    case newest(JSONValue)
    /// What was missed is known: that many messages come next. After it the channel is as if the connection never broke.
    case recovered(count: Int)
    /// Some messages are gone. Read the state by HTTP, and go on from here.
    case missed(ChannelPosition)
}
