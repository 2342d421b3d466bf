import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOWebSocket
import PlazaAPI
import Synchronization
import Testing

/// A server of sockets that does only what the test tells it to.
final class RealtimeServer: Sendable {
    struct Refusal: Sendable {
        let status: Int
        var headers: [(String, String)] = []
        var body = ""
    }

    private struct State {
        var refusals: [Refusal]
        var requests: [HTTPRequestHead] = []
    }

    let port: Int
    private let state: Mutex<State>
    private let accepted: AsyncStream<RealtimePeer>
    private let channel: any Channel

    private init(
        _ channel: any Channel, _ state: consuming Mutex<State>, _ accepted: AsyncStream<RealtimePeer>
    ) {
        self.channel = channel
        self.accepted = accepted
        self.state = state
        port = channel.localAddress?.port ?? 0
    }

    /// Heads of all handshakes so far.
    var requests: [HTTPRequestHead] { state.withLock(\.requests) }

    /// The next socket.
    func peer() async throws -> RealtimePeer {
        for await peer in accepted { return peer }
        throw CancellationError()
    }

    /// The next socket, greeted.
    func greetedPeer(heartbeatSeconds: Int = heartbeatSecondsMax) async throws -> RealtimePeer {
        let peer = try await peer()
        peer.greet(heartbeatSeconds: heartbeatSeconds)
        return peer
    }

    fileprivate func request(_ head: HTTPRequestHead) -> Bool {
        state.withLock { state in
            state.requests.append(head)
            return state.refusals.isEmpty
        }
    }

    fileprivate func nextRefusal() -> Refusal {
        state.withLock { $0.refusals.isEmpty ? Refusal(status: 400) : $0.refusals.removeFirst() }
    }

    /// Runs a server while `body` runs.
    /// - Parameters:
    ///   - refusals: what the first handshakes are answered with.
    ///   - subprotocol: that it takes.
    static func run(
        refusing refusals: [Refusal] = [], subprotocol: String? = "plaza.v1.json",
        _ body: (RealtimeServer) async throws -> Void
    ) async throws {
        let (accepted, continuation) = AsyncStream<RealtimePeer>.makeStream()
        let box = Mutex<RealtimeServer?>(nil)
        let holder = Holder(box)
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard let server = holder.server else { throw ChannelError.eof }
                    try server.initialize(channel, subprotocol, continuation)
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let server = RealtimeServer(channel, Mutex(State(refusals: refusals)), accepted)
        holder.set(server)
        do {
            try await body(server)
        } catch {
            try? await channel.close()
            throw error
        }
        try? await channel.close()
    }

    private final class Holder: Sendable {
        private let box: Mutex<RealtimeServer?>

        init(_ box: consuming Mutex<RealtimeServer?>) { self.box = box }

        var server: RealtimeServer? { box.withLock { $0 } }

        func set(_ server: RealtimeServer) { box.withLock { $0 = server } }
    }

    private func initialize(
        _ channel: any Channel, _ subprotocol: String?, _ accepted: AsyncStream<RealtimePeer>.Continuation
    ) throws {
        let upgrader = NIOWebSocketServerUpgrader(
            shouldUpgrade: { channel, head in
                let headers = subprotocol.map { HTTPHeaders([("Sec-WebSocket-Protocol", $0)]) } ?? [:]
                return channel.eventLoop.makeSucceededFuture(self.request(head) ? headers : nil)
            },
            upgradePipelineHandler: { channel, _ in
                channel.eventLoop.makeCompletedFuture {
                    let peer = RealtimePeer(channel)
                    try channel.pipeline.syncOperations.addHandler(peer.makeHandler())
                    accepted.yield(peer)
                }
            })
        let refuser = HandshakeRefuser { self.nextRefusal() }
        let bound = NIOLoopBound(refuser, eventLoop: channel.eventLoop)
        try channel.pipeline.syncOperations.configureHTTPServerPipeline(
            withServerUpgrade: (
                upgraders: [upgrader],
                completionHandler: { $0.pipeline.syncOperations.removeHandler(bound.value, promise: nil) }
            ))
        try channel.pipeline.syncOperations.addHandler(refuser)
    }
}

