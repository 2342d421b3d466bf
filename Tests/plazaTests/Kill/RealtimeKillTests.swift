import Core
import Foundation
import NIOCore
import NIOPosix
import PlazaTesting
import Synchronization
import Testing

extension ServerTests {
    /// A crowd hears a conversation while the network and the server fail.
    @Suite struct RealtimeKillTests {
        private static let sockets = 10_000
        private static let dropped = 1_000
        private static let settings = [
            "PLAZA_REALTIME_CONNECTIONS_PER_ACCOUNT": "20000", "PLAZA_REALTIME_CONNECTIONS_PER_ADDRESS": "20000",
        ]

        @Test(.timeLimit(.minutes(15))) func everySocketHasAllInOrderOrIsToldThatItHasNot() async throws {
            try await withTemporaryDirectory { directory in
                let first = try await PlazaServer(in: directory, Self.settings)
                let talk = try await Talk(at: first.port)
                let crowd = ListeningCrowd(
                    Self.sockets, channel: "conversation:\(talk.conversation)", tokens: talk.tokens)
                do {
                    crowd.connect(to: first.port)
                    try await crowd.until { $0.subscribed == Self.sockets }
                    for _ in 0..<3 { try await talk.say(at: first.port) }
                    crowd.drop(Self.dropped)
                    for _ in 0..<3 { try await talk.say(at: first.port) }
                    try await crowd.until { $0.subscribed == Self.sockets && $0.whole == Self.dropped }
                    #expect(crowd.count.refused == 0, "nothing was gone that early")

                    // Killed while the crowd is still being told.
                    try await talk.say(at: first.port)
                } catch {
                    await first.killAtOnce()
                    throw error
                }
                await first.killAtOnce()
                try await withServer(in: directory, Self.settings) { second in
                    crowd.connect(to: second.port)
                    try await talk.say(at: second.port)
                    try await crowd.until { $0.subscribed == Self.sockets }
                    let last = try await talk.say(at: second.port)
                    try await crowd.until { $0.atLast(last) == Self.sockets }
                    let count = crowd.count
                    #expect(count.missing == 0, "a message was left out, and nothing said of it")
                    #expect(count.repeated == 0)
                    #expect(count.refused == Self.sockets, "each was told that the server cannot vouch for what was")
                    // All in one instant; the server has ears for others.
                    crowd.leave()
                    let alive = try await withWire(port: second.port, host: "127.0.0.1") {
                        try await $0.call("GET", "/readyz").status
                    }
                    #expect(alive == 200)
                }
            }
        }
    }
}

/// Two people, and what they say.
private final class Talk: Sendable {
    let tokens: [String]
    let conversation: String
    private let said = Mutex<Int64>(0)

