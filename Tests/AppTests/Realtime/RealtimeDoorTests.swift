import App
import Core
import Flows
import HTTPTypes
import HTTPTesting
import PlazaTesting
import Realtime
import Testing

/// Sockets opened over a live port: who gets in, who does not, and what is left behind.
@Suite(.timeLimit(.minutes(15))) struct RealtimeDoorTests {
    // MARK: Getting in

    @Test func aTokenOpensASocket() async throws {
        try await withPlaza(door: .live) { (plaza: PlazaFixture) async throws -> Void in
            let ann = try await plaza.signUp("ann")
            try await withWire(port: plaza.port) { wire in
                try await wire.send(Opening(token: ann.token, protocols: "other, plaza.v1.json").text)
                let answer = try #require(try await wire.response())
                #expect(answer.status == 101)
                #expect(answer.header("sec-websocket-accept") == Opening.accept)
                #expect(answer.header("sec-websocket-protocol") == "plaza.v1.json")
                let greeting = try #require(try await wire.frame()?.lines.first?["connected"])
                #expect(greeting["account"]?.string == ann.id)
                #expect(greeting["session"]?.string == ann.session)
                #expect(greeting["position"]?["offset"] == 0)
                #expect(try await wire.answersPing())
            }
            await plaza.hasNoSocket(of: ann)
        }
    }

    @Test func aHandshakeMayComeByteByByte() async throws {
        try await withPlaza(door: .live) { (plaza: PlazaFixture) async throws -> Void in
            let ann = try await plaza.signUp("ann")
            try await withWire(port: plaza.port) { wire in
                for byte in Opening(token: ann.token).text.utf8 { try await wire.send([byte]) }
                for byte in Wire.textFrame(#"{"id":1,"ping":{}}"#) { try await wire.send([byte]) }
                #expect(try await wire.response()?.status == 101)
                _ = try await wire.line { $0["id"] == 1 && $0["ok"] != nil }
            }
        }
    }

    @Test func framesInTheHandshakesPacketAreHeard() async throws {
        try await withPlaza(door: .live) { (plaza: PlazaFixture) async throws -> Void in
            let ann = try await plaza.signUp("ann")
            let pings = (1...20).flatMap { Wire.textFrame(#"{"id":\#($0),"ping":{}}"#) }
            try await withWire(port: plaza.port) { wire in
                try await wire.send(Array(Opening(token: ann.token).text.utf8) + pings)
                #expect(try await wire.response()?.status == 101)
                for id in 1...20 as ClosedRange<Int64> {
                    _ = try await wire.line { $0["id"]?.integer == id && $0["ok"] != nil }
                }
            }
        }
    }

    /// The answers before it go out first, on the same connection.
    @Test func aSocketMayBeOpenedOnAConnectionThatWasUsed() async throws {
        try await withPlaza(door: .live) { (plaza: PlazaFixture) async throws -> Void in
            let ann = try await plaza.signUp("ann")
            try await withWire(port: plaza.port) { wire in
                try await wire.send("GET /livez HTTP/1.1\r\nHost: plaza\r\n\r\n" + Opening(token: ann.token).text)
                #expect(try await wire.response()?.status == 200)
                #expect(try await wire.response()?.status == 101)
                #expect(try await wire.answersPing())
            }
        }
    }

    @Test(arguments: [nil, "http://plaza", "https://plaza", "https://shop.example"])
    func ownAndAllowedOriginsMayOpenASocket(_ origin: String?) async throws {
        try await withPlaza(["PLAZA_ALLOWED_ORIGINS": "https://shop.example"], door: .live) {
            (plaza: PlazaFixture) async throws -> Void in
            let ann = try await plaza.signUp("ann")
            #expect(try await plaza.handshake(Opening(token: ann.token, origin: origin)).status == 101)
        }
    }

    // MARK: Being refused

    @Test(arguments: ["https://evil.example", "null", "", "https://plaza.evil.example", "https://plaza:8443"])
    func foreignOriginsMayNot(_ origin: String) async throws {
        try await withPlaza(["PLAZA_ALLOWED_ORIGINS": "https://shop.example"], door: .live) {
            (plaza: PlazaFixture) async throws -> Void in
            let ann = try await plaza.signUp("ann")
            let answer = try await plaza.handshake(Opening(token: ann.token, origin: origin))
            #expect(answer.status == 403)
            #expect(answer.code == "origin_not_allowed")
            await plaza.hasNoSocket(of: ann)
        }
    }

    @Test func whatIsNoHandshakeIsRefusedInWords() async throws {
        try await withPlaza(door: .live) { (plaza: PlazaFixture) async throws -> Void in
            let ann = try await plaza.signUp("ann")
            for (change, status, code) in [
                ({ $0.key = nil }, 400, "bad_handshake"), ({ $0.key = "c2hvcnQ=" }, 400, "bad_handshake"),
                ({ $0.protocols = "chat" }, 400, "bad_handshake"), ({ $0.version = "8" }, 426, "websocket_required"),
                ({ $0.version = nil }, 426, "websocket_required"), ({ $0.upgrade = "h2c" }, 426, "websocket_required"),
                ({ $0.token = nil }, 401, "unauthenticated"), ({ $0.token = "nonsense" }, 401, "invalid_token"),
            ] as [((inout Opening) -> Void, Int, String)] {
                var handshake = Opening(token: ann.token)
                change(&handshake)
                let answer = try await plaza.handshake(handshake)
                #expect(answer.status == status, "\(handshake)")
                #expect(answer.code == code, "\(handshake)")
                #expect(answer.header("connection") == "close")
                if handshake.version != "13" { #expect(answer.header("sec-websocket-version") == "13") }
                if status == 426 { #expect(answer.header("upgrade") == "websocket") }
            }
            let plain = try await plaza.send(.get, "/v1/realtime", as: ann)
            #expect(plain.status == .upgradeRequired)
            await plaza.hasNoSocket(of: ann)
        }
    }

    @Test func anUpgradeElsewhereIsAnsweredAsHTTP() async throws {
        try await withPlaza(door: .live) { (plaza: PlazaFixture) async throws -> Void in
            let ann = try await plaza.signUp("ann")
            for (path, status) in [("/livez", 200), ("/v1/me", 200), ("/v1/nothing", 404)] {
                var handshake = Opening(token: ann.token)
                handshake.path = path
                #expect(try await plaza.handshake(handshake).status == status)
            }
        }
    }

    @Test func aHugeHandshakeIsRefused() async throws {
        try await withPlaza(door: .live) { (plaza: PlazaFixture) async throws -> Void in
            let ann = try await plaza.signUp("ann")
            var handshake = Opening(token: ann.token)
            handshake.more = "X-Filler: \(String(repeating: "a", count: 20_000))\r\n"
            let answer = try await plaza.handshake(handshake)
            #expect(answer.status == 431)
            #expect(answer.code == "headers_too_large")
            await plaza.hasNoSocket(of: ann)
        }
    }

    // MARK: Tickets

    @Test func aTicketOpensOneSocketWithinAMinute() async throws {
        try await withPlaza(door: .live) { (plaza: PlazaFixture) async throws -> Void in
            let ann = try await plaza.signUp("ann")
            let ticket = try await plaza.ticket(for: ann)
            #expect(try await plaza.handshake(.ticket(ticket)).status == 101)
            let again = try await plaza.handshake(.ticket(ticket))
            #expect(again.status == 401)
            #expect(again.code == "invalid_ticket")
            let late = try await plaza.ticket(for: ann)
            plaza.clock.advance(seconds: 59)
            let inTime = try await plaza.ticket(for: ann)
            plaza.clock.advance(seconds: 1)
            #expect(try await plaza.handshake(.ticket(late)).code == "invalid_ticket")
            #expect(try await plaza.handshake(.ticket(inTime)).status == 101)
        }
    }

    /// That it was used is forgotten with the restart; so is the ticket.
    @Test func aTicketFromBeforeARestartOpensNone() async throws {
        let clock = ManualClock()
        let ann = Principal(account: ID(rawValue: 1), session: ID(rawValue: 2), role: .person)
        let key = [UInt8](repeating: 7, count: 32)
        let before = SocketTickets(key: key, clock: clock.wall, random: .seeded(1))
        let ticket = before.issue(to: ann).ticket
        #expect(before.redeem(ticket) == ann)
        clock.advance(seconds: 1)
        let after = SocketTickets(key: key, clock: clock.wall, random: .seeded(2))
        #expect(after.redeem(ticket) == nil)
        #expect(after.redeem(before.issue(to: ann).ticket) == ann, "another instance's, from now")
    }

    @Test func aRefusedHandshakeLeavesTheTicketGood() async throws {
        try await withPlaza(door: .live) { (plaza: PlazaFixture) async throws -> Void in
            let ann = try await plaza.signUp("ann")
            var handshake = Opening.ticket(try await plaza.ticket(for: ann))
            handshake.origin = "https://evil.example"
            #expect(try await plaza.handshake(handshake).status == 403)
            handshake.origin = nil
            #expect(try await plaza.handshake(handshake).status == 101)
        }
    }

    @Test func aForgedTicketOpensNone() async throws {
        try await withPlaza(["PLAZA_RATE_READ": "100"], door: .live) { (plaza: PlazaFixture) async throws -> Void in
            let ann = try await plaza.signUp("ann")
            let ticket = try await plaza.ticket(for: ann)
            let forged = stride(from: 0, to: ticket.count, by: 9).map { place in
                var text = Array(ticket)
                text[place] = text[place] == "A" ? "B" : "A"
                return String(text)
            }
            for ticket in forged + ["", "x", String(ticket.dropLast()), ticket + "A", "%00"] {
                let answer = try await plaza.handshake(.ticket(ticket))
                #expect(answer.status == 401, "\(ticket)")
                #expect(answer.code == "invalid_ticket", "\(ticket)")
            }
            #expect(try await plaza.handshake(.ticket(ticket)).status == 101)
        }
    }

    @Test func whoeverGuessesTicketsIsSlowedDown() async throws {
        try await withPlaza(["PLAZA_RATE_READ": "3"], door: .live) { (plaza: PlazaFixture) async throws -> Void in
            for _ in 0..<3 { #expect(try await plaza.handshake(.ticket("guess")).status == 401) }
            let limited = try await plaza.handshake(.ticket("guess"))
            #expect(limited.status == 429)
            #expect(limited.code == "rate_limited")
            #expect(limited.header("retry-after") != nil)
        }
    }

    // MARK: Places

    @Test func anAccountHasFiveSockets() async throws {
        try await withPlaza(door: .live) { (plaza: PlazaFixture) async throws -> Void in
            let (ann, ben) = (try await plaza.signUp("ann"), try await plaza.signUp("ben"))
            try await withSockets(5, of: ann, at: plaza) {
                let sixth = try await plaza.handshake(Opening(token: ann.token))
                #expect(sixth.status == 429)
                #expect(sixth.code == "too_many_connections")
                #expect(sixth.header("retry-after") == "5")
                #expect(try await plaza.handshake(Opening(token: ben.token)).status == 101)
            }
            await plaza.hasNoSocket(of: ann)
            try await withSockets(5, of: ann, at: plaza) {}
        }
    }

    /// Whoever hangs up in the middle takes nobody's place, wherever that is.
    @Test func aTornHandshakeLeavesNoPlaceTaken() async throws {
        try await withPlaza(door: .live) { (plaza: PlazaFixture) async throws -> Void in
            let ann = try await plaza.signUp("ann")
            let bytes = Array(Opening(token: ann.token).text.utf8)
            for count in Array(stride(from: 1, to: bytes.count, by: 13)) + [bytes.count - 1] {
                try await withWire(port: plaza.port) { try await $0.send(Array(bytes.prefix(count))) }
            }
            // Whole, and gone before the answer, or in the middle of a frame.
            for rest in [0, 1, 5] {
                for _ in 0..<10 {
                    let more = Wire.textFrame(#"{"id":1,"ping":{}}"#).prefix(rest)
                    try await withWire(port: plaza.port) { try await $0.send(bytes + more) }
                }
            }
            await plaza.hasNoSocket(of: ann)
            try await withSockets(5, of: ann, at: plaza) {}
        }
    }

    @Test func aHandshakeThatStopsComingIsCut() async throws {
        try await withPlaza(door: .live, receiveSeconds: 1) { (plaza: PlazaFixture) async throws -> Void in
            let ann = try await plaza.signUp("ann")
            try await withWire(port: plaza.port) { wire in
                try await wire.send(String(Opening(token: ann.token).text.dropLast(20)))
                #expect(await wire.isRefusedInTime())
            }
            await plaza.hasNoSocket(of: ann)
        }
    }

    /// A byte now and then does not keep a place.
    @Test func aHandshakeThatDripsIsCut() async throws {
        try await withPlaza(door: .live, receiveSeconds: 1) { (plaza: PlazaFixture) async throws -> Void in
            let ann = try await plaza.signUp("ann")
            let handshake = Opening(token: ann.token)
            try await withWire(port: plaza.port) { (wire: inout Wire) async throws -> Void in
                let sender = wire.sender
                let dripping = Task {
                    for byte in handshake.text.utf8 {
                        try await sender.send([byte])
                        try await Task.sleep(for: .milliseconds(100))
                    }
                }
                #expect(await wire.isRefusedInTime())
                dripping.cancel()
                _ = await dripping.result
            }
            await plaza.hasNoSocket(of: ann)
        }
    }

    // MARK: Being thrown out

    @Test func aSessionThatEndsTakesItsSocketsAlong() async throws {
        try await withPlaza(door: .live) { (plaza: PlazaFixture) async throws -> Void in
            let (phone, ben) = (try await plaza.signUp("ann"), try await plaza.signUp("ben"))
            let tablet = try await plaza.signIn("ann")
            try await withSocket(of: phone, at: plaza) { phones in
                try await withSocket(of: tablet, at: plaza) { tablets in
                    try await withSocket(of: ben, at: plaza) { bens in
                        let ended = try await plaza.send(.delete, "/v1/sessions/\(phone.session)", as: tablet)
                        #expect(ended.status == .noContent)
                        let close = try #require(try await phones.close())
                        #expect(close.closeCode == 3500)
                        #expect(close.text.hasSuffix(#"{"code":"session_revoked"}"#))
                        #expect(try await tablets.answersPing())
                        #expect(try await bens.answersPing())
                    }
                }
            }
            #expect(try await plaza.handshake(Opening(token: phone.token)).status == 401)
        }
    }

    /// A ticket that was got before does not outlive the session it was got with.
    @Test func aTicketOfASessionThatEndedIsOfNoUse() async throws {
        try await withPlaza(door: .live) { (plaza: PlazaFixture) async throws -> Void in
            let phone = try await plaza.signUp("ann")
            let tablet = try await plaza.signIn("ann")
            let ticket = try await plaza.ticket(for: phone)
            _ = try await plaza.send(.delete, "/v1/sessions/\(phone.session)", as: tablet)
            try await withWire(port: plaza.port) { wire in
                try await wire.send(Opening.ticket(ticket).text)
                let answer = try #require(try await wire.response())
                if answer.status == 101 { #expect(try await wire.close()?.closeCode == 3500) }
            }
            await plaza.hasNoSocket(of: phone)
        }
    }

    // MARK: Helpers of these tests

    private func withSocket(
        of person: Person, at plaza: PlazaFixture, _ body: (inout Wire) async throws -> Void
    ) async throws {
        try await withWire(port: plaza.port) { wire in
            try await wire.send(Opening(token: person.token).text)
            #expect(try await wire.response()?.status == 101)
            try await body(&wire)
        }
    }

    private func withSockets(
        _ count: Int, of person: Person, at plaza: PlazaFixture, _ body: () async throws -> Void
    ) async throws {
        guard count > 0 else { return try await body() }
        try await withSocket(of: person, at: plaza) { _ in
            try await withSockets(count - 1, of: person, at: plaza, body)
        }
    }
}
