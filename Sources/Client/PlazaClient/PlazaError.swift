public import PlazaAPI

/// Why a call did not succeed.
public enum PlazaError: Error, Sendable {
    /// The server answered with a problem, RFC 9457.
    case problem(Problem)
    /// The server answered with what is no answer of Plaza's: a proxy's page, or an edition that differs.
    case unexpectedAnswer(status: Int, reason: String)
    /// There is no session: sign in.
    case signedOut
    /// The text is no URL of a server.
    case invalidURL(String)

    public struct Problem: Sendable, Hashable {
        /// Stable, for programs: `post_not_found`.
        public let code: String
        public let status: Int
        /// One sentence for people.
        public let detail: String
        /// Whether the same request may succeed later.
        public let isRetryable: Bool
        public let retryAfterSeconds: Int64?
        /// Names the request in the server's log.
        public let requestID: String?
        /// What is wrong with which field.
        public let fields: [FieldProblem]
    }

    /// A problem's code, where it is one.
    public var code: String? {
        if case .problem(let problem) = self { problem.code } else { nil }
    }
}
