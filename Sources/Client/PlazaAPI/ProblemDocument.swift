/// What went wrong, as RFC 9457 `application/problem+json`.
public struct ProblemDocument: Codable, Sendable {
    public let status: Int
    /// Stable, for programs: `post_not_found`.
    public let code: String
    /// One sentence for people.
    public let detail: String
    public let retryable: Bool
    /// Names the request in the server's log.
    public let requestID: String?
    public let errors: [FieldProblem]?

    private enum CodingKeys: String, CodingKey {
        case status, code, detail, retryable, errors
        case requestID = "request_id"
    }
}

/// What is wrong with one field of a request.
public struct FieldProblem: Codable, Hashable, Sendable {
    /// RFC 6901 pointer into the body, or the name of a query parameter.
    public let pointer: String
    public let code: String
    public let message: String
    /// What it should have been, where a program can do something with that: today's price.
    public let current: JSONValue?
}
