package import HTTP
package import HTTPTypes
import Hummingbird
import HummingbirdTesting
package import Logging
package import NIOCore
import NIOPosix
import ServiceLifecycle

/// How a test's requests reach the routes.
package enum TestDoor: Sendable {
    /// Without a socket.
    case router
    /// Through the real listener, on a free port of this machine.
    case live

    /// Opens it, runs `body`, and stops what was started.
    /// - Parameter onStopping: as the listener's.
    package func open<Value: Sendable>(
        to responder: APIResponder, _ configuration: APIConfiguration, _ logger: Logger,
        onStopping: @escaping @Sendable () -> Void = {},
        _ body: @escaping @Sendable (TestDoorClient) async throws -> Value
    ) async throws -> Value {
        switch self {
        case .router:
            return try await Application(responder: responder, logger: logger).test(.router) { client in
                try await body(
                    TestDoorClient(port: nil) { method, path, headers, body in
                        let response = try await client.executeRequest(
                            uri: path, method: method, headers: headers, body: body)
                        return (response.head, response.body)
                    })
            }
        case .live: return try await listen(responder, configuration, logger, onStopping, body)
        }
    }

    private func listen<Value: Sendable>(
        _ responder: APIResponder, _ configuration: APIConfiguration, _ logger: Logger,
        _ onStopping: @escaping @Sendable () -> Void, _ body: @escaping @Sendable (TestDoorClient) async throws -> Value
    ) async throws -> Value {
        var configuration = configuration
        (configuration.host, configuration.port) = ("localhost", 0)
        let (ports, port) = AsyncStream<Int>.makeStream()
        let listener = HTTPListener(
            responder, configuration: configuration, group: MultiThreadedEventLoopGroup.singleton, logger: logger,
            onListening: { port.yield($0) }, onStopping: onStopping)
        let services = ServiceGroup(
            configuration: ServiceGroupConfiguration(services: [listener], logger: logger))
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { port.finish() }
                try await services.run()
            }
            guard let port = await ports.first(where: { _ in true }) else {
                try await group.waitForAll()
                throw CancellationError()
            }
            let outcome: Result<Value, any Error>
            do {
                outcome = .success(
                    try await TestClient.withClient(host: "localhost", port: port) { client in
                        try await body(
                            TestDoorClient(port: port) { method, path, headers, body in
                                let response = try await client.execute(
                                    TestClient.Request(
                                        path, method: method, authority: "localhost", headers: headers, body: body))
                                return (response.head, response.body ?? ByteBuffer())
                            })
                    })
            } catch {
                outcome = .failure(error)
            }
            await services.triggerGracefulShutdown()
            try await group.waitForAll()
            return try outcome.get()
        }
    }
}

/// Sends requests through a door.
package struct TestDoorClient: Sendable {
    /// Of a door that listens.
    package let port: Int?
    /// Method, path, headers and body to the answer's head and body.
    package let send:
        @Sendable (HTTPRequest.Method, String, HTTPFields, ByteBuffer?) async throws -> (HTTPResponse, ByteBuffer)

    fileprivate init(
        port: Int?,
        send:
            @escaping @Sendable (HTTPRequest.Method, String, HTTPFields, ByteBuffer?) async throws -> (
                HTTPResponse, ByteBuffer
            )
    ) {
        self.port = port
        self.send = send
    }
}
