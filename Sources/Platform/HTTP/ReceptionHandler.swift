import Core
import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// Refuses what never becomes a request: a head or body that trickles in or never ends (408), and bytes that are not
/// HTTP (400, 431). Says so if the connection is at a place where an answer can be said, and hangs up.
///
/// A request that arrives in one piece, as nearly all do, costs some flags; only one that is still incomplete when its
/// first bytes have been read gets a timer.
final class ReceptionHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let limit: TimeAmount
    private let requestIDs: RequestIDs
    /// Between a request's head and its end.
    private var isReceiving = false
    /// Between an answer's head and its end.
    private var isAnswering = false
    /// Requests whose answer has not been written to its end; more than one when they are pipelined.
    private var unansweredCount = 0
    /// Whether the bytes that were just read held any part of a request. A head shows only once it is whole.
    private var hasReadPart = false
    private var isRefused = false
    private var timer: Scheduled<Void>?

    init(limit: TimeAmount, requestIDs: RequestIDs) {
        self.limit = limit
        self.requestIDs = requestIDs
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        hasReadPart = true
        switch unwrapInboundIn(data) {
        case .head:
            isReceiving = true
            unansweredCount += 1
            // The body has the whole limit to itself again.
            stopTimer()
        case .body: break
        case .end:
            isReceiving = false
            stopTimer()
        }
        context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if isReceiving || !hasReadPart, timer == nil, !isRefused {
            let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
            timer = context.eventLoop.scheduleTask(in: limit) {
                let (handler, context) = bound.value
                handler.timer = nil
                // Before its turn, a head that trickles in keeps nobody waiting; it is looked at again with its next byte.
                guard handler.isReceiving || handler.unansweredCount == 0 else { return }
                handler.refuse(
                    Problem(.requestTimeout, "request_timeout", "The request did not arrive in time."), context)
            }
        }
        hasReadPart = false
        context.fireChannelReadComplete()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case is IOError, is ChannelError: break
        case HTTPParserError.headerOverflow:
            refuse(
                Problem(
                    .requestHeaderFieldsTooLarge, "headers_too_large", "The request's head is longer than is taken."),
                context)
        default:
            refuse(Problem(.badRequest, "malformed_request", "The bytes of the request are not HTTP/1.1."), context)
        }
        context.fireErrorCaught(error)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard !isRefused else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        switch unwrapOutboundIn(data) {
        case .head: isAnswering = true
        case .body: break
        case .end:
            isAnswering = false
            unansweredCount -= 1
        }
        context.write(data, promise: promise)
    }

    func channelInactive(context: ChannelHandlerContext) {
        stopTimer()
        context.fireChannelInactive()
    }

    private func stopTimer() {
        timer?.cancel()
        timer = nil
    }

    /// Answers if no other answer is under way or owed, and closes the connection.
    private func refuse(_ problem: Problem, _ context: ChannelHandlerContext) {
        guard !isRefused else { return }
        let isInTurn = !isAnswering && unansweredCount == (isReceiving ? 1 : 0)
        // An answer that is owed to an earlier request goes out first; whoever writes it meets the closed connection next.
        guard isInTurn || problem.status == .requestTimeout else { return }
        isRefused = true
        stopTimer()
        guard isInTurn else { return context.close(promise: nil) }
        let requestID = requestIDs.next()
        var reply = Reply(problem, requestID: requestID)
        reply.headers[.requestID] = requestID
        reply.headers[.contentLength] = String(reply.body.count)
        reply.headers[.connection] = "close"
        context.write(
            wrapOutboundOut(.head(HTTPResponse(status: reply.status, headerFields: reply.headers))), promise: nil)
        context.write(wrapOutboundOut(.body(ByteBuffer(bytes: reply.body))), promise: nil)
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in channel.close(promise: nil) }
    }
}
