import Core
import HTTPTypes
import HTTPTesting
import NIOCore
import NIOHTTP1
import PlazaTesting
import Testing

@testable import HTTP

/// What happens around a connection while it is decided who takes it over.
@Suite(.timeLimit(.minutes(15))) struct UpgradeTests {
    /// Decides when it is told to.
    private final class PatientUpgrade: ConnectionUpgrade {
        let asked = WakeSignal()
        let decided = WakeSignal()
        let abandoned = WakeSignal()

        func open(_ head: HTTPRequestHead, from address: String) async throws -> UpgradedConnection {
            asked.raise()
            await decided.wait(past: 0)
            return UpgradedConnection(
                fields: [(name: "Upgrade", value: "patience")],
                makeHandler: { _ in Patience() }, abandon: { self.abandoned.raise() })
        }
    }

    private final class Patience: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
    }

    private static let request = "GET /patience HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: patience\r\n\r\n"

    private static func routes(_ upgrade: PatientUpgrade) -> [Route] {
        var route = Route(
            .get, "/patience", "Waits", tag: "test", access: .anyone, answers: [.init(.ok, "It", .anything)],
            statementsMax: 0
        ) { _ in .object { $0.member("text", "later") } }
        route.upgrade = upgrade
        return [route, hello]
    }

    /// Nothing can be said before it is decided who listens; what comes nevertheless is kept up to a bound.
    @Test func whoTalksOnBeforeItIsDecidedIsRefused() async throws {
        let upgrade = PatientUpgrade()
        try await withAPI(Self.routes(upgrade), door: .live) { api in
            try await withWire(port: api.port) { wire in
                try await wire.send(Self.request)
                await upgrade.asked.wait(past: 0)
                try? await wire.send([UInt8](repeating: 0, count: 1 << 20))
                // Each loop has had turns enough to read it.
                for _ in 0..<2 {
                    try await withWire(port: api.port) { other in
                        for _ in 0..<100 { _ = try await other.call("GET", "/hello") }
                    }
                }
                upgrade.decided.raise()
                let status = try? await wire.response()?.status
                #expect(status == 400 || status == nil)
                await upgrade.abandoned.wait(past: 0)
            }
        }
    }

    @Test func nobodyTakesOverOnceTheServerStops() async throws {
        let upgrade = PatientUpgrade()
        let isAsked = WakeSignal()
        let (ports, port) = AsyncStream<Int>.makeStream()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await withAPI(Self.routes(upgrade), door: .live) { api in
                    port.yield(api.port)
                    await isAsked.wait(past: 0)
                }
            }
            group.addTask {
                for await port in ports.prefix(1) {
                    try await withWire(port: port) { idle in
                        _ = try await idle.call("GET", "/hello")
                        try await withWire(port: port) { wire in
                            try await wire.send(Self.request)
                            await upgrade.asked.wait(past: 0)
                            isAsked.raise()
                            // All connections are told at once; this one had nothing to do.
                            #expect(try await idle.isHungUp())
                            upgrade.decided.raise()
                            let response = try await wire.response()
                            #expect(response?.status == 503 && response?.code == "shutting_down")
                            #expect(try await wire.isHungUp())
                            await upgrade.abandoned.wait(past: 0)
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}
