import Core
import NIOCore
import NIOEmbedded
import Telemetry
import Testing

@testable import Realtime

@Suite struct HubTests {
    @Test func everybodyHearsTheSameInTheSameOrder() throws {
        let house = HubFixture()
        let clients = try (0..<20).map { _ in try house.connect() }
        for client in clients { try client.subscribe("open:a") }
        for number in 1...50 { try house.publish("open:a", Int64(number), number % 7 == 0 ? .urgent : .ordered) }
        let offsets = try clients.map { client in
            try client.heard().compactMap { push in push["offset"]?.integer }
        }
        #expect(Set(offsets).count == 1)
        #expect(offsets[0].count == 50)
        #expect(offsets[0] == offsets[0].sorted())
    }

    @Test func urgentMessagesOvertakeOtherChannels() throws {
        let house = HubFixture()
        let ann = try house.connect()
        for name in ["open:a", "open:b"] { try ann.subscribe(name) }
        try house.publish("open:a", 1)
        try house.publish("open:b", 2)
        try house.publish("open:b", 3, .urgent)
        // Those of its own channel that came before stay before it.
        #expect(try ann.numbers() == [2, 3, 1])
    }

    @Test func aPublishedMessageComesToAllAndIsAnswered() throws {
        let house = HubFixture()
        let (ann, ben) = (try house.connect(), try house.connect())
        try ann.subscribe("open:a")
        try ben.subscribe("open:a")
        #expect(try ann.command(#""publish":{"channel":"open:a","data":{"n":7}}"#)["ok"]?["taken"] == true)
        #expect(try ann.numbers() == [7])
        #expect(try ben.numbers() == [7])
        #expect(try ann.command(#""publish":{"channel":"open:a","data":{}}"#).code == "invalid_data")
        #expect(try ann.command(#""publish":{"channel":"open:b","data":{"n":1}}"#).code == "not_subscribed")
    }

