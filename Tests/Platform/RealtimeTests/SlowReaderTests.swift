import Core
import Logging
import NIOCore
import NIOPosix
import Synchronization
import Telemetry
import Testing

@testable import Realtime

/// Over real connections, whose buffers the kernel has, too.
@Suite struct SlowReaderTests {
    @Test(.timeLimit(.minutes(15))) func aReaderThatNeverReadsIsClosedAndCostsOthersNothing() async throws {
        try await withLiveHub { house in
            let (slow, ann) = (try await house.connect(reads: false), try await house.connect(reads: true))
            let channel = try #require(ChannelName("open:a"))
            for client in [slow, ann] { try await client.send(#"{"id":1,"subscribe":{"channel":"open:a"}}"#) }
            while house.hub.subscriberCount(of: channel) < 2 { try await Task.sleep(for: .milliseconds(5)) }
            // More than the kernel takes in and the hub lets wait.
            let count = 2_000
            let text = String(repeating: "x", count: 16_384)
            for number in 1...count {
                house.hub.publish(
                    Push(channel, ["type": "n", "n": .integer(Int64(number)), "text": .string(text)]))
                while ann.heard.withLock({ $0.numbers.count < number }) { try await Task.sleep(for: .milliseconds(1)) }
            }
            #expect(ann.heard.withLock { $0.numbers } == Array(1...Int64(count)))
            #expect(house.hub.subscriberCount(of: channel) == 1, "nothing more is kept for the slow one")
            slow.readAll()
            try await slow.untilClosed()
            let (numbers, code) = slow.heard.withLock { ($0.numbers, $0.closeCode) }
            #expect(numbers == Array(1...Int64(numbers.count)), "what came was whole and in order")
            #expect(numbers.count < count)
            #expect(code == 3001)
        }
    }

    /// Ends without a word, as a phone does in a tunnel, all in one instant.
    @Test(.timeLimit(.minutes(15))) func aCrowdThatVanishesAtOnceLeavesTheOthersAlone() async throws {
        try await withLiveHub { house in
            let channel = try #require(ChannelName("open:a"))
            let stays = try await house.connect(reads: true)
            var crowd: [LiveClient] = []
            for _ in 0..<150 { crowd.append(try await house.connect(reads: true)) }
            for client in crowd + [stays] { try await client.send(#"{"id":1,"subscribe":{"channel":"open:a"}}"#) }
            while house.hub.subscriberCount(of: channel) < 151 { try await Task.sleep(for: .milliseconds(5)) }
            for client in crowd { client.reset() }
            for number in 1...100 { house.hub.publish(Push(channel, ["type": "n", "n": .integer(Int64(number))])) }
            while house.hub.metrics.sockets.value > 1 { try await Task.sleep(for: .milliseconds(5)) }
            while stays.heard.withLock({ $0.numbers.count < 100 }) { try await Task.sleep(for: .milliseconds(5)) }
            #expect(stays.heard.withLock { $0.numbers } == Array(1...100))
            #expect(house.hub.subscriberCount(of: channel) == 1)
        }
    }
}

/// A hub behind a port, without the handshake.
private struct LiveHub {
    let hub: RealtimeHub
    let port: Int

    func connect(reads: Bool) async throws -> LiveClient {
        try await LiveClient(port: port, reads: reads)
    }
}

private func withLiveHub(_ body: (LiveHub) async throws -> Void) async throws {
    let group = MultiThreadedEventLoopGroup.singleton
    var limits = RealtimeLimits()
    (limits.socketsPerAddressMax, limits.closingTicks, limits.tick) = (10_000, 60, .minutes(1))
    let registry = MetricRegistry()
    let hub = RealtimeHub(
        limits: limits, group: group, random: .seeded(1), clock: .system, registry: registry,
        logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    hub.start(owners: [OpenChannels(hub: hub)])
    let accounts = Mutex<Int64>(0)
    let server = try await ServerBootstrap(group: group)
        .serverChannelOption(.backlog, value: 2_048)
        .childChannelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                let account = accounts.withLock { count in
                    count += 1
                    return ID<Account>(rawValue: count)
                }
                let principal = Principal(account: account, session: ID(rawValue: 1), role: .person)
                let permit = try hub.admit(account, from: "192.0.2.1")
                guard let handler = hub.handler(for: principal, permit: permit, on: channel.eventLoop) else { return }
                try channel.pipeline.syncOperations.addHandler(handler)
            }
        }
        .bind(host: "127.0.0.1", port: 0).get()
    try await body(LiveHub(hub: hub, port: try #require(server.localAddress?.port)))
    try await server.close()
    hub.stop()
}

private final class LiveClient: Sendable {
    struct Heard {
        var numbers: [Int64] = []
        var closeCode: UInt16?
    }

    let heard: Shared
    private let channel: any Channel

    final class Shared: Sendable {
        let state = Mutex(Heard())
        func withLock<Value: Sendable>(_ body: (inout sending Heard) -> sending Value) -> Value { state.withLock(body) }
    }

    init(port: Int, reads: Bool) async throws {
        let heard = Shared()
        self.heard = heard
        channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.autoRead, value: reads)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Listener(heard: heard))
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
    }

    func send(_ text: String) async throws {
        try await channel.writeAndFlush(ByteBuffer(bytes: ClientFrame.text(text)))
    }

    func readAll() { channel.setOption(.autoRead, value: true).whenComplete { _ in } }

    func untilClosed() async throws { try await channel.closeFuture.get() }

    /// Closes without the farewell of TCP.
    func reset() {
        let channel = channel
        (channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenComplete { _ in
            channel.close(promise: nil)
        }
    }

    private final class Listener: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let heard: Shared
        private var waiting = ByteBuffer()

        init(heard: Shared) { self.heard = heard }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            var bytes = unwrapInboundIn(data)
            waiting.writeBuffer(&bytes)
            for frame in ServerFrame.whole(in: &waiting) {
                if frame.opcode == 8 {
                    let code = frame.closeCode
                    heard.withLock { $0.closeCode = code }
                    context.close(promise: nil)
                }
                guard let number = try? JSONParser.parse(frame.payload)["data"]?["n"]?.integer else { continue }
                heard.withLock { $0.numbers.append(number) }
            }
            waiting.discardReadBytes()
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}
