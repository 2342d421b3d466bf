/// Why the hub closes a socket. 3000 to 3499 may come back, 3500 to 3999 may not.
enum SocketClose: Equatable {
    case draining(retryAfterMilliseconds: Int64)
    case slow
    case idle
    case sessionRevoked
    case flooding
    case notUnderstood
    /// The client's bytes break RFC 6455.
    case violation(FrameViolation)
    /// The client has said goodbye; it is told the same.
    case asked(code: UInt16?)

    var code: UInt16 {
        switch self {
        case .draining: 3000
        case .slow: 3001
        case .idle: 3002
        case .sessionRevoked: 3500
        case .flooding: 3501
        case .notUnderstood: 3502
        case .violation(let violation): violation.closeCode
        case .asked(let code): code ?? 1000
        }
    }

    var reason: String {
        switch self {
        case .draining(let milliseconds): #"{"code":"draining","retry_after_ms":\#(milliseconds)}"#
        case .slow: #"{"code":"slow"}"#
        case .idle: #"{"code":"idle"}"#
        case .sessionRevoked: #"{"code":"session_revoked"}"#
        case .flooding: #"{"code":"flooding"}"#
        case .notUnderstood: #"{"code":"not_understood"}"#
        case .violation(let violation): "\(violation)"
        case .asked: ""
        }
    }
}