    @Test func whatOneMayNotHearIsRefused() throws {
        let house = HubFixture()
        let ann = try house.connect()
        #expect(try ann.subscribe("secret:a").code == "not_permitted")
        #expect(try ann.subscribe("secret:broken").code == "internal", "and nothing of why")
        #expect(try ann.subscribe("nothing:a").code == "unknown_channel")
        try ann.subscribe("open:a")
        #expect(try ann.subscribe("open:a").code == "already_subscribed")
        #expect(try ann.command(#""unsubscribe":{"channel":"open:b"}"#).code == "not_subscribed")
        let own = try ann.command(#""unsubscribe":{"channel":"account:\#(ann.account)"}"#)
        #expect(own.code == "not_subscribed", "one's own is not for leaving")
        let presence = try ann.command(#""presence":{"channel":"open:a"}"#)["ok"]
        #expect(presence?["subscribers"] == 1)
        #expect(presence?["online"]?.array == [.string(ann.account.description)])
    }

    @Test func tenThousandSubscriptionsAreRefusedBeyondTheLimit() throws {
        let house = HubFixture { $0.commandBurst = 100_000 }
        let ann = try house.connect()
        var refused = 0
        for number in 0..<10_000 where try ann.subscribe("open:\(number)").code == "too_many_subscriptions" {
            refused += 1
        }
        #expect(refused == 10_000 - house.hub.limits.subscriptionsPerSocketMax)
        #expect(ann.isOpen)
    }

    @Test func ofCountersOnlyTheNewestWaits() throws {
        let house = HubFixture()
        let ann = try house.connect()
        try ann.subscribe("open:a")
        for number in 1...1_000 { try house.publish("open:a", Int64(number), .newest) }
        #expect(try ann.numbers() == [], "they wait for their round")
        house.loop.advanceTime(by: house.hub.limits.newestInterval)
        #expect(try ann.numbers() == [1_000])
        let ben = try house.connect()
        let latest = try ben.subscribe("open:a")["ok"]?["latest"]?.array
        #expect(latest?.map { $0["n"] } == [1_000], "newcomers are told the present one")
    }

    @Test func aBusyRoomIsSampledOnceForEverybody() throws {
        let house = HubFixture()
        let (ann, ben) = (try house.connect(), try house.connect())
        try ann.subscribe("open:a")
        try ben.subscribe("open:a")
        for number in 1...100 {
            try house.publish("open:a", Int64(number), .sampled)
            if number == 50 { try house.publish("open:a", 1_000, .urgent) }
        }
        let heard = try ann.numbers()
        #expect(heard == [1, 2, 3, 1_000], "three a second, and what is urgent always")
        #expect(try ben.numbers() == heard)
        house.advance(ticks: 1)
        try house.publish("open:a", 101, .sampled)
        #expect(try ann.numbers() == [101])
    }

    @Test func whatIsFleetingIsKeptNowhere() throws {
        let house = HubFixture()
        let ann = try house.connect()
        try ann.subscribe("open:a")
        let before = try house.position("open:a")
        try house.publish("open:a", 1, .fleeting)
        let heard = try ann.heard().last
        #expect(heard?["data"]?["n"] == 1)
        #expect(heard?["offset"] == nil)
        #expect(try house.position("open:a") == before)
        #expect(try house.connect().subscribe("open:a", since: before).numbers == [])
    }

    @Test func subscribersAreCountedOnceATick() throws {
        let house = HubFixture()
        let ann = try house.connect()
        try ann.subscribe("counted:a")
        for _ in 0..<9 { try house.connect().subscribe("counted:a") }
        house.advance(ticks: 1)
        house.loop.advanceTime(by: house.hub.limits.newestInterval)
        let counts = try ann.heard().compactMap { $0["data"]?["count"]?.integer }
        #expect(counts == [10])
    }

    @Test func whoeverIsExpelledHearsNothingMore() throws {
        let house = HubFixture()
        let (ann, ben) = (try house.connect(), try house.connect())
        try ann.subscribe("open:a")
        try ben.subscribe("open:a")
        house.hub.expel(ben.account, from: try #require(ChannelName("open:a")))
        try house.publish("open:a", 1)
        let told = try ben.heard()
        #expect(told.last?["ended"]?["code"] == "not_permitted")
        #expect(told.allSatisfy { $0["data"] == nil })
        #expect(try ann.numbers() == [1])
        #expect(try ben.command(#""ping":{}"#)["ok"] != nil)
    }

    @Test func comingsAndGoingsAreToldOnceATick() throws {
        let house = HubFixture()
        let ann = try house.connect()
        let second = try house.connect(ann.account)
        house.advance(ticks: 1)
        #expect(house.observer.all.last?.came == [ann.account])
        #expect(house.hub.isOnline(ann.account))
        try ann.channel.close().wait()
        house.advance(ticks: 1)
        #expect(house.observer.all.count == 1, "one of two sockets is left")
        try second.channel.close().wait()
        let back = try house.connect(ann.account)
        house.advance(ticks: 1)
        #expect(house.observer.all.count == 1, "who came back in between was never gone")
        try back.channel.close().wait()
        house.advance(ticks: 1)
        #expect(house.observer.all.last?.went == [ann.account])
        #expect(!house.hub.isOnline(ann.account))
    }

    @Test func nothingOfASocketIsLeftWhenItHasGone() throws {
        let house = HubFixture()
        for round in 0..<3 {
            let clients = try (0..<200).map { _ in try house.connect() }
            for (index, client) in clients.enumerated() {
                try client.subscribe("open:shared")
                try client.subscribe("open:\(round)-\(index)")
            }
            for client in clients.shuffled() { try client.channel.close().wait() }
        }
        #expect(house.hub.metrics.sockets.value == 0)
        #expect(house.hub.subscriberCount(of: try #require(ChannelName("open:shared"))) == 0)
        // Two rounds of the sweep.
        house.advance(ticks: 140)
        #expect(house.hub.channelCount == 0)
    }

    /// A whole network is gone; who has another notices nothing.
    @Test func nineteenThousandMayLeaveInOneInstant() throws {
        let house = HubFixture { $0.socketsPerAddressMax = 20_000 }
        let stays = try house.connect()
        try stays.subscribe("open:shared")
        let crowd = try (0..<19_000).map { _ in try house.connect() }
        for client in crowd { try client.subscribe("open:shared") }
        let name = try #require(ChannelName("open:shared"))
        #expect(house.hub.subscriberCount(of: name) == 19_001)
        try house.publish("open:shared", 1)
        // No turn of the loop between them.
        for client in crowd { client.channel.close(promise: nil) }
        try house.publish("open:shared", 2)
        #expect(try stays.numbers() == [1, 2])
        #expect(house.hub.subscriberCount(of: name) == 1)
        #expect(house.hub.metrics.sockets.value == 1)
        house.advance(ticks: 1)
        #expect(house.observer.all.flatMap(\.went).count == 0, "who came and went within a tick was never there")
        let back = try house.connect(crowd[0].account)
        #expect(try back.subscribe("open:shared")["ok"] != nil)
        #expect(house.hub.subscriberCount(of: name) == 2)
    }
}
