import Core
import NIOCore
import NIOEmbedded
import Telemetry
import Testing

@testable import Realtime

/// How sockets end, and what ends them.
@Suite struct SocketLifeTests {
    @Test func anAccountAndAnAddressHaveSoManySockets() throws {
        let house = HubFixture { ($0.socketsPerAccountMax, $0.socketsPerAddressMax) = (2, 4) }
        let ann = try house.connect()
        _ = try house.connect(ann.account)
        #expect(throws: SocketRefusal.tooManyForAccount(max: 2)) { try house.connect(ann.account) }
        _ = try house.connect()
        _ = try house.connect()
        #expect(throws: SocketRefusal.tooManyForAddress(max: 4)) { try house.connect() }
        _ = try house.connect(from: "192.0.2.2")
        try ann.channel.close().wait()
        _ = try house.connect(ann.account)
    }

    @Test func commandsBeyondTheRateAreRefusedAndThenTheSocketIsClosed() throws {
        let house = HubFixture { ($0.commandsPerSecond, $0.commandBurst, $0.refusedInRowMax) = (1, 5, 10) }
        let ann = try house.connect()
        for _ in 0..<5 { #expect(try ann.command(#""ping":{}"#)["ok"] != nil) }
        let refused = try ann.command(#""ping":{}"#)
        #expect(refused.code == "rate_limited")
        #expect((1...1_001).contains(try #require(refused["error"]?["retry_after_ms"]?.integer)))
        for _ in 0..<9 { try ann.send(ClientFrame.text(#"{"id":1,"ping":{}}"#)) }
        #expect(try ann.frames().last?.closeCode == 3501)
    }

    @Test func manyCommandsInOneFrameAreAnsweredEach() throws {
        let house = HubFixture()
        let ann = try house.connect()
        _ = try ann.heard()
        try ann.send(ClientFrame.text("{\"id\":1,\"ping\":{}}\n\r\n  \n{\"id\":2,\"ping\":{}}\nnothing\n"))
        #expect(try ann.heard().map { $0["id"]?.integer ?? $0.code.map { _ in -1 } } == [1, 2, -1])
    }

    @Test func whoNeverSpeaksSenseIsClosed() throws {
        let house = HubFixture()
        let ann = try house.connect()
        for _ in 0..<house.hub.limits.notUnderstoodInRowMax { try ann.send(ClientFrame.text("nonsense")) }
        #expect(try ann.frames().last?.closeCode == 3502)
    }

    @Test func aFrameThatBreaksTheRulesEndsTheSocketAndSaysWhy() throws {
        let house = HubFixture { limits in
            let strict = FrameReaderTests.limits
            (limits.frameBytesMax, limits.messageBytesMax) = (strict.frameBytesMax, strict.messageBytesMax)
            limits.fragmentsMax = strict.fragmentsMax
        }
        for wrong in FrameReaderTests.wrong {
            let ann = try house.connect()
            try ann.send(wrong.bytes)
            #expect(try ann.frames().last?.closeCode == wrong.code, "\(wrong)")
            try ann.send(ClientFrame.text(#"{"id":1,"ping":{}}"#))
            #expect(try ann.frames().isEmpty, "\(wrong): nothing is answered after it")
            house.advance(ticks: house.hub.limits.closingTicks)
            #expect(!ann.isOpen, "\(wrong)")
        }
        #expect(house.hub.metrics.sockets.value == 0)
    }

    @Test func goodbyeIsAnsweredWithTheSame() throws {
        let house = HubFixture()
        let ann = try house.connect()
        try ann.send(ClientFrame.close(1001))
        #expect(try ann.frames().last?.closeCode == 1001)
        #expect(!ann.isOpen)
    }

    @Test func pingsAreAnsweredWithTheirPayload() throws {
        let house = HubFixture()
        let ann = try house.connect()
        try ann.send(ClientFrame.make([1, 2, 3], opcode: 9))
        #expect(try ann.frames().last == ServerFrame(opcode: 10, payload: [1, 2, 3]))
    }

    @Test func aPeerThatVanishedIsGivenUp() throws {
        let house = HubFixture()
        let (ann, ben) = (try house.connect(), try house.connect())
        var pings = 0
        for _ in 0..<13 {
            house.advance(ticks: 25)
            pings += try ann.frames().filter { $0.opcode == 9 }.count
            try ben.send(ClientFrame.make([], opcode: 10))
        }
        #expect(pings >= 10)
        house.advance(ticks: house.hub.limits.closingTicks)
        #expect(!ann.isOpen)
        #expect(ben.isOpen, "it has answered")
    }

    @Test func aRevokedSessionsSocketsCloseAndNoOthers() throws {
        let house = HubFixture()
        let phone = try house.connect(session: 7)
        let laptop = try house.connect(phone.account, session: 8)
        let other = try house.connect(session: 7)
        house.hub.close([ID(rawValue: 7)], of: phone.account)
        #expect(try phone.frames().last?.closeCode == 3500)
        #expect(try laptop.frames().allSatisfy { $0.opcode == 1 })
        #expect(other.isOpen)
    }

    /// The handshake had been answered when the session ended, and the socket came after.
    @Test func aSocketThatComesAfterItsSessionEndedIsClosed() throws {
        let house = HubFixture()
        let account = ID<Account>(rawValue: 77)
        house.hub.close([ID(rawValue: 7)], of: account)
        let late = try house.connect(account, session: 7)
        #expect(try late.frames().last?.closeCode == 3500)
        let other = try house.connect(account, session: 8)
        #expect(try other.frames().last?.opcode == 1)
    }

    @Test func aDrainingHubSpreadsTheReturnAndTakesNobodyIn() throws {
        let house = HubFixture { $0.socketsPerAddressMax = 10_000 }
        let clients = try (0..<3_000).map { _ in try house.connect() }
        house.hub.drain()
        var waits: [Int64] = []
        for client in clients {
            let last = try #require(try client.frames().last)
            #expect(last.closeCode == 3000)
            let reason = try JSONParser.parse(Array(last.payload[2...]))
            waits.append(try #require(reason["retry_after_ms"]?.integer))
        }
        // A thousand a second are taken in where nothing else has been seen: three seconds for all.
        #expect(waits.allSatisfy { (0...3_000).contains($0) })
        for part in 0..<6 { #expect(waits.count { $0 / 500 == Int64(part) } > 300) }
        #expect(throws: SocketRefusal.self) { try house.connect() }
    }

    /// What is short would still fit, but comes after what does not.
    @Test func whoeverWasLeftBehindHearsNothingMore() throws {
        let house = HubFixture { $0.waitingBytesMax = 150 }
        let slow = try house.connect()
        for name in ["open:a", "open:b"] { try slow.subscribe(name) }
        _ = try slow.heard()
        slow.channel.isWritable = false
        slow.channel.pipeline.fireChannelWritabilityChanged()
        house.hub.publish(
            Push(
                try #require(ChannelName("open:a")), ["type": "n", "text": .string(String(repeating: "x", count: 200))])
        )
        try house.publish("open:b", 2)
        let frames = try slow.frames()
        #expect(frames.map(\.opcode) == [8])
        #expect(frames.last?.closeCode == 3001)
    }

    @Test func aSlowReaderIsSparedAllCountersButTheLast() throws {
        let house = HubFixture()
        let slow = try house.connect()
        try slow.subscribe("open:a")
        slow.channel.isWritable = false
        slow.channel.pipeline.fireChannelWritabilityChanged()
        for number in 1...100 {
            try house.publish("open:a", Int64(number), .newest)
            house.loop.advanceTime(by: house.hub.limits.newestInterval)
        }
        #expect(try slow.numbers() == [])
        slow.channel.isWritable = true
        slow.channel.pipeline.fireChannelWritabilityChanged()
        #expect(try slow.numbers() == [100])
    }
}
