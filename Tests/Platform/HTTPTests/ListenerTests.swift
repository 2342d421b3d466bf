import HTTPTesting
import HTTPTypes
import NIOCore
import NIOPosix
import PlazaTesting
import Synchronization
import Testing

@testable import HTTP

/// What the listener does about connections that do not end by themselves.
@Suite(.timeLimit(.minutes(15))) struct ListenerTests {
    /// More than the kernel takes from one side for the other.
    private static let large = Route(
        .get, "/large", "Says much", tag: "test", access: .anyone, answers: [.init(.ok, "Much", .anything)],
        statementsMax: 0
    ) { _ in .json(Array("\"\(String(repeating: "a", count: 16_000_000))\"".utf8)) }

    /// A client that never reads.
    private final class Deaf: Sendable {
        private let channel = Mutex<(any Channel)?>(nil)

        func ask(_ path: String, at port: Int) async throws {
            let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .channelOption(.autoRead, value: false)
                .connect(host: "localhost", port: port).get()
            self.channel.withLock { $0 = channel }
            try await channel.writeAndFlush(ByteBuffer(string: "GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n"))
        }

        func hangUp() async { try? await channel.withLock { $0 }?.close() }
    }

    @Test func whoNeverReadsDoesNotHoldTheServerUp() async throws {
        let deaf = Deaf()
        try await withAPI([Self.large, hello], door: .live) {
            $0.stopSeconds = 1
        } _: { api in
            try await deaf.ask("/large", at: api.port)
            // The answer before is on its way once another's has come.
            try await withWire(port: api.port) { _ = try await $0.call("GET", "/hello") }
        }
        await deaf.hangUp()
    }
}
