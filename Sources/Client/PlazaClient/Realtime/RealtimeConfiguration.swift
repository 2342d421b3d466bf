/// How a ``RealtimeClient`` behaves. What is here is what the protocol's document asks of clients.
public struct RealtimeConfiguration: Sendable {
    /// The longest wait before the first new attempt; doubled for each attempt that follows.
    public var backoffMillisecondsMin: Int64 = 250
    public var backoffMillisecondsMax: Int64 = 30_000
    /// A server may ask for a wait; more than this is not believed.
    public var hintMillisecondsMax: Int64 = 300_000
    /// A connection that lasted this long makes the next wait short again. One that breaks at once does not: else a server
    /// that accepts and closes would be asked four times a second by everybody.
    public var stableMilliseconds: Int64 = 5_000
    /// For connecting, the upgrade and the greeting, each.
    public var connectMillisecondsMax: Int64 = 10_000
    /// For the answer to a command.
    public var answerMillisecondsMax: Int64 = 15_000
    /// Commands that wait for a connection. One more, and the oldest is dropped; its caller is told ``RealtimeError/queueFull``.
    public var queuedCommandsMax = 100
    /// Bytes of a command. The server closes for good on a larger frame.
    public var commandBytesMax = 60_000
    /// Ordered messages of a channel that wait while what came before them is fetched.
    public var heldMessagesMax = 1_000
    /// Commands that leave in a second, and at once: just below what the server allows, which ends the connections of
    /// those who pass it.
    public var commandsPerSecond: Int64 = 10
    public var commandsBurst: Int64 = 45

    public init() {}
}
