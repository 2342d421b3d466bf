import Core
import NIOCore
import NIOEmbedded
import Testing

@testable import Realtime

/// Every message in order, or the word that some are gone.
@Suite struct RecoveryTests {
    @Test func whoComesBackIsToldWhatItMissed() throws {
        let house = HubFixture()
        let (ann, ben) = (try house.connect(), try house.connect())
        try ann.subscribe("open:a")
        let ok = try ben.subscribe("open:a")["ok"]
        #expect(ok?["recovered"] == false, "it has not said where it was")
        try house.publish("open:a", 1)
        let before = try house.position("open:a")
        try ben.command(#""unsubscribe":{"channel":"open:a"}"#)
        for number in 2...4 { try house.publish("open:a", Int64(number)) }
        let back = try ben.subscribe("open:a", since: before)
        #expect(back["ok"]?["recovered"] == true)
        #expect(back.numbers == [2, 3, 4])
        #expect(back["ok"]?["offset"] == .integer(before.offset + 3))
        try house.publish("open:a", 5)
        #expect(try ben.numbers() == [5])
        #expect(try ann.numbers() == [1, 2, 3, 4, 5])
    }

    @Test func whatIsGoneIsRefusedAndNeverLeftOut() throws {
        let house = HubFixture()
        let ann = try house.connect()
        try ann.subscribe("open:a")
        let before = try house.position("open:a")
        for number in 1...11 { try house.publish("open:a", Int64(number)) }
        let ben = try house.connect()
        let refused = try ben.subscribe("open:a", since: before)
        #expect(refused["ok"]?["recovered"] == false, "ten are kept, eleven are missing")
        #expect(refused.numbers == [])
        let other = ChannelPosition(epoch: "another", offset: before.offset + 11)
        #expect(try house.connect().subscribe("open:a", since: other)["ok"]?["recovered"] == false)
        let future = ChannelPosition(epoch: before.epoch, offset: before.offset + 12)
        #expect(try house.connect().subscribe("open:a", since: future)["ok"]?["recovered"] == false)
        let whole = try house.connect().subscribe(
            "open:a", since: ChannelPosition(epoch: before.epoch, offset: before.offset + 1))
        #expect(whole.numbers == Array(2...11))
    }

    @Test func messagesAreKeptForTheirTimeOnly() throws {
        let house = HubFixture()
        let ann = try house.connect()
        try ann.subscribe("open:a")
        let before = try house.position("open:a")
        try house.publish("open:a", 1)
        house.advance(ticks: 299)
        #expect(try house.connect().subscribe("open:a", since: before).numbers == [1])
        house.advance(ticks: 3)
        #expect(try house.connect().subscribe("open:a", since: before)["ok"]?["recovered"] == false)
    }

    /// The only subscriber loses its network, and comes back to what was said meanwhile.
    @Test func aChannelOutlivesItsLastSubscriberForAWhile() throws {
        let house = HubFixture()
        let ann = try house.connect()
        try ann.subscribe("open:a")
        let before = try house.position("open:a")
        try ann.channel.close().wait()
        house.loop.run()
        try house.publish("open:a", 1)
        house.advance(ticks: 30)
        try house.publish("open:a", 2)
        #expect(try house.connect().subscribe("open:a", since: before).numbers == [1, 2])
    }

    @Test func aChannelThatWasForgottenTellsNobodyThatNothingHappened() throws {
        let house = HubFixture()
        let ann = try house.connect()
        try ann.subscribe("open:a")
        let quiet = try house.position("open:a")
        try ann.command(#""unsubscribe":{"channel":"open:a"}"#)
        // Two rounds of the sweep.
        house.advance(ticks: 140)
        try house.publish("open:a", 1)
        let back = try house.connect().subscribe("open:a", since: quiet)
        #expect(back["ok"]?["recovered"] == false)
        let unheard = try house.position("open:never")
        #expect(try house.connect().subscribe("open:never", since: unheard)["ok"]?["recovered"] == true)
        let spoken = try house.position("open:spoken")
        try house.publish("open:spoken", 1)
        #expect(try house.connect().subscribe("open:spoken", since: spoken)["ok"]?["recovered"] == false)
    }

    /// What waits for the loop when somebody subscribes is in its answer, and must not come again.
    @Test func nothingComesTwiceToWhoSubscribesInTheMiddle() throws {
        let house = HubFixture()
        let ann = try house.connect()
        try ann.subscribe("open:a")
        let before = try house.position("open:a")
        let ben = try house.connect()
        try house.publish("open:a", 1)
        // The loop has not had its turn.
        try ben.send(
            ClientFrame.text(
                #"{"id":9,"subscribe":{"channel":"open:a","since":{"epoch":"\#(before.epoch)","offset":\#(before.offset)}}}"#
            ))
        try house.publish("open:a", 2)
        let heard = try ben.heard().dropFirst()
        #expect(heard.first?.numbers == [1])
        #expect(heard.dropFirst().compactMap { $0["data"]?["n"]?.integer } == [2])
        #expect(try ann.numbers() == [1, 2])
    }

    @Test func whatIsSaidAgainUnderItsKeyIsToldOnce() throws {
        let house = HubFixture()
        let ann = try house.connect()
        try ann.subscribe("open:a")
        try house.publish("open:a", 1, key: "m1")
        try house.publish("open:a", 1, key: "m1")
        try house.publish("open:a", 2, key: "m2")
        #expect(try ann.numbers() == [1, 2])
    }

    @Test func onesOwnChannelIsHeardFromTheStartAndRecovered() throws {
        let house = HubFixture()
        let ann = try house.connect()
        let hello = try #require(try ann.heard().first?["connected"])
        #expect(hello["account"]?.string == ann.account.description)
        #expect(hello["heartbeat_seconds"] == 25)
        let own = "account:\(ann.account)"
        let position = try house.position(own)
        #expect(hello["position"]?["offset"] == .integer(position.offset))
        try house.publish(own, 1)
        #expect(try ann.numbers() == [1])
        try ann.channel.close().wait()
        try house.publish(own, 2)
        let again = try house.connect(ann.account)
        #expect(try again.subscribe(own, since: position).numbers == [1, 2])
        let ben = try house.connect()
        #expect(try ben.subscribe(own).code == "unknown_channel", "it is nobody else's")
    }

    @Test func historyIsAskedForInPieces() throws {
        let house = HubFixture()
        let ann = try house.connect()
        try ann.subscribe("open:a")
        let before = try house.position("open:a")
        for number in 1...5 { try house.publish("open:a", Int64(number)) }
        let since = #""since":{"epoch":"\#(before.epoch)","offset":\#(before.offset)}"#
        let page = try ann.command(#""history":{"channel":"open:a",\#(since),"limit":2}"#)
        #expect(page.numbers == [1, 2])
        #expect(try ann.command(#""history":{"channel":"open:b",\#(since)}"#).code == "not_subscribed")
    }
}
