package import Core
import NIOCore
import NIOPosix

/// A connection whose every byte the test chooses.
package struct Wire {
    /// What came back: parsed by hand, so that what is tested does not check itself.
    package struct Response: Sendable {
        package let status: Int
        /// Names in lower case, in the order they came.
        package let headers: [(name: String, value: String)]
        package let body: [UInt8]

        package func header(_ name: String) -> String? {
            headers.first { $0.name == name }?.value
        }

        package var json: JSON { (try? JSONParser.parse(body)) ?? .null }
        package var code: String? { json["code"]?.string }
    }

    package struct Torn: Error {}

    /// The half that sends, for another task.
    package struct Sender: Sendable {
        fileprivate let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>

        package func send(_ text: String) async throws {
            try await send(Array(text.utf8))
        }

        package func send(_ bytes: [UInt8]) async throws {
            try await outbound.write(ByteBuffer(bytes: bytes))
        }
    }

    package let sender: Sender
    private var inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    var received: [UInt8] = []

    fileprivate init(
        _ inbound: NIOAsyncChannelInboundStream<ByteBuffer>, _ outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    ) {
        sender = Sender(outbound: outbound)
        self.inbound = inbound.makeAsyncIterator()
    }

    package func send(_ text: String) async throws {
        try await sender.send(text)
    }

    package func send(_ bytes: [UInt8]) async throws {
        try await sender.send(bytes)
    }

    /// The next answer; nil when the server has hung up.
    /// - Parameter hasBody: false for the answer to a `HEAD`.
    /// - Throws: ``Torn`` when the server hangs up in the middle of an answer.
    package mutating func response(hasBody: Bool = true) async throws -> Response? {
        while headEnd == nil {
            guard try await receive() else {
                guard received.isEmpty else { throw Torn() }
                return nil
            }
        }
        guard let headEnd else { throw Torn() }
        let head = String(decoding: received[..<headEnd], as: UTF8.self)
        received.removeFirst(headEnd + 4)
        let lines = head.split(separator: "\r\n")
        let headers = lines.dropFirst().map { line in
            let parts = line.split(separator: ":", maxSplits: 1)
            return (name: parts[0].lowercased(), value: String((parts.last ?? "").drop { $0 == " " }))
        }
        let length = headers.first { $0.name == "content-length" }.flatMap { Int($0.value) } ?? 0
        let count = hasBody ? length : 0
        while received.count < count {
            guard try await receive() else { throw Torn() }
        }
        defer { received.removeFirst(count) }
        let status = lines.first?.split(separator: " ").dropFirst().first.flatMap { Int($0) }
        return Response(status: status ?? 0, headers: headers, body: Array(received.prefix(count)))
    }

    /// Sends a request with a JSON body and reads its answer.
    /// - Throws: ``Torn`` when the server hangs up before it has answered.
    package mutating func call(
        _ method: String, _ path: String, token: String? = nil, headers: String = "", body: JSON? = nil
    ) async throws -> Response {
        let text = body?.text ?? ""
        try await send(
            "\(method) \(path) HTTP/1.1\r\nHost: plaza\r\n"
                + (token.map { "Authorization: Bearer \($0)\r\n" } ?? "")
                + (body == nil ? "" : "Content-Type: application/json\r\n")
                + "Content-Length: \(text.utf8.count)\r\n\(headers)\r\n\(text)")
        guard let response = try await response(hasBody: method != "HEAD") else { throw Torn() }
        return response
    }

    /// As ``call(_:_:token:headers:body:)``, and again while the server is too busy: a machine whose disk is at work
    /// elsewhere keeps it longer than a request may wait.
    package mutating func callPatiently(
        _ method: String, _ path: String, headers: String = "", body: JSON
    ) async throws -> Response {
        for _ in 1..<Self.patientCallsMax {
            let response = try await call(method, path, headers: headers, body: body)
            guard response.status == 503, response.json["retryable"]?.bool == true else { return response }
        }
        return try await call(method, path, headers: headers, body: body)
    }

    private static let patientCallsMax = 6

    /// True once the server has closed the connection; false when bytes come instead.
    package mutating func isHungUp() async throws -> Bool {
        received = []
        do {
            return try await !receive()
        } catch {
            // A reset is a way of hanging up.
            return true
        }
    }

    private var headEnd: Int? {
        received.indices.dropLast(3).first { received[$0...].starts(with: [13, 10, 13, 10]) }
    }

    mutating func receive() async throws -> Bool {
        guard let part = try await inbound.next() else { return false }
        received += part.readableBytesView
        return true
    }
}

/// Connects, runs `body` and hangs up.
package func withWire<Value>(
    port: Int, host: String = "localhost", _ body: (inout Wire) async throws -> Value
) async throws -> Value {
    let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .connect(host: host, port: port) { channel in
            channel.eventLoop.makeCompletedFuture {
                try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
            }
        }
    return try await channel.executeThenClose { inbound, outbound in
        var wire = Wire(inbound, outbound)
        return try await body(&wire)
    }
}
