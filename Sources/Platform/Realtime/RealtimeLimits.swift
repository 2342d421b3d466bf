package import NIOCore

/// Bounds of the hub, each with its reason. Operators can set some of them.
package struct RealtimeLimits: Sendable {
    /// Sockets of one account: a person's devices, and a page or two left open.
    package var socketsPerAccountMax = 5
    /// Sockets from one address: an office behind one; more are a proxy that is not named as one, or an attack.
    package var socketsPerAddressMax = 1_000
    /// Subscriptions of one socket. A page shows some tens of posts and a conversation.
    package var subscriptionsPerSocketMax = 100
    /// Commands of one socket a second, and as many as ``commandBurst`` at once after a rest.
    package var commandsPerSecond: Int64 = 10
    package var commandBurst: Int64 = 50
    /// Commands of one socket that wait for their answer at a time.
    package var commandsInFlightMax = 32
    /// Commands in a row that come although the socket is told to wait, until it is closed.
    package var refusedInRowMax = 200
    /// Commands in a row that are none, until the socket is closed.
    package var notUnderstoodInRowMax = 20
    /// Bytes of one frame's payload, and of one message's.
    package var frameBytesMax = 65_536
    package var messageBytesMax = 65_536
    /// Frames of one message.
    package var fragmentsMax = 64
    /// Bytes that wait for a reader before the socket is closed as slow. Newest values stop at NIO's high mark, 64 KiB.
    package var waitingBytesMax = 1_048_576

    /// The wheel's step.
    package var tick = TimeAmount.seconds(1)
    /// Ticks between two pings.
    package var heartbeatTicks = 25
    /// Ticks without a sign of life until a socket is given up.
    package var silenceTicks = 300
    /// Ticks that the other side may take to answer a close frame.
    package var closingTicks = 3
    /// Between two newest values of one channel: ten a second are more than an eye tells apart.
    package var newestInterval = TimeAmount.milliseconds(100)
    /// Ticks that a channel which nobody hears is kept, even without messages: a phone changes its network in less.
    package var lingerTicks = 60

    package init() {}

    var ticksPerSecond: Double { 1_000_000_000 / Double(max(1, tick.nanoseconds)) }

    /// Rounded up.
    var heartbeatSeconds: Int64 { max(1, Int64((Double(heartbeatTicks) / ticksPerSecond).rounded(.up))) }
}
