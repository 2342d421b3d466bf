import Core
import HTTPTesting
import HTTPTypes
import Logging
import NIOCore
import PlazaTesting
import Storage
import Telemetry

@testable import HTTP

/// Some routes behind the real server.
struct APIFixture: Sendable {
    let client: TestDoorClient
    let registry: MetricRegistry

    var port: Int { client.port ?? 0 }

    func send(
        _ method: HTTPRequest.Method, _ path: String, headers: HTTPFields = [:], body: JSON? = nil
    ) async throws -> (status: HTTPResponse.Status, headers: HTTPFields, json: JSON, bytes: [UInt8]) {
        var headers = headers
        if body != nil { headers[.contentType] = "application/json" }
        let (head, answer) = try await client.send(method, path, headers, body.map { ByteBuffer(string: $0.text) })
        let bytes = Array(answer.readableBytesView)
        return (head.status, head.headerFields, (try? JSONParser.parse(bytes)) ?? .null, bytes)
    }
}

/// Opens a door to `routes`. Who says `Bearer NAME` is that person.
func withAPI(
    _ routes: [Route], door: TestDoor = .router, configure: (inout APIConfiguration) -> Void = { _ in },
    _ body: @escaping @Sendable (APIFixture) async throws -> Void
) async throws {
    var configuration = APIConfiguration()
    configuration.enforcesBudgets = true
    configure(&configuration)
    let registry = MetricRegistry()
    let logger = Logger(label: "plaza.test") { _ in SwiftLogNoOpLogHandler() }
    let gate = RequestGate(
        authenticate: { _ in Principal(account: ID(rawValue: 1), session: ID(rawValue: 2), role: .person) },
        admit: { _, _, _ in .allowed })
    let responder = APIResponder(
        routes: routes, gate: gate, configuration: configuration, random: .seeded(7), clock: .system,
        registry: registry, logger: logger)
    try await door.open(to: responder, configuration, logger) { client in
        try await body(APIFixture(client: client, registry: registry))
    }
}

/// Answers with the text that came.
let echo = Route(
    .post, "/echo", "Says it back", tag: "test", access: .anyone,
    body: Route.Body(.object([.required("text", .text(1...100_000))]), example: ["text": "a"], bytesMax: 1_000),
    answers: [.init(.ok, "What came", .anything)], statementsMax: 0
) { request in
    .json(Array(request.body.text.utf8))
}

let hello = Route(
    .get, "/hello", "Says hello", tag: "test", access: .anyone,
    answers: [.init(.ok, "Hello", .anything)], statementsMax: 0
) { _ in
    .object { $0.member("text", "hello") }
}
