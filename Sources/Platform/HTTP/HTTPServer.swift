package import Hummingbird
import HummingbirdCore
package import Logging
package import NIOCore
import NIOPosix

/// Makes the service that listens. Runs until it is told to stop gracefully, and then finishes what it has begun.
package enum HTTPServer {
    /// Connections that may wait to be accepted: a reconnecting crowd arrives within a second.
    private static let backlog = 4_096
    /// Connections accepted in one turn of the loop.
    private static let acceptsPerTurn: UInt = 64

    /// - Parameter onListening: told the port once it is open; it differs from the configured one when that is 0.
    package static func service(
        _ responder: APIResponder, configuration: APIConfiguration, group: any EventLoopGroup, logger: Logger,
        onListening: @escaping @Sendable (Int) async -> Void = { _ in }
    ) -> Application<APIResponder> {
        let limits = HTTPConnection.Limits(
            receive: UInt64(configuration.receiveSeconds) * 1_000_000_000,
            idle: UInt64(configuration.idleSeconds) * 1_000_000_000)
        let channel = ConnectionChannel(responder: responder, limits: limits, group: group)
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
