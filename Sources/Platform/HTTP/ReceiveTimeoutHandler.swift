import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Closes connections whose client is slow to say what it wants: a head or body that trickles in or never ends.
///
/// A request that arrives in one piece, as nearly all do, costs a flag; only one that is still incomplete when its first
/// bytes have been read gets a timer.
final class ReceiveTimeoutHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let limit: TimeAmount
    private var isReceiving = false
    private var isAnswered = false
    private var timer: Scheduled<Void>?

    init(limit: TimeAmount) {
        self.limit = limit
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head:
            isReceiving = true
            isAnswered = false
        case .body: break
        case .end:
            isReceiving = false
            timer?.cancel()
            timer = nil
        }
        context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if isReceiving, timer == nil {
            let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
            timer = context.eventLoop.scheduleTask(in: limit) {
                let (handler, context) = bound.value
                handler.giveUp(context)
            }
        }
        context.fireChannelReadComplete()
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        isAnswered = true
        context.write(data, promise: promise)
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        timer = nil
        context.fireChannelInactive()
    }

    /// Says 408 if nothing has been said yet, and hangs up.
    private func giveUp(_ context: ChannelHandlerContext) {
        guard isReceiving else { return }
        guard !isAnswered else { return context.close(promise: nil) }
        let body = ByteBuffer(
            bytes: Problem(.requestTimeout, "request_timeout", "The request did not arrive in time.").json(
                requestID: ""))
        let head = HTTPResponse(
            status: .requestTimeout,
            headerFields: [
                .contentType: "application/problem+json", .contentLength: String(body.readableBytes),
                .connection: "close",
            ])
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(body)), promise: nil)
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in channel.close(promise: nil) }
    }
}
