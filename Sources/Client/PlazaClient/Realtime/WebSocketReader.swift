import NIOCore
import NIOWebSocket

/// The frames of one socket as a realtime client's events.
final class WebSocketReader: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundOut = WebSocketFrame

    /// Called on the channel's loop. `closed` comes once and last.
    private let tell: (RealtimeStateMachine.Event) -> Void
    private var isDone = false

    init(_ tell: @escaping (RealtimeStateMachine.Event) -> Void) {
        self.tell = tell
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        guard !isDone else { return }
        switch frame.opcode {
        case .text:
            let bytes = frame.unmaskedData.readableBytesView
            // Repaired text would be a message that nobody sent.
            if let text = String(validating: bytes, as: UTF8.self) { tell(.received(text)) } else { tell(.garbled) }
        case .ping:
            tell(.lifeSign)
            let pong = WebSocketFrame(fin: true, opcode: .pong, maskKey: .random(), data: frame.unmaskedData)
            context.writeAndFlush(wrapOutboundOut(pong), promise: nil)
        case .pong: tell(.lifeSign)
        case .connectionClose: closed(frame.unmaskedData, context)
        default: tell(.garbled)
        }
    }

    /// Answers with the same code, as RFC 6455 §5.5.1 asks, and closes.
    private func closed(_ payload: ByteBuffer, _ context: ChannelHandlerContext) {
        var rest = payload
        let code = rest.readInteger(as: UInt16.self)
        let echo = WebSocketFrame(
            fin: true, opcode: .connectionClose, maskKey: .random(),
            data: payload.getSlice(
                at: payload.readerIndex, length: min(2, payload.readableBytes)) ?? ByteBuffer())
        context.writeAndFlush(wrapOutboundOut(echo), promise: nil)
        // Before the channel is closed, which would be heard as an end without a code.
        finish(.closed(code: code.map { Int($0) }, reason: String(buffer: rest)))
        context.close(promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
        finish(.closed(code: nil, reason: nil))
    }

    func channelInactive(context: ChannelHandlerContext) {
        finish(.closed(code: nil, reason: nil))
        context.fireChannelInactive()
    }

    private func finish(_ event: RealtimeStateMachine.Event) {
        guard !isDone else { return }
        isDone = true
        tell(event)
    }
}