    init(at port: Int) async throws {
        (tokens, conversation) = try await withWire(port: port, host: "127.0.0.1") { wire in
            var tokens: [String] = []
            var other = ""
            for handle in ["ann", "ben"] {
                let person: JSON = [
                    "handle": .string(handle), "display_name": "P", "password": "tulips and kilns",
                ]
                let answer = try await wire.callPatiently("POST", "/v1/accounts", body: person)
                tokens.append(
                    try #require(answer.json["session"]?["access_token"]?.string, "\(answer.json.text)"))
                other = try #require(answer.json["account"]?["id"]?.string)
            }
            let made = try await wire.call(
                "POST", "/v1/conversations", token: tokens[0], body: ["with": .string(other)])
            return (tokens, try #require(made.json["id"]?.string, "\(made.json.text)"))
        }
    }

    /// As a client does it: again until it is acknowledged, under the same name.
    /// - Returns: the message's sequence.
    @discardableResult func say(at port: Int) async throws -> Int64 {
        let number = said.withLock { number in
            number += 1
            return number
        }
        let body: JSON = ["text": "hello", "client_id": .string("m\(number)")]
        return try await withWire(port: port, host: "127.0.0.1") { wire in
            var answer = JSON.null
            for _ in 0..<20 where answer["sequence"] == nil {
                answer = try await wire.call(
                    "POST", "/v1/conversations/\(conversation)/messages", token: tokens[0], body: body
                ).json
            }
            return try #require(answer["sequence"]?.integer, "\(answer.text)")
        }
    }
}

/// Sockets that come back by themselves, and count what they hear.
private final class ListeningCrowd: Sendable {
    struct Count: Sendable {
        var subscribed = 0
        /// Messages that did not follow the one before.
        var missing = 0
        var repeated = 0
        /// Returns after which nothing was missed, and those after which something may have been.
        var whole = 0
        var refused = 0
        /// Sockets by the last sequence they heard.
        var heard: [Int64: Int] = [:]

        func atLast(_ sequence: Int64) -> Int { heard[sequence] ?? 0 }
    }

    private let state = Mutex(Count())
    private let port = Mutex(0)
    private let members: [NIOLoopBoundBox<Listener>]

    init(_ size: Int, channel: String, tokens: [String]) {
        let loops = Array(MultiThreadedEventLoopGroup.singleton.makeIterator())
        members = (0..<size).map { index in
            let loop = loops[index % loops.count]
            return NIOLoopBoundBox.makeBoxSendingValue(
                Listener(loop: loop, channel: channel, token: tokens[index % tokens.count]), eventLoop: loop)
        }
    }

    var count: Count { state.withLock { $0 } }

    func connect(to port: Int) {
        self.port.withLock { $0 = port }
        for member in members {
            member.eventLoop.execute { member.value.start(self) }
        }
    }

    func drop(_ count: Int) {
        for member in members.prefix(count) { member.eventLoop.execute { member.value.drop() } }
    }

    func leave() {
        for member in members { member.eventLoop.execute { member.value.leave() } }
    }

    func until(_ isReached: (Count) -> Bool) async throws {
        while !isReached(count) { try await Task.sleep(for: .milliseconds(20)) }
    }

    fileprivate var address: Int { port.withLock { $0 } }

    fileprivate func note(_ change: (inout Count) -> Void) { state.withLock { change(&$0) } }
}

/// One of them. Lives on its loop.
private final class Listener {
    private let loop: any EventLoop
    private let channel: String
    private let token: String
    private var crowd: ListeningCrowd?
    private var connection: (any Channel)?
    private var isLeaving = false
    private var isSubscribed = false
    private var position: (epoch: String, offset: Int64)?
    /// The last message's sequence; nil when what was missed is not known.
    private var sequence: Int64?
    private var isCounted: Int64?

    init(loop: any EventLoop, channel: String, token: String) {
        (self.loop, self.channel, self.token) = (loop, channel, token)
    }

    func start(_ crowd: ListeningCrowd) {
        // Whoever has begun dials by itself.
        guard self.crowd == nil else { return }
        self.crowd = crowd
        dial()
    }

    func leave() {
        isLeaving = true
        connection?.close(promise: nil)
    }

    /// Ends without a word.
    func drop() {
        guard let connection else { return }
        _ = (connection as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0))
        connection.close(promise: nil)
    }

    private func dial() {
        guard !isLeaving, let port = crowd?.address else { return }
        let bound = NIOLoopBound(self, eventLoop: loop)
        ClientBootstrap(group: loop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Ear(listener: bound.value))
                }
            }
            .connect(host: "127.0.0.1", port: port)
            .whenFailure { _ in bound.value.comeBack() }
    }

    private func comeBack() {
        guard !isLeaving else { return }
        let bound = NIOLoopBound(self, eventLoop: loop)
        loop.scheduleTask(in: .milliseconds(.random(in: 50...500))) { bound.value.dial() }
    }

    // MARK: The connection

    func isOpen(_ channel: any Channel) {
        connection = channel
        channel.writeAndFlush(
            ByteBuffer(
                string: """
                    GET /v1/realtime HTTP/1.1\r\nHost: plaza\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
                    Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
                    Authorization: Bearer \(token)\r\n\r\n
                    """), promise: nil)
    }

    func isGone() {
        connection = nil
        if isSubscribed { crowd?.note { $0.subscribed -= 1 } }
        isSubscribed = false
        comeBack()
    }

    /// - Parameter frame: a text frame's JSON.
    func hear(_ frame: [UInt8]) {
        guard let json = try? JSONParser.parse(frame) else { return }
        if json["connected"] != nil { return subscribe() }
        if let ok = json["ok"] { return found(ok) }
        guard json["channel"]?.string == channel, let offset = json["offset"]?.integer, let data = json["data"] else {
            return
        }
        take(data, at: offset)
    }

    private func subscribe() {
        let since = position.map { #","since":{"epoch":"\#($0.epoch)","offset":\#($0.offset)}"# } ?? ""
        send(#"{"id":1,"subscribe":{"channel":"\#(channel)"\#(since)}}"#)
    }

    private func send(_ text: String) {
        // A mask of zeros changes nothing.
        let bytes = Array(text.utf8)
        var frame = ByteBuffer(bytes: [
            0x81, 0x80 | 126, UInt8(bytes.count >> 8), UInt8(bytes.count & 0xFF), 0, 0, 0, 0,
        ])
        if bytes.count < 126 { frame = ByteBuffer(bytes: [0x81, 0x80 | UInt8(bytes.count), 0, 0, 0, 0]) }
        frame.writeBytes(bytes)
        connection?.writeAndFlush(frame, promise: nil)
    }

    private func found(_ ok: JSON) {
        guard let epoch = ok["epoch"]?.string, let offset = ok["offset"]?.integer else { return }
        let isBack = position != nil
        if ok["recovered"] == true {
            for message in ok["messages"]?.array ?? [] {
                if let data = message["data"], let at = message["offset"]?.integer { take(data, at: at) }
            }
            if position?.offset != offset { crowd?.note { $0.missing += 1 } }
            crowd?.note { $0.whole += 1 }
        } else {
            // What was missed is read by HTTP; here it is enough that it is known.
            sequence = nil
            if isBack { crowd?.note { $0.refused += 1 } }
        }
        position = (epoch, offset)
        isSubscribed = true
        crowd?.note { $0.subscribed += 1 }
    }

    /// What did not follow.
    private func count(_ number: Int64, after last: Int64) {
        crowd?.note { count in
            if number <= last { count.repeated += 1 } else { count.missing += 1 }
        }
    }

    private func take(_ data: JSON, at offset: Int64) {
        if let last = position?.offset, offset != last + 1 {
            count(offset, after: last)
        }
        position?.offset = offset
        guard data["type"] == "message.sent", let number = data["message"]?["sequence"]?.integer else { return }
        if let last = sequence, number != last + 1 {
            count(number, after: last)
        }
        let before = isCounted
        (sequence, isCounted) = (number, number)
        crowd?.note { count in
            if let before { count.heard[before, default: 0] -= 1 }
            count.heard[number, default: 0] += 1
        }
    }
}

/// Takes a connection's bytes apart.
private final class Ear: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let listener: Listener
    private var waiting = ByteBuffer()
    private var isUpgraded = false

    init(listener: Listener) { self.listener = listener }

    func channelActive(context: ChannelHandlerContext) { listener.isOpen(context.channel) }

    func channelInactive(context: ChannelHandlerContext) { listener.isGone() }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        waiting.writeBuffer(&bytes)
        if !isUpgraded {
            let head = Array(waiting.readableBytesView)
            guard let end = head.indices.dropLast(3).first(where: { head[$0...].starts(with: [13, 10, 13, 10]) }) else {
                return
            }
            guard head.starts(with: Array("HTTP/1.1 101 ".utf8)) else { return context.close(promise: nil) }
            waiting.moveReaderIndex(forwardBy: end + 4)
            isUpgraded = true
        }
        while let frame = takeFrame() {
            if frame.opcode == 8 { return context.close(promise: nil) }
            if frame.opcode == 1 { listener.hear(frame.payload) }
        }
        waiting.discardReadBytes()
    }

    private func takeFrame() -> (opcode: UInt8, payload: [UInt8])? {
        let start = waiting.readerIndex
        guard let first = waiting.getInteger(at: start, as: UInt8.self),
            let second = waiting.getInteger(at: start + 1, as: UInt8.self)
        else { return nil }
        var (head, length) = (2, Int(second))
        if second == 126 {
            guard let long = waiting.getInteger(at: start + 2, as: UInt16.self) else { return nil }
            (head, length) = (4, Int(long))
        } else if second == 127 {
            guard let long = waiting.getInteger(at: start + 2, as: UInt64.self) else { return nil }
            (head, length) = (10, Int(long))
        }
        guard let payload = waiting.getBytes(at: start + head, length: length) else { return nil }
        waiting.moveReaderIndex(forwardBy: head + length)
        return (first & 0x0F, payload)
    }
}
