import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import NIOWebSocket

/// Opens sockets to one server.
struct WebSocketConnector: Sendable {
    static let subprotocol = "plaza.v1.json"
    /// Bytes of a frame, and of a message in frames: a channel's whole history fits.
    private static let messageBytesMax = 4 * 1_024 * 1_024
    private static let fragmentsMax = 1_024

    let endpoint: Endpoint
    let eventLoop: any EventLoop
    let connectMillisecondsMax: Int64
    /// Nil without TLS.
    private let tls: NIOSSLContext?

    init(_ endpoint: Endpoint, eventLoop: any EventLoop, connectMillisecondsMax: Int64) throws {
        self.endpoint = endpoint
        self.eventLoop = eventLoop
        self.connectMillisecondsMax = connectMillisecondsMax
        tls = endpoint.isSecure ? try NIOSSLContext(configuration: .makeClientConfiguration()) : nil
    }

    /// - Parameter makeReader: called on the loop once the socket is one.
    /// - Returns: fails with ``HandshakeRefusal`` where the server has answered.
    func connect(
        _ credential: RealtimeCredential, makeReader: @escaping @Sendable () -> WebSocketReader
    ) -> EventLoopFuture<any Channel> {
        let upgraded = eventLoop.makePromise(of: Void.self)
        let head = requestHead(credential)
        let channel = ClientBootstrap(group: eventLoop)
            .channelOption(.socketOption(.so_reuseaddr), value: 1)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .connectTimeout(.milliseconds(connectMillisecondsMax))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try addHandlers(to: channel, head, makeReader, upgraded)
                }
            }
            .connect(host: endpoint.host, port: endpoint.port)
        channel.whenFailure { upgraded.fail($0) }
        return channel.flatMap { channel in
            upgraded.futureResult.map { channel }.flatMapErrorThrowing { error in
                channel.close(promise: nil)
                throw error
            }
        }
    }

    private func addHandlers(
        to channel: any Channel, _ head: HTTPRequestHead, _ makeReader: @escaping @Sendable () -> WebSocketReader,
        _ upgraded: EventLoopPromise<Void>
    ) throws {
        let pipeline = channel.pipeline.syncOperations
        if let tls { try pipeline.addHandler(try NIOSSLClientHandler(context: tls, serverHostname: serverName)) }
        let upgrader = NIOWebSocketClientUpgrader(maxFrameSize: Self.messageBytesMax) { channel, answer in
            channel.eventLoop.makeCompletedFuture {
                guard answer.headers.first(name: "Sec-WebSocket-Protocol") == Self.subprotocol else {
                    throw HandshakeRefusal(status: 101, code: "wrong_subprotocol", retryAfterMilliseconds: nil)
                }
                try channel.pipeline.syncOperations.addHandlers([
                    NIOWebSocketFrameAggregator(
                        minNonFinalFragmentSize: 1, maxAccumulatedFrameCount: Self.fragmentsMax,
                        maxAccumulatedFrameSize: Self.messageBytesMax),
                    makeReader(),
                ])
            }.always { result in
                switch result {
                case .success: upgraded.succeed()
                case .failure(let error): upgraded.fail(error)
                }
            }
        }
        let handshake = WebSocketHandshake(head, upgraded: upgraded)
        let bound = NIOLoopBound(handshake, eventLoop: channel.eventLoop)
        try pipeline.addHTTPClientHandlers(
            leftOverBytesStrategy: .forwardBytes,
            withClientUpgrade: (
                upgraders: [upgrader],
                completionHandler: { $0.pipeline.syncOperations.removeHandler(bound.value, promise: nil) }
            ))
        try pipeline.addHandler(handshake)
    }

    /// Nil for addresses, which TLS does not name.
    private var serverName: String? {
        (try? SocketAddress(ipAddress: endpoint.host, port: endpoint.port)) == nil ? endpoint.host : nil
    }

    private func requestHead(_ credential: RealtimeCredential) -> HTTPRequestHead {
        var uri = "\(endpoint.path)/v1/realtime"
        var headers: HTTPHeaders = ["Host": endpoint.authority, "Sec-WebSocket-Protocol": Self.subprotocol]
        switch credential {
        case .ticket(let ticket): uri += "?ticket=\(ticket.percentEncoded)"
        case .bearer(let token): headers.add(name: "Authorization", value: "Bearer \(token)")
        }
        return HTTPRequestHead(version: .http1_1, method: .GET, uri: uri, headers: headers)
    }
}
