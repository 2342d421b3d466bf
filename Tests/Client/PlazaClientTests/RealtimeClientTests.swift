import NIOCore
import NIOHTTP1
import NIOWebSocket
import PlazaAPI
import Testing

@testable import PlazaClient

/// The client on real sockets, against a server that behaves as badly as the test wants.
@Suite(.timeLimit(.minutes(15))) struct RealtimeClientTests {
    private static let channel = "post:pst_1"

    private func client(
        _ server: RealtimeServer, _ change: (inout RealtimeConfiguration) -> Void = { _ in }
    ) throws -> RealtimeClient {
        var configuration = RealtimeConfiguration()
        configuration.backoffMillisecondsMin = 5
        configuration.backoffMillisecondsMax = 20
        // A machine that is at work elsewhere may take longer than a client would wait.
        (configuration.connectMillisecondsMax, configuration.answerMillisecondsMax) = (600_000, 600_000)
        change(&configuration)
        return try RealtimeClient("http://127.0.0.1:\(server.port)", configuration: configuration) {
            .ticket("tic/1")
        }
    }

    /// Waits until the client is in a state.
    private func wait(_ client: RealtimeClient, _ isIt: (RealtimeStatus) -> Bool) async throws -> RealtimeStatus {
        for await status in client.statuses() where isIt(status) { return status }
        throw CancellationError()
    }

    /// Answers the next command, which is a `subscribe` or `history`.
    private func answer(
        _ peer: RealtimePeer, epoch: String = "k1", offset: Int64, recovered: Bool? = nil,
        messages: ClosedRange<Int64>? = nil
    ) async throws -> JSONValue {
        let command = try await peer.command()
        let id = Int(try #require(command["id"]?.integer))
        peer.send(Lines.answer(id, epoch: epoch, offset: offset, recovered: recovered, messages: messages))
        return command
    }

    // MARK: Connecting

    @Test func theHandshakeNamesTheTicketAndTheProtocol() async throws {
        try await RealtimeServer.run { (server) async throws in
            let client = try client(server)
            client.connect()
            _ = try await server.greetedPeer()
            let status = try await wait(client) { $0.state == .connected(session: "ses_1") }
            #expect(status.metrics.connects == 1)
            let request = try #require(server.requests.first)
            #expect(request.uri == "/v1/realtime?ticket=tic%2F1")
            #expect(request.headers["Sec-WebSocket-Protocol"] == ["plaza.v1.json"])
            #expect(request.headers["Host"] == ["127.0.0.1:\(server.port)"])
            #expect(request.headers["Authorization"] == [])
            await client.close()
        }
    }

    @Test func aTokenIsSentAsAHeader() async throws {
        try await RealtimeServer.run { (server) async throws in
            let client = try RealtimeClient("ws://127.0.0.1:\(server.port)/") { .bearer("secret") }
            client.connect()
            _ = try await server.greetedPeer()
            #expect(server.requests.first?.uri == "/v1/realtime")
            #expect(server.requests.first?.headers["Authorization"] == ["Bearer secret"])
            await client.close()
        }
    }

    @Test func aRefusedHandshakeThatPassesIsTriedAgain() async throws {
        let refusals = [
            RealtimeServer.Refusal(status: 503, headers: [("Retry-After", "0")], body: #"{"code":"draining"}"#),
            RealtimeServer.Refusal(status: 401, body: #"{"code":"invalid_ticket"}"#),
            RealtimeServer.Refusal(status: 502, body: "<html>"),
        ]
        try await RealtimeServer.run(refusing: refusals) { (server) async throws in
            let client = try client(server)
            client.connect()
            _ = try await server.greetedPeer()
            let status = try await wait(client) { $0.state == .connected(session: "ses_1") }
            #expect(status.metrics.attempts == 4)
            await client.close()
        }
    }

    @Test func aRefusedHandshakeThatDoesNotPassEndsIt() async throws {
        let refusal = RealtimeServer.Refusal(status: 403, body: #"{"code":"origin_not_allowed"}"#)
        try await RealtimeServer.run(refusing: [refusal]) { (server) async throws in
            let client = try client(server)
            let end = RealtimeEnd.handshakeRefused(status: 403, code: "origin_not_allowed")
            let subscription = client.subscribe(to: Self.channel)
            client.connect()
            let error = await #expect(throws: RealtimeError.self) { for try await _ in subscription {} }
            #expect(error == .ended(end))
            _ = try await wait(client) { $0.state == .ended(end) }
            await #expect(throws: RealtimeError.ended(end)) { try await client.ping() }
        }
    }

    @Test func anotherSubprotocolIsRefused() async throws {
        try await RealtimeServer.run(subprotocol: "chat") { (server) async throws in
            let client = try client(server)
            client.connect()
            let end = RealtimeEnd.handshakeRefused(status: 101, code: "wrong_subprotocol")
            _ = try await wait(client) { $0.state == .ended(end) }
        }
    }

    @Test func aServerThatNeverGreetsIsLeft() async throws {
        try await RealtimeServer.run { (server) async throws in
            let client = try client(server) { $0.connectMillisecondsMax = 50 }
            client.connect()
            _ = try await server.peer()
            _ = try await server.peer()
            _ = try await wait(client) { $0.metrics.brokenConnections > 0 }
            await client.close()
        }
    }

    @Test func aServerThatGoesSilentIsLeft() async throws {
        try await RealtimeServer.run { (server) async throws in
            let client = try client(server)
            client.connect()
            let silent = try await server.greetedPeer(heartbeatSeconds: 1)
            let next = try await server.greetedPeer()
            // It was asked for a sign of life before it was given up.
            #expect(try await silent.command()["ping"] != nil)
            _ = next
            await client.close()
        }
    }

    @Test func aServerThatIsNotThereIsWaitedFor() async throws {
        let client = try RealtimeClient("http://127.0.0.1:1") { .ticket("t") }
        client.connect()
        let status = try await wait(client) { if case .waiting = $0.state { true } else { false } }
        #expect(status.metrics.attempts == 1)
        await client.close()
    }

    // MARK: Losing the connection

    @Test(arguments: ["reset", "end", "garbage", "text that is none", "binary", "too large", "going away"])
    func nothingIsLostWhenTheConnectionIs(how: String) async throws {
        try await RealtimeServer.run { (server) async throws in
            let client = try client(server)
            let subscription = client.subscribe(to: Self.channel)
            client.connect()
            let first = try await server.greetedPeer()
            _ = try await answer(first, offset: 5)
            first.send(Lines.push(6), Lines.push(7))
            var elements = subscription.makeAsyncIterator()
            #expect(try await elements.next() == .joined(ChannelPosition(epoch: "k1", offset: 5)))
            #expect(try await elements.next() == .message(offset: 6, data: ["n": 6]))
            switch how {
            case "reset": try await first.reset()
            case "end": try await first.channel.close()
            case "garbage": first.send("{{{")
            case "text that is none": first.send(.text, [0x22, 0xFF, 0x22])
            case "binary": first.send(.binary, [1, 2, 3])
            case "too large": first.send(.text, Array(repeating: 0x20, count: 5 * 1_024 * 1_024))
            default: first.close(1001)
            }
            let second = try await server.greetedPeer()
            let command = try await answer(second, offset: 9, recovered: true, messages: 8...9)
            #expect(command["subscribe"]?["since"] == ["epoch": "k1", "offset": 7])
            second.send(Lines.push(9), Lines.push(10))
            #expect(try await elements.next() == .message(offset: 7, data: ["n": 7]))
            #expect(try await elements.next() == .recovered(count: 2))
            for offset in Int64(8)...10 {
                #expect(try await elements.next() == .message(offset: offset, data: ["n": .integer(offset)]))
            }
            await client.close()
            #expect(try await elements.next() == nil)
        }
    }

    @Test func aRefusedRecoveryIsTold() async throws {
        try await RealtimeServer.run { (server) async throws in
            let client = try client(server)
            let subscription = client.subscribe(to: Self.channel, since: ChannelPosition(epoch: "k0", offset: 3))
            client.connect()
            let peer = try await server.greetedPeer()
            _ = try await answer(peer, epoch: "k1", offset: 8, recovered: false)
            var elements = subscription.makeAsyncIterator()
            #expect(try await elements.next() == .missed(ChannelPosition(epoch: "k1", offset: 8)))
            await client.close()
        }
    }

    @Test(arguments: [3500, 3501, 3502, 1002, 1003, 1007, 1009] as [UInt16])
    func theseCodesEndTheClient(code: UInt16) async throws {
        try await RealtimeServer.run { (server) async throws in
            let client = try client(server)
            let subscription = client.subscribe(to: Self.channel)
            client.connect()
            let peer = try await server.greetedPeer()
            peer.close(code, "why")
            let end: RealtimeEnd =
                code == 3500 ? .signInNeeded : .closedByServer(code: Int(code), reason: "why")
            let error = await #expect(throws: RealtimeError.self) { for try await _ in subscription {} }
            #expect(error == .ended(end))
            for await status in client.statuses() { #expect(status.state == .ended(end)) }
            #expect(server.requests.count == 1)
        }
    }

    @Test(arguments: [3000, 3001, 3002, 1000, 1001, 1011] as [UInt16])
    func theseCodesComeBack(code: UInt16) async throws {
        try await RealtimeServer.run { (server) async throws in
            let client = try client(server)
            client.connect()
            try await server.greetedPeer().close(code, #"{"retry_after_ms":1}"#)
            _ = try await server.greetedPeer()
            await client.close()
        }
    }

    @Test func theServersHintIsWaitedFor() async throws {
        try await RealtimeServer.run { (server) async throws in
            let client = try client(server)
            client.connect()
            try await server.greetedPeer().close(3000, #"{"code":"draining","retry_after_ms":250000}"#)
            let status = try await wait(client) { if case .waiting = $0.state { true } else { false } }
            #expect(status.state == .waiting(milliseconds: 250_000))
            await client.close()
        }
    }

    // MARK: Frames

    @Test func pingsAreAnswered() async throws {
        try await RealtimeServer.run { (server) async throws in
            let client = try client(server)
            client.connect()
            let peer = try await server.greetedPeer()
            peer.send(.ping, [1, 2, 3])
            let frame = try #require(await peer.frame())
            #expect(frame.opcode == .pong)
            #expect(frame.bytes == [1, 2, 3])
            await client.close()
        }
    }

    @Test func aMessageInPartsIsOne() async throws {
        try await RealtimeServer.run { (server) async throws in
            let client = try client(server)
            client.connect()
            let peer = try await server.peer()
            let bytes = Array(#"{"connected":{"session":"ses_ü","heartbeat_seconds":25}}"#.utf8)
            peer.send(.text, Array(bytes.prefix(30)), isLast: false)
            peer.send(.ping, [])
            for byte in bytes.dropFirst(30).dropLast() { peer.send(.continuation, [byte], isLast: false) }
            peer.send(.continuation, bytes.suffix(1))
            _ = try await wait(client) { $0.state == .connected(session: "ses_ü") }
            await client.close()
        }
    }

    @Test func closingSaysGoodbye() async throws {
        try await RealtimeServer.run { (server) async throws in
            let client = try client(server)
            client.connect()
            let peer = try await server.greetedPeer()
            _ = try await wait(client) { $0.state == .connected(session: "ses_1") }
            await client.close()
            let frame = try #require(await peer.frame())
            #expect(frame.opcode == .connectionClose)
            #expect(frame.bytes == [0x03, 0xE8])
            #expect(await peer.frame() == nil)
        }
    }

    @Test func aClientThatIsLetGoOfHangsUp() async throws {
        try await RealtimeServer.run { (server) async throws in
            var client: RealtimeClient? = try client(server)
            client?.connect()
            let peer = try await server.greetedPeer()
            client = nil
            while let frame = await peer.frame() { #expect(frame.opcode == .connectionClose) }
        }
    }
}
