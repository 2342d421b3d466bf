package import Hummingbird
import HummingbirdCore
package import Logging
package import NIOCore
import NIOPosix
package import ServiceLifecycle

/// Makes the service that listens. Runs until it is told to stop gracefully, and then finishes what it has begun.
package enum HTTPServer {
    /// Connections that may wait to be accepted: a reconnecting crowd arrives within a second.
    private static let backlog = 4_096
    /// Connections accepted in one turn of the loop.
    private static let acceptsPerTurn: UInt = 256

    /// Listens, and after the order to stop waits for the connections that finish what they have begun.
    /// - Parameter onListening: told the port once it is open; it differs from the configured one when that is 0.
    package static func listener(
        _ responder: APIResponder, configuration: APIConfiguration, group: any EventLoopGroup, logger: Logger,
        onListening: @escaping @Sendable (Int) async -> Void
    ) -> some Service {
        let connections = OpenConnections()
        return Listener(
            application: service(
                responder, configuration: configuration, group: group, logger: logger, connections: connections,
                onListening: onListening),
            connections: connections)
    }

    private struct Listener: Service {
        let application: Application<APIResponder>
        let connections: OpenConnections

        func run() async throws {
            try await application.run()
            await connections.untilNone()
        }
    }

    /// The part that listens alone, for tests that bring their own client.
    package static func service(
        _ responder: APIResponder, configuration: APIConfiguration, group: any EventLoopGroup, logger: Logger,
        connections: OpenConnections = OpenConnections(),
        onListening: @escaping @Sendable (Int) async -> Void = { _ in }
    ) -> Application<APIResponder> {
        let limits = HTTPConnection.Limits(
            receive: UInt64(configuration.receiveSeconds) * 1_000_000_000,
            idle: UInt64(configuration.idleSeconds) * 1_000_000_000)
        let channel = ConnectionChannel(responder: responder, limits: limits, group: group, connections: connections)
        return Application(
            responder: responder,
            server: HTTPServerBuilder { _ in channel },
            configuration: ApplicationConfiguration(
                address: .hostname(configuration.host, port: configuration.port), backlog: backlog),
            onServerRunning: { listener in
                try? await listener.setOption(.maxMessagesPerRead, value: acceptsPerTurn).get()
                await onListening(listener.localAddress?.port ?? configuration.port)
            },
            eventLoopGroupProvider: .shared(group),
            logger: logger)
    }
}
