/// What opens a socket.
public enum RealtimeCredential: Sendable {
    /// Of `POST /v1/realtime/tickets`; good for one socket, within a minute.
    case ticket(String)
    /// An access token.
    case bearer(String)
}

/// Says that no credential can be had any more, and that asking again is of no use.
public struct NoCredential: Error {
    public init() {}
}
