import Core
import EventLoops
import HTTPTypes
import HummingbirdCore
import NIOCore
import NIOHTTP1
import NIOHTTPTypesHTTP1

/// One client's connection: takes the parts that NIO parses, has each request answered in turn, writes the answers.
///
/// A request that arrives in one piece, as nearly all do, is answered within the turn of the loop that read it, by one
/// task that never waits. Only what takes longer (a body still on its way, a write to the database) leaves the turn.
///
/// Requests of one connection are answered one after the other. What was pipelined behind the present one waits in
/// ``waiting``; when that is long, or the client does not read its answers, nothing more is read from the socket.
final class HTTPConnection: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    struct Limits: Sendable {
        /// Nanoseconds that a request's head may take to arrive, and each ``progressBytes`` of its body again.
        let receive: UInt64
        /// Nanoseconds that a connection may be silent between requests.
        let idle: UInt64
    }

    /// Parts that wait behind the present request before reading stops.
    private static let waitingMax = 32
    /// Bytes of a body that are thrown away when its request was answered before they came.
    private static let discardedBytesMax = 1_024 * 1_024
    /// Of a body that is longer than these, no more than these is awaited at a time: a long file may come over a slow line.
    private static let progressBytes = 64 * 1_024
    /// How much longer than an idle connection one may live whose client takes its time to read the answer.
    private static let slowReaderFactor: UInt64 = 8

    private let responder: APIResponder
    private let limits: Limits
    let loop: LoopConnections
    /// Where answers are written: past the decoder, as bytes.
    let wire: ChannelHandlerContext
    private(set) var context: ChannelHandlerContext?
    private var peer = "local"

    /// The request whose answer is owed.
    private var head: HTTPRequestHead?
    /// What has come of its body before it was handed on.
    private var body: ByteBuffer?
    /// Takes what comes of its body afterwards.
    private var stream: BodyStream.Parts.Source?
    /// Between the head of the present request and its end.
    private var isReceiving = false
    /// A handler is at work on it.
    private var isAnswering = false
    private var waiting = CircularBuffer<HTTPServerRequestPart>()
    /// What is wrong with the bytes behind the requests that came; it is said when those have been answered.
    private(set) var refusal: Problem?

    private(set) var isClosing = false
    /// No more requests: the server stops.
    private(set) var isFinishing = false
    /// The client has said its last.
    private(set) var isInputClosed = false
    /// The client waits to be told before it sends the body.
    private var awaitsContinue = false
    private var discardedBytes = 0

    /// Within one turn of reading.
    private var isReading = false
    /// Whether the bytes that were just read held any part of a request. A head shows only once it is whole.
    private var hasReadPart = false
    private var needsFlush = false
    private var isTakingWaiting = false
    private var isStreamFull = false
    /// The loop wanted to read while reading was held.
    private var isReadOwed = false
    /// Since when the present request is incomplete.
    private var incompleteSince: UInt64?
    /// Bytes of its body since then.
    private var progress = 0
    private var lastActive = monotonicNanoseconds()

    init(responder: APIResponder, limits: Limits, loop: LoopConnections, wire: ChannelHandlerContext) {
        self.responder = responder
        self.limits = limits
        self.loop = loop
        self.wire = wire
    }

    // MARK: Coming and going

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        peer = context.channel.remoteAddress?.ipAddress ?? "local"
        loop.add(self)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        leave()
        self.context = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        leave()
        context.fireChannelInactive()
    }

    private func leave() {
        isClosing = true
        stream?.finish(ChannelError.eof)
        stream = nil
        waiting.removeAll()
        loop.remove(self)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case ChannelEvent.inputClosed = event else { return context.fireUserInboundEventTriggered(event) }
        isInputClosed = true
        settle()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case is IOError, is ChannelError: context.close(promise: nil)
        case HTTPParserError.headerOverflow:
            refusal = Problem(
                .requestHeaderFieldsTooLarge, "headers_too_large", "The request's head is longer than is taken.")
        default:
            refusal = refusal ?? Problem(.badRequest, "malformed_request", "The bytes of the request are not HTTP/1.1.")
        }
        settle()
    }

    // MARK: Reading

    /// The handler has all of the request, and its answer is not yet there.
    private var isBusy: Bool { isAnswering && !isReceiving }

    /// Whether the next request may be begun.
    private var isFree: Bool { !isBusy && isReadingItsAnswers }

    /// Whether the client reads what it is sent; less than 64 KiB wait for it.
    private var isReadingItsAnswers: Bool { wire.channel.isWritable }

    private var holdsReads: Bool {
        isStreamFull || waiting.count >= Self.waitingMax || !isReadingItsAnswers
    }

    func read(context: ChannelHandlerContext) {
        if holdsReads {
            isReadOwed = true
        } else {
            context.read()
        }
    }

    private func readAgain() {
        if !holdsReads { readWhatIsOwed() }
    }

    func readWhatIsOwed() {
        guard isReadOwed else { return }
        isReadOwed = false
        context?.read()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        lastActive = monotonicNanoseconds()
        takeWaiting()
        context.fireChannelWritabilityChanged()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        (isReading, hasReadPart) = (true, true)
        guard !isClosing else { return }
        let part = unwrapInboundIn(data)
        if isFree, waiting.isEmpty {
            take(part)
        } else {
            waiting.append(part)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isReading = false
        // Bytes without a part are of a head that is not yet whole.
        if isReceiving || !hasReadPart, incompleteSince == nil { incompleteSince = monotonicNanoseconds() }
        hasReadPart = false
        settle()
        if needsFlush { flush() }
    }

    /// Takes what was pipelined, as far as it can be answered now.
    private func takeWaiting() {
        guard !isTakingWaiting else { return }
        isTakingWaiting = true
        while !isClosing, isFree, let part = waiting.popFirst() { take(part) }
        isTakingWaiting = false
        settle()
    }

    private func take(_ part: HTTPServerRequestPart) {
        switch part {
        case .head(let head):
            self.head = head
            isReceiving = true
            // The body has the whole limit to itself again.
            (incompleteSince, progress) = (nil, 0)
            awaitsContinue = head.headers.contains(name: "Expect")
        case .body(let bytes):
            progress += bytes.readableBytes
            if progress >= Self.progressBytes { (incompleteSince, progress) = (nil, 0) }
            if let stream {
                if case .stopProducing = stream.yield(bytes) { isStreamFull = true }
            } else if head != nil {
                if body == nil { body = bytes } else { body?.writeImmutableBuffer(bytes) }
            } else {
                discard(bytes)
            }
        case .end:
            isReceiving = false
            incompleteSince = nil
            if let stream {
                stream.finish()
                self.stream = nil
            } else if head != nil {
                answer(RequestBody(buffer: body ?? ByteBuffer()))
            }
        }
    }

    /// The rest of a body whose request has been answered already.
    private func discard(_ bytes: ByteBuffer) {
        discardedBytes += bytes.readableBytes
        if discardedBytes > Self.discardedBytesMax { close() }
    }

    /// Looks what is to be done when no more parts are at hand.
    private func settle() {
        guard !isClosing else { return }
        if let refusal, !isBusy, waiting.isEmpty { return refuse(refusal) }
        if isReceiving, !isAnswering, head != nil, waiting.isEmpty { answer(streamedBody()) }
        if isIdle, isInputClosed || (isFinishing && incompleteSince == nil) { close() }
        readAgain()
    }

    private var isIdle: Bool { head == nil && !isReceiving && waiting.isEmpty && !isClosing }

    // MARK: Answering

    private func streamedBody() -> RequestBody {
        let connection = NIOLoopBound(self, eventLoop: wire.eventLoop)
        let (parts, source) = BodyStream.make(
            onFirstDemand: { connection.onLoop { $0.sayContinue() } },
            onDemand: {
                connection.onLoop { connection in
                    connection.isStreamFull = false
                    connection.readAgain()
                }
            })
        if let body { _ = source.yield(body) }
        stream = source
        return RequestBody(asyncSequence: parts)
    }

    private func sayContinue() {
        guard awaitsContinue, isReceiving, !isClosing else { return }
        awaitsContinue = false
        wire.writeAndFlush(NIOAny(ByteBuffer(staticString: "HTTP/1.1 100 Continue\r\n\r\n")), promise: nil)
    }

    private func answer(_ body: RequestBody) {
        guard let head else { return }
        self.body = nil
        isAnswering = true
        if let upgrade = responder.upgrade(for: head) {
            let forwarded = head.headers["X-Forwarded-For"]
            return open(
                upgrade, head,
                address: responder.address(
                    peer: peer, forwarded: forwarded.isEmpty ? nil : forwarded.joined(separator: ", ")))
        }
        guard let translated = try? HTTPRequest(head, secure: false, splitCookie: false) else {
            return refuse(Problem(.badRequest, "malformed_request", "The bytes of the request are not HTTP/1.1."))
        }
        let request = Request(head: translated, body: body)
        let (responder, peer) = (responder, peer)
        let connection = NIOLoopBound(self, eventLoop: wire.eventLoop)
        loop.executor.start {
            // Only a body that broke off throws, and whoever saw that has said so.
            let response = try? await responder.respond(to: request, peer: peer)
            connection.value.complete(response)
        }
    }

    private func complete(_ response: OutgoingResponse?) {
        isAnswering = false
        guard !isClosing, let head else { return }
        guard let response else { return close() }
        self.head = nil
        stream = nil
        isStreamFull = false
        discardedBytes = 0
        // Whoever waits to be told to go on may never send the rest.
        let stays = head.isKeepAlive && !isFinishing && !(isReceiving && awaitsContinue) && !head.stopsTheParser
        let connection = stays ? (head.version == .http1_0 ? "keep-alive" : nil) : "close"
        write(response, connection: connection)
        guard stays else { return closeAfterWriting() }
        lastActive = monotonicNanoseconds()
        if !isReading { flush() }
        if !waiting.isEmpty || !isReading { takeWaiting() }
    }

    private func write(_ response: OutgoingResponse, connection: String?) {
        let bytes = response.encoded(
            date: loop.date(responder.clock.now()), connection: connection, allocator: wire.channel.allocator)
        needsFlush = true
        wire.write(NIOAny(bytes), promise: nil)
    }

    private func flush() {
        needsFlush = false
        wire.flush()
    }

    // MARK: Ending

    /// Answers what has come, and hangs up.
    func finish() {
        isFinishing = true
        settle()
    }

    /// Hangs up at once, whatever is not yet written.
    func abort() {
        isClosing = true
        stream?.finish(ChannelError.inputClosed)
        stream = nil
        wire.close(promise: nil)
    }

    /// Answers what never becomes a request, and hangs up.
    func refuse(_ problem: Problem) {
        guard !isClosing else { return }
        let requestID = responder.requestIDs.next()
        write(OutgoingResponse(reply: Reply(problem, requestID: requestID), requestID: requestID), connection: "close")
        closeAfterWriting()
    }

    private func closeAfterWriting() {
        isClosing = true
        stream?.finish(ChannelError.inputClosed)
        stream = nil
        let channel = wire.channel
        wire.writeAndFlush(NIOAny(ByteBuffer())).whenComplete { _ in channel.close(promise: nil) }
    }

    func close() {
        flush()
        abort()
    }

    /// Gives up on a client that keeps everybody waiting. Called every second.
    func checkTime(_ now: UInt64) {
        if isClosing {
            // It does not even read its last answer.
            if now - min(now, lastActive) > limits.idle * Self.slowReaderFactor { abort() }
            return
        }
        guard !isBusy else { return }
        if let incompleteSince {
            guard now - min(now, incompleteSince) > limits.receive else { return }
            if isReceiving, head == nil { return close() }
            refuse(Problem(.requestTimeout, "request_timeout", "The request did not arrive in time."))
        } else if head == nil {
            let limit = isReadingItsAnswers ? limits.idle : limits.idle * Self.slowReaderFactor
            if now - min(now, lastActive) > limit { close() }
        }
    }
}

extension NIOLoopBound where Value == HTTPConnection {
    /// Calls `body` on the loop: now if this is it.
    fileprivate func onLoop(_ body: @escaping @Sendable (HTTPConnection) -> Void) {
        if eventLoop.inEventLoop {
            body(value)
        } else {
            eventLoop.execute { body(self.value) }
        }
    }
}

extension HTTPRequestHead {
    /// Whoever asks to speak something else is not understood as HTTP any more, whatever the answer.
    fileprivate var stopsTheParser: Bool { method == .CONNECT || headers.contains(name: "Upgrade") }
}
