public import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// Requests through AsyncHTTPClient.
public struct AsyncHTTPClientTransport: HTTPTransport {
    /// Bytes of an answer.
    private static let answerBytesMax = 16 * 1_024 * 1_024

    private let client: HTTPClient
    private let timeoutSeconds: Int64

    public init(_ client: HTTPClient = .shared, timeoutSeconds: Int64 = 30) {
        self.client = client
        self.timeoutSeconds = timeoutSeconds
    }

    public func send(_ request: TransportRequest) async throws -> TransportAnswer {
        var outgoing = HTTPClientRequest(url: request.url)
        outgoing.method = HTTPMethod(rawValue: request.method)
        for header in request.headers { outgoing.headers.add(name: header.name, value: header.value) }
        if let body = request.body { outgoing.body = .bytes(ByteBuffer(bytes: body)) }
        let response = try await client.execute(outgoing, timeout: .seconds(timeoutSeconds))
        let body = try await response.body.collect(upTo: Self.answerBytesMax)
        var headers: [String: String] = [:]
        for header in response.headers { headers[header.name.lowercased()] = header.value }
        return TransportAnswer(status: Int(response.status.code), headers: headers, body: Array(body.readableBytesView))
    }
}
