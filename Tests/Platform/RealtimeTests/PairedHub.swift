import Core
import Glibc
import Logging
import NIOCore
import NIOPosix
import Synchronization
import Telemetry
import Testing

@testable import Realtime

/// A hub on one loop with sockets of the kernel's, whose other ends the test holds by their descriptors.
final class PairedHub: Sendable {
    let hub: RealtimeHub
    let loop: any EventLoop
    private let accounts = Mutex<Int64>(0)

    static func with(
        _ change: (inout RealtimeLimits) -> Void = { _ in }, _ body: (PairedHub) async throws -> Void
    ) async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        var limits = RealtimeLimits()
        (limits.socketsPerAddressMax, limits.tick) = (10_000, .minutes(1))
        change(&limits)
        let hub = RealtimeHub(
            limits: limits, group: group, random: .seeded(1), clock: .system, registry: MetricRegistry(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        hub.start(owners: [OpenChannels(hub: hub)])
        let house = PairedHub(hub: hub, loop: group.next())
        try await body(house)
        hub.stop()
        try await group.shutdownGracefully()
    }

    private init(hub: RealtimeHub, loop: any EventLoop) {
        (self.hub, self.loop) = (hub, loop)
    }

    /// A socket of somebody new who hears `open:a`.
    func connect() async throws -> Peer {
        let account = accounts.withLock { count in
            count += 1
            return ID<Account>(rawValue: count)
        }
        let hub = hub
        let (peer, _) = try await Peer.open(on: loop) { channel in
            let principal = Principal(account: account, session: ID(rawValue: 1), role: .person)
            let permit = try hub.admit(account, from: "192.0.2.1")
            let handler = try #require(hub.handler(for: principal, permit: permit, on: channel.eventLoop))
            try channel.pipeline.syncOperations.addHandler(handler)
        }
        try peer.send(ClientFrame.text(#"{"id":1,"subscribe":{"channel":"open:a"}}"#))
        _ = try await peer.hear(until: { $0["id"] == 1 })
        return peer
    }

    /// Publishes to `open:a`, and returns once the loop has told it.
    func publish(_ number: Int, text: String = "") async throws {
        let channel = try #require(ChannelName("open:a"))
        hub.publish(Push(channel, ["type": "n", "n": .integer(Int64(number)), "text": .string(text)]))
        try await turn()
    }

    func turn() async throws { try await loop.submit {}.get() }
}

/// The other end of a socket. It reads when the test says so, and not before.
final class Peer {
    struct Ended: Error {}

    private(set) var descriptor: CInt
    private var unread = ByteBuffer()

    private init(_ descriptor: CInt) { self.descriptor = descriptor }

    deinit { close() }

    static func open(
        on loop: any EventLoop, _ initialize: @escaping @Sendable (any Channel) throws -> Void
    ) async throws -> (Peer, any Channel) {
        var ends: [CInt] = [-1, -1]
        try #require(socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0, &ends) == 0)
        let channel = try await ClientBootstrap(group: loop)
            .channelInitializer { channel in channel.eventLoop.makeCompletedFuture { try initialize(channel) } }
            .withConnectedSocket(ends[0]).get()
        return (Peer(ends[1]), channel)
    }

    func close() {
        if descriptor >= 0 { Glibc.close(descriptor) }
        descriptor = -1
    }

    func send(_ bytes: [UInt8]) throws {
        try #require(Glibc.send(descriptor, bytes, bytes.count, CInt(MSG_NOSIGNAL)) == bytes.count)
    }

    /// What has come by now.
    /// - Throws: ``Ended`` at the end of the stream, and ``hear(until:)`` at a goodbye.
    func bytes() throws -> [UInt8] {
        var room = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &room, room.count, CInt(MSG_DONTWAIT))
        if count == 0 { throw Ended() }
        return Array(room.prefix(max(0, count)))
    }

    /// Reads until something is heard that is meant.
    /// - Returns: all that was heard, that last.
    func hear(until isMeant: (JSON) -> Bool) async throws -> [JSON] {
        var heard: [JSON] = []
        while true {
            for frame in ServerFrame.whole(in: &unread) {
                if frame.opcode == 8 { throw Ended() }
                if frame.opcode == 1 { heard.append(try JSONParser.parse(frame.payload)) }
            }
            unread.discardReadBytes()
            if let last = heard.last, isMeant(last) { return heard }
            let more = try bytes()
            if more.isEmpty { try await Task.sleep(for: .milliseconds(1)) }
            unread.writeBytes(more)
        }
    }

    /// The numbers of the messages up to this one.
    func numbers(until last: Int) async throws -> [Int64] {
        try await hear { $0["data"]?["n"] == .integer(Int64(last)) }.compactMap { $0["data"]?["n"]?.integer }
    }
}