/// The server's end of one socket.
final class RealtimePeer: Sendable {
    struct Frame: Sendable {
        let opcode: WebSocketOpcode
        let bytes: [UInt8]
    }

    let channel: any Channel
    private let frames: AsyncStream<Frame>
    private let continuation: AsyncStream<Frame>.Continuation
    private let waiting = Mutex<[JSONValue]>([])

    fileprivate init(_ channel: any Channel) {
        self.channel = channel
        (frames, continuation) = AsyncStream.makeStream()
    }

    fileprivate func makeHandler() -> any ChannelHandler {
        PeerHandler(continuation)
    }

    // MARK: Listening

    /// The next frame; nil once the client has hung up.
    func frame() async -> Frame? {
        for await frame in frames { return frame }
        return nil
    }

    /// The next command, whatever frame it is in.
    func command() async throws -> JSONValue {
        while true {
            let next = waiting.withLock { waiting -> JSONValue? in waiting.isEmpty ? nil : waiting.removeFirst() }
            if let next { return next }
            let frame = try #require(await frame(), "the client hung up")
            guard frame.opcode == .text else { continue }
            for line in frame.bytes.split(separator: UInt8(ascii: "\n")) {
                let command = try JSONValue(parsing: line)
                waiting.withLock { $0.append(command) }
            }
        }
    }

    // MARK: Speaking

    func greet(heartbeatSeconds: Int = heartbeatSecondsMax) {
        send(#"{"connected":{"session":"ses_1","account":"acc_1","heartbeat_seconds":\#(heartbeatSeconds)}}"#)
    }

    func send(_ lines: String...) {
        send(.text, Array(lines.joined(separator: "\n").utf8))
    }

    func send(_ opcode: WebSocketOpcode, _ bytes: [UInt8], isLast: Bool = true) {
        channel.writeAndFlush(WebSocketFrame(fin: isLast, opcode: opcode, data: ByteBuffer(bytes: bytes)), promise: nil)
    }

    /// Says goodbye properly.
    func close(_ code: UInt16, _ reason: String = "") {
        send(.connectionClose, [UInt8(code >> 8), UInt8(code & 0xFF)] + Array(reason.utf8))
    }

    /// Resets the connection: no close frame, no FIN.
    func reset() async throws {
        let socket = try #require(channel as? any SocketOptionProvider)
        try await socket.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
        try? await channel.close()
    }
}

private final class PeerHandler: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame

    private let continuation: AsyncStream<RealtimePeer.Frame>.Continuation

    init(_ continuation: AsyncStream<RealtimePeer.Frame>.Continuation) {
        self.continuation = continuation
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        continuation.yield(.init(opcode: frame.opcode, bytes: Array(frame.unmaskedData.readableBytesView)))
    }

    func channelInactive(context: ChannelHandlerContext) {
        continuation.finish()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}

/// Answers requests that are not upgraded.
private final class HandshakeRefuser: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let refusal: () -> RealtimeServer.Refusal

    init(_ refusal: @escaping () -> RealtimeServer.Refusal) {
        self.refusal = refusal
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .end = unwrapInboundIn(data) else { return }
        let refusal = refusal()
        var headers = HTTPHeaders(refusal.headers)
        headers.add(name: "Content-Length", value: String(refusal.body.utf8.count))
        let head = HTTPResponseHead(
            version: .http1_1, status: .init(statusCode: refusal.status), headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: refusal.body)))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }
}

/// The longest that a client believes: one that hears nothing for that long hangs up, and a busy machine may keep a test
/// from running for longer than the 25 seconds that servers announce.
private let heartbeatSecondsMax = 300
