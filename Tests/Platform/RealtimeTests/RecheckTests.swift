import Core
import NIOEmbedded
import Synchronization
import Testing

@testable import Realtime

/// What somebody hears ends when they may no longer hear it.
@Suite struct RecheckTests {
    @Test func whatTheOwnerRefusesWhenAskedAgainIsHeardNoMore() throws {
        let door = DoorChannels()
        let house = HubFixture(owners: [door])
        let (ann, ben) = (try house.connect(), try house.connect())
        let second = try house.connect(ben.account)
        for client in [ann, ben, second] {
            for name in ["door:a", "open:b"] { try client.subscribe(name) }
            _ = try client.heard()
        }
        house.hub.recheck(ben.account)
        #expect(try ben.heard().isEmpty, "nothing has changed")
        door.bar(ben.account)
        house.hub.recheck(ben.account)
        for client in [ben, second] {
            let told = try client.heard()
            #expect(told.map { $0["channel"] } == ["door:a"])
            #expect(told.first?["ended"]?["code"] == "not_permitted")
        }
        try house.publish("door:a", 1)
        try house.publish("open:b", 2)
        #expect(try ben.numbers() == [2])
        #expect(try second.numbers() == [2])
        #expect(try ann.numbers().sorted() == [1, 2])
        #expect(try ben.subscribe("door:a").code == "not_permitted")
    }

    /// The owner has said yes to what was so a moment ago; the answer is not used.
    @Test func anAdmissionFromBeforeIsAskedForAgain() throws {
        let door = DoorChannels()
        let house = HubFixture(owners: [door])
        let ben = try house.connect()
        _ = try ben.heard()
        door.hold()
        try ben.send(ClientFrame.text(#"{"id":7,"subscribe":{"channel":"door:a"}}"#))
        house.loop.run()
        door.bar(ben.account)
        house.hub.recheck(ben.account)
        door.release()
        let answers = try ben.heard()
        #expect(answers.map { $0["id"] } == [7])
        #expect(answers.first?.code == "not_permitted")
        #expect(house.hub.subscriberCount(of: try #require(ChannelName("door:a"))) == 0)
    }

    @Test func whatEndsEndsForEverybody() throws {
        let house = HubFixture()
        let clients = try (0..<3).map { _ in try house.connect() }
        for client in clients {
            try client.subscribe("open:a")
            try client.subscribe("open:b")
            _ = try client.heard()
        }
        let name = try #require(ChannelName("open:a"))
        house.hub.end(name)
        for client in clients { #expect(try client.heard().map { $0["channel"] } == ["open:a"]) }
        #expect(house.hub.subscriberCount(of: name) == 0)
        #expect(house.hub.subscriberPeak(of: name) == 3)
        try house.publish("open:b", 1)
        for client in clients { #expect(try client.numbers() == [1]) }
    }
}

/// Everybody may hear `door:` but who is barred.
final class DoorChannels: ChannelOwner {
    private struct State {
        var barred: Set<ID<Account>> = []
        var isHeld = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    let namespace = "door"
    let shape = ChannelShape("Nobody but tests.", key: "key", keyExample: "a", pushes: [])
    private let state = Mutex(State())

    func bar(_ account: ID<Account>) { _ = state.withLock { $0.barred.insert(account) } }

    /// Whoever asks from now on waits for `release`, with the answer of now.
    func hold() { state.withLock { $0.isHeld = true } }

    func release() {
        let waiting = state.withLock { state in
            defer { state = State(barred: state.barred) }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    func admit(_ principal: Principal, to channel: ChannelName) async throws -> ChannelTerms {
        let (isBarred, isHeld) = state.withLock { ($0.barred.contains(principal.account), $0.isHeld) }
        if isHeld {
            await withCheckedContinuation { continuation in state.withLock { $0.waiting.append(continuation) } }
        }
        if isBarred { throw ChannelRefusal.notPermitted("You are barred.") }
        return ChannelTerms()
    }
}
