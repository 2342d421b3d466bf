import Core
import Glibc
package import Logging
package import NIOCore
import NIOHTTP1
import NIOPosix
import ServiceLifecycle

/// Listens, and gives each connection to an ``HTTPConnection`` on its event loop.
///
/// Told to stop, it listens no more, lets every connection finish what it has begun, and hangs up on those that have not
/// finished in time: a client that reads nothing does not keep a server from stopping.
///
/// NIO accepts and parses. A connection costs no task, no timer and no entry in anybody's table but its loop's.
package final class HTTPListener: Service {
    /// Connections that may wait to be accepted: a reconnecting crowd arrives within a second.
    private static let backlog: Int32 = 4_096
    /// Connections accepted in one turn of the loop.
    private static let acceptsPerTurn: UInt = 256
    /// Bytes of all header fields together.
    private static let headerBytesMax = 16 * 1_024
    /// Bytes that wait for the parser, which stands still while it is decided who takes a connection over.
    private static let unparsedBytesMax = 128 * 1_024

    /// The listening socket was closed without being told to.
    package struct Closed: Error {}

    private let responder: APIResponder
    private let configuration: APIConfiguration
    private let group: any EventLoopGroup
    private let logger: Logger
    private let connections = OpenConnections()
    private let loops: [ObjectIdentifier: NIOLoopBoundBox<LoopConnections>]
    private let onListening: @Sendable (Int) async -> Void
    private let onStopping: @Sendable () -> Void

    /// - Parameters:
    ///   - onListening: told the port once it is open; it differs from the configured one when that is 0.
    ///   - onStopping: called when the listener is told to stop, before connections are.
    package init(
        _ responder: APIResponder, configuration: APIConfiguration, group: any EventLoopGroup, logger: Logger,
        onListening: @escaping @Sendable (Int) async -> Void, onStopping: @escaping @Sendable () -> Void = {}
    ) {
        self.responder = responder
        self.configuration = configuration
        self.group = group
        self.logger = logger
        self.onListening = onListening
        self.onStopping = onStopping
        Self.prepareTypes
        let connections = connections
        loops = Dictionary(
            uniqueKeysWithValues: group.makeIterator().map { loop in
                (
                    ObjectIdentifier(loop),
                    NIOLoopBoundBox.makeBoxSendingValue(
                        LoopConnections(loop: loop, open: connections), eventLoop: loop)
                )
            })
    }

    /// - Throws: when the address cannot be listened on; ``Closed`` when it no longer can.
    package func run() async throws {
        let listener = try await listen()
        await onListening(listener.localAddress?.port ?? configuration.port)
        let isTold = await untilStopped(listener)
        onEachLoop { $0.finish() }
        await connections.untilNone(seconds: configuration.stopSeconds)
        onEachLoop { $0.closeAll() }
        await connections.untilNone()
        if !isTold { throw Closed() }
    }

    /// - Returns: false when the kernel has closed the socket, as it does on errors of its own.
    private func untilStopped(_ listener: any Channel) async -> Bool {
        await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                try? await gracefulShutdown()
                return true
            }
            group.addTask {
                try? await listener.closeFuture.get()
                return false
            }
            let isTold = await group.next() ?? true
            onStopping()
            listener.close(promise: nil)
            group.cancelAll()
            return isTold
        }
    }

    private func listen() async throws -> any Channel {
        let limits = HTTPConnection.Limits(
            receive: UInt64(configuration.receiveSeconds) * 1_000_000_000,
            idle: UInt64(configuration.idleSeconds) * 1_000_000_000)
        let (responder, loops, logger) = (responder, loops, logger)
        return try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: Self.backlog)
            .serverChannelOption(.maxMessagesPerRead, value: Self.acceptsPerTurn)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AcceptPause(logger: logger))
                }
            }
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard let loop = loops[ObjectIdentifier(channel.eventLoop)] else {
                        preconditionFailure("a connection runs on a loop of the server's group")
                    }
                    try Self.open(channel, responder, limits, loop.value)
                }
            }
            .bind(host: configuration.host, port: configuration.port).get()
    }

    private static func open(
        _ channel: any Channel, _ responder: APIResponder, _ limits: HTTPConnection.Limits, _ loop: LoopConnections
    ) throws {
        if let options = channel.syncOptions {
            try options.setOption(.allowRemoteHalfClosure, value: true)
            try options.setOption(.maxMessagesPerRead, value: 1)
            try options.setOption(.recvAllocator, value: ReceiveBuffers())
        }
        let decoder = makeDecoder()
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(decoder)
        try pipeline.addHandler(
            HTTPConnection(
                responder: responder, limits: limits, loop: loop, wire: pipeline.context(handler: decoder)))
    }

    private static func makeDecoder() -> ByteToMessageHandler<HTTPRequestDecoder> {
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = headerBytesMax
        limits.maxHeaderListSize = headerBytesMax
        limits.maxHeaderFieldCount = 100
        return ByteToMessageHandler(
            HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes, limitConfiguration: limits),
            maximumBufferSize: unparsedBytesMax)
    }

    /// Swift makes a generic class known when it is first used, and two threads that do it in the same instant have crashed
    /// (6.3, in `swift_conformsToProtocol`): one start in some hundred, when a crowd waited at the door.
    private static let prepareTypes: Void = { _ = makeDecoder() }()

    private func onEachLoop(_ body: @escaping @Sendable (LoopConnections) -> Void) {
        for loop in loops.values { loop.eventLoop.execute { body(loop.value) } }
    }
}

/// Keeps a listener that cannot accept from trying without a pause: connections wait in its backlog meanwhile.
private final class AcceptPause: ChannelInboundHandler {
    typealias InboundIn = any Channel
    private static let pause = TimeAmount.milliseconds(100)
    /// Out of files, of the process or the machine, or of memory.
    private static let shortages: Set<Int32> = [EMFILE, ENFILE, ENOBUFS, ENOMEM]
    /// Between two complaints about the same.
    private static let complaintNanoseconds: UInt64 = 60_000_000_000

    private let logger: Logger
    private var isPausing = false
    private var complainedAt: UInt64?

    init(logger: Logger) {
        self.logger = logger
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A client that is gone before it was taken in says nothing about the next.
        guard let error = error as? IOError, Self.shortages.contains(error.errnoCode), !isPausing else { return }
        complain(error)
        isPausing = true
        // The only way to make NIO forget that it wanted to read: it does so when something was accepted.
        try? context.channel.syncOptions?.setOption(.autoRead, value: false)
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(in: Self.pause) {
            let (handler, context) = bound.value
            handler.isPausing = false
            try? context.channel.syncOptions?.setOption(.autoRead, value: true)
        }
    }

    private func complain(_ error: IOError) {
        let now = monotonicNanoseconds()
        if let complainedAt, now - complainedAt < Self.complaintNanoseconds { return }
        complainedAt = now
        logger.error(
            "connections cannot be accepted, and wait",
            metadata: [
                "error": "\(error)", "remedy": "allow the process more open files (ulimit -n), or run more of it",
            ])
    }
}
