public import PlazaAPI

/// Why a command was not answered, or a subscription ended.
public enum RealtimeError: Error, Sendable, Hashable {
    /// The server said no.
    case refused(Refusal)
    /// The command waited for a connection, and a hundred newer ones came. It was not sent.
    case queueFull
    /// The command was sent and the connection broke before the answer: it may have been done or not.
    case connectionLost
    /// The command was sent and not answered in time: it may have been done or not.
    case timedOut
    /// The command is larger than the server takes. It was not sent.
    case tooLarge(bytes: Int)
    /// There is a subscription to this channel: one is enough, its elements can be shared.
    case alreadySubscribed
    /// The subscription's elements were not read and its buffer is full. What was buffered has been told; subscribe anew from
    /// this position and nothing is lost. Nil when the channel was not heard yet.
    case fellBehind(ChannelPosition?)
    /// The connection has ended and does not come back.
    case ended(RealtimeEnd)

    /// Stable, for logs and programs.
    public var code: String {
        switch self {
        case .refused(let refusal): refusal.code
        case .queueFull: "queue_full"
        case .connectionLost: "connection_lost"
        case .timedOut: "timed_out"
        case .tooLarge: "too_large"
        case .alreadySubscribed: "already_subscribed"
        case .fellBehind: "fell_behind"
        case .ended: "ended"
        }
    }

    /// What the server answers instead of doing a command.
    public struct Refusal: Error, Sendable, Hashable {
        /// Stable: `not_permitted`.
        public let code: String
        public let message: String
        public let isRetryable: Bool
        /// When waiting helps.
        public let retryAfterMilliseconds: Int64?

        public init(code: String, message: String, isRetryable: Bool, retryAfterMilliseconds: Int64? = nil) {
            self.code = code
            self.message = message
            self.isRetryable = isRetryable
            self.retryAfterMilliseconds = retryAfterMilliseconds
        }
    }
}

/// Why a connection does not come back.
public enum RealtimeEnd: Sendable, Hashable {
    /// ``RealtimeClient/close()``.
    case closed
    /// The session was revoked, or no credential opens a socket: sign in and make a new client.
    case signInNeeded
    /// The handshake was refused in a way that waiting does not mend.
    case handshakeRefused(status: Int, code: String?)
    /// The server closed with a code that says not to come back.
    case closedByServer(code: Int, reason: String?)
}
