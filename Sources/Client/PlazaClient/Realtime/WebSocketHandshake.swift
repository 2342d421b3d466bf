import NIOCore
import NIOHTTP1
import PlazaAPI

/// Why the server did not upgrade.
struct HandshakeRefusal: Error, Equatable {
    let status: Int
    /// The problem's, where there is one.
    let code: String?
    let retryAfterMilliseconds: Int64?
}

/// Asks for the upgrade, and reads the answer where there is none.
final class WebSocketHandshake: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    /// Bytes of a problem that are read.
    private static let problemBytesMax = 16_384

    private let head: HTTPRequestHead
    /// Fulfilled by who puts the WebSocket's handlers in; fails here.
    private let upgraded: EventLoopPromise<Void>
    private var answer: HTTPResponseHead?
    private var body: [UInt8] = []

    init(_ head: HTTPRequestHead, upgraded: EventLoopPromise<Void>) {
        self.head = head
        self.upgraded = upgraded
    }

    func channelActive(context: ChannelHandlerContext) {
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): answer = head
        case .body(let part):
            body += part.readableBytesView.prefix(Self.problemBytesMax - body.count)
        case .end:
            upgraded.fail(refusal)
            context.close(promise: nil)
        }
    }

    private var refusal: HandshakeRefusal {
        let problem = try? JSONValue(parsing: body)
        let seconds = answer?.headers.first(name: "Retry-After").flatMap { Int64($0) }
        return HandshakeRefusal(
            status: Int(answer?.status.code ?? 0), code: problem?["code"]?.string,
            retryAfterMilliseconds: seconds.map { min(max(0, $0), 86_400) * 1_000 })
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        upgraded.fail(error)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        upgraded.fail(ChannelError.eof)
        context.fireChannelInactive()
    }
}
