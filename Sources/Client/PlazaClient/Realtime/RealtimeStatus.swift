/// How a ``RealtimeClient`` stands.
public struct RealtimeStatus: Sendable, Hashable {
    public let state: State
    public let metrics: RealtimeMetrics

    public enum State: Sendable, Hashable {
        /// Before ``RealtimeClient/connect()``.
        case idle
        /// The first attempt is 1; counted anew after each connection.
        case connecting(attempt: Int)
        case connected(session: String)
        /// Until the next attempt.
        case waiting(milliseconds: Int64)
        case ended(RealtimeEnd)
    }
}

/// What has been counted since the client was made.
public struct RealtimeMetrics: Sendable, Hashable {
    /// Connections that were tried.
    public var attempts: Int64 = 0
    /// Connections that were greeted.
    public var connects: Int64 = 0
    /// Pushes and recovered messages that came, told or not.
    public var messages: Int64 = 0
    /// Messages that had been told before.
    public var duplicates: Int64 = 0
    /// Payload, both without the bytes of framing.
    public var bytesReceived: Int64 = 0
    public var bytesSent: Int64 = 0
    /// Channels that went on where they had stopped.
    public var resumed: Int64 = 0
    /// Channels of which something is gone. Rises when clients are away for longer than the server keeps messages.
    public var refusedRecoveries: Int64 = 0
    /// Commands that were dropped because too many waited.
    public var commandsDropped: Int64 = 0
    /// Connections given up because nothing came, or what came was no message.
    public var brokenConnections: Int64 = 0
    /// Of the last `ping`.
    public var roundTripMilliseconds: Int64?
}
