/// Carries requests. The default is AsyncHTTPClient's shared client; give another where the platform has one that it likes
/// better.
public protocol HTTPTransport: Sendable {
    /// - Throws: anything, when there is no answer. The request may have been done or not.
    func send(_ request: TransportRequest) async throws -> TransportAnswer
}

/// A request as it goes out.
public struct TransportRequest: Sendable {
    public var method: String
    public var url: String
    public var headers: [(name: String, value: String)]
    public var body: [UInt8]?
}

/// What came back.
public struct TransportAnswer: Sendable {
    public let status: Int
    /// Names in lower case.
    public let headers: [String: String]
    public let body: [UInt8]

    public init(status: Int, headers: [String: String] = [:], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}
