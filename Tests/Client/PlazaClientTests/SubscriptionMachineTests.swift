import PlazaAPI
import Testing

@testable import PlazaClient

@Suite struct SubscriptionMachineTests {
    private let channel = "post:pst_1"

    /// Subscribed, and at an offset.
    private func live(at offset: Int64 = 5) -> MachineBench {
        var bench = MachineBench()
        bench.open()
        bench.on(.subscribe(1, channel: channel, since: nil))
        bench.receive(Lines.answer(1, offset: offset))
        return bench
    }

    @Test func joiningTellsThePositionAndTheLatest() {
        var bench = MachineBench()
        bench.open()
        let sent = bench.on(.subscribe(1, channel: channel, since: nil)).sent
        #expect(sent == [#"{"id":1,"subscribe":{"channel":"post:pst_1"}}"#])
        let told = bench.receive(#"{"id":1,"ok":{"epoch":"k1","offset":5,"latest":[{"likes":3}]}}"#).told(1)
        #expect(told == [.joined(ChannelPosition(epoch: "k1", offset: 5)), .newest(["likes": 3])])
    }

    /// One's own channel is heard from the greeting on: what comes before `subscribe` is answered is not lost.
    @Test func theOwnChannelIsJoinedWhereTheGreetingSays() {
        var bench = MachineBench()
        bench.on(.subscribe(1, channel: "account:acc_1", since: nil))
        bench.on(.connect)
        bench.on(.opened)
        let sent = bench.receive(
            #"""
            {"connected":{"session":"ses_1","account":"acc_1","heartbeat_seconds":25,\#
            "position":{"epoch":"k1","offset":5}}}
            """#
        ).sent
        #expect(sent == [#"{"id":1,"subscribe":{"channel":"account:acc_1","since":{"epoch":"k1","offset":5}}}"#])
        let actions = bench.receive(
            #"{"channel":"account:acc_1","offset":6,"data":{}}"#,
            Lines.answer(1, offset: 7, recovered: true, messages: 6...7))
        #expect(actions.told(1).first == .joined(ChannelPosition(epoch: "k1", offset: 5)))
        #expect(actions.offsets(1) == [6, 7])
        // A refusal is no loss: nobody asked for what was before.
        var late = MachineBench()
        late.on(.subscribe(1, channel: "account:acc_1", since: nil))
        late.on(.connect)
        late.on(.opened)
        late.receive(
            #"{"connected":{"session":"ses_1","account":"acc_1","position":{"epoch":"k1","offset":5}}}"#)
        #expect(late.receive(Lines.answer(1, offset: 7)).told(1) == [.joined(ChannelPosition(epoch: "k1", offset: 7))])
    }

    @Test func messagesAreToldOnceAndInOrder() {
        var bench = live(at: 5)
        let told = bench.receive(
            Lines.push(6), Lines.push(6), Lines.push(5), Lines.push(7), Lines.push(6), Lines.push(8))
        #expect(told.offsets(1) == [6, 7, 8])
        #expect(bench.machine.metrics.duplicates == 3)
    }

    @Test func newestValuesAreToldAsTheyCome() {
        var bench = live()
        let told = bench.receive(#"{"channel":"post:pst_1","data":{"type":"post.counted","likes":9}}"#).told(1)
        #expect(told == [.newest(["type": "post.counted", "likes": 9])])
    }

    @Test func everySubscriptionIsResumedFromWhereItStopped() {
        var bench = live(at: 5)
        bench.on(.subscribe(2, channel: "shop:shp_1", since: ChannelPosition(epoch: "z", offset: 9)))
        bench.receive(Lines.answer(2, epoch: "z", offset: 9, recovered: true))
        bench.receive(Lines.push(6))
        bench.lose()
        let sent = bench.greet().sent
        #expect(
            sent == [
                #"{"id":3,"subscribe":{"channel":"post:pst_1","since":{"epoch":"k1","offset":6}}}"#,
                #"{"id":4,"subscribe":{"channel":"shop:shp_1","since":{"epoch":"z","offset":9}}}"#,
            ])
        let told = bench.receive(Lines.answer(3, offset: 8, recovered: true, messages: 7...8), Lines.push(9))
        #expect(told.told(1).first == .recovered(count: 2))
        #expect(told.offsets(1) == [7, 8, 9])
        #expect(bench.machine.metrics.resumed == 2)
    }

    @Test func recoveredMessagesThatWereToldAreLeftOut() {
        var bench = live(at: 5)
        bench.receive(Lines.push(6))
        bench.lose()
        bench.greet()
        let actions = bench.receive(Lines.answer(2, offset: 8, recovered: true, messages: 4...8))
        #expect(actions.offsets(1) == [7, 8])
        #expect(actions.told(1).first == .recovered(count: 2))
    }

    @Test func aRefusedRecoveryIsToldAndGoesOn() {
        var bench = live(at: 5)
        bench.lose()
        bench.greet()
        let actions = bench.receive(
            Lines.answer(2, epoch: "k2", offset: 2, recovered: false), Lines.push(3), Lines.push(2))
        #expect(actions.told(1).first == .missed(ChannelPosition(epoch: "k2", offset: 2)))
        #expect(actions.offsets(1) == [3])
        #expect(bench.machine.metrics.refusedRecoveries == 1)
    }

    /// A server that says it is whole when it is not is not believed.
    @Test(arguments: [
        Lines.answer(2, offset: 9, recovered: true, messages: 8...9),
        Lines.answer(2, epoch: "k2", offset: 7, recovered: true, messages: 6...7),
        Lines.answer(2, offset: 9, recovered: true),
        Lines.answer(2, offset: 3, recovered: true),
        #"{"id":2,"ok":{"epoch":"k1","offset":8,"recovered":true,"messages":[{"offset":6,"data":1},{"offset":8,"data":1}]}}"#,
        #"{"id":2,"ok":{"epoch":"k1","offset":9}}"#,
    ])
    func aRecoveryWithAHoleIsNone(answer: String) {
        var bench = live(at: 5)
        bench.lose()
        bench.greet()
        let told = bench.receive(answer).told(1)
        #expect(told.count == 1)
        guard case .missed = told.first else {
            Issue.record("told \(told)")
            return
        }
    }

    @Test func aGapIsFetchedBeforeWhatFollowsIt() {
        var bench = live(at: 5)
        let asked = bench.receive(Lines.push(8))
        #expect(asked.offsets(1) == [])
        #expect(asked.sent == [#"{"id":2,"history":{"channel":"post:pst_1","since":{"epoch":"k1","offset":5}}}"#])
        #expect(bench.receive(Lines.push(9)) == [])
        #expect(bench.receive(Lines.answer(2, offset: 8, recovered: true, messages: 6...8)).offsets(1) == [6, 7, 8, 9])
        #expect(bench.receive(Lines.push(10)).offsets(1) == [10])
    }

    @Test func aGapThatIsGoneIsTold() {
        var bench = live(at: 5)
        bench.receive(Lines.push(8))
        bench.receive(Lines.push(9))
        let actions = bench.receive(Lines.answer(2, offset: 8, recovered: false))
        #expect(actions.told(1).first == .missed(ChannelPosition(epoch: "k1", offset: 8)))
        #expect(actions.offsets(1) == [9])
    }

    @Test func aHistoryInPartsIsFetchedToItsEnd() {
        var bench = live(at: 0)
        bench.receive(Lines.push(250))
        #expect(bench.receive(Lines.answer(2, offset: 250, recovered: true, messages: 1...100)).sent.count == 1)
        #expect(bench.receive(Lines.answer(3, offset: 250, recovered: true, messages: 101...200)).sent.count == 1)
        bench.receive(Lines.answer(4, offset: 250, recovered: true, messages: 201...250))
        #expect(bench.actions.offsets(1) == Array(1...250))
    }

    @Test func whatIsTooMuchToHoldIsFetched() {
        var configuration = RealtimeConfiguration()
        configuration.heldMessagesMax = 3
        var bench = MachineBench(configuration)
        bench.open()
        bench.on(.subscribe(1, channel: channel, since: nil))
        bench.receive(Lines.answer(1, offset: 0))
        for offset in Int64(2)...10 { bench.receive(Lines.push(offset)) }
        #expect(bench.receive(Lines.answer(2, offset: 4, recovered: true, messages: 1...4)).sent.count == 1)
        bench.receive(Lines.answer(3, offset: 10, recovered: true, messages: 5...10))
        #expect(bench.actions.offsets(1) == Array(1...10))
    }

    /// The person's own channel is joined by the server before anybody asks.
    @Test func aChannelThatIsJoinedAlreadyIsAskedForItsHistory() {
        var bench = MachineBench()
        bench.open()
        bench.on(.subscribe(1, channel: channel, since: ChannelPosition(epoch: "k1", offset: 5)))
        bench.receive(Lines.push(7))
        let sent = bench.receive(Lines.error(1, "already_subscribed")).sent
        #expect(sent == [#"{"id":2,"history":{"channel":"post:pst_1","since":{"epoch":"k1","offset":5}}}"#])
        #expect(bench.receive(Lines.answer(2, offset: 7, recovered: true, messages: 6...7)).offsets(1) == [6, 7])
    }

    @Test(arguments: ["not_permitted", "unknown_channel", "too_many_subscriptions"])
    func aRefusedSubscriptionEnds(code: String) {
        var bench = MachineBench()
        bench.open()
        bench.on(.subscribe(1, channel: channel, since: nil))
        let refusal = RealtimeError.Refusal(code: code, message: "No.", isRetryable: false)
        #expect(bench.receive(Lines.error(1, code)) == [.finish(1, .refused(refusal))])
        // The name is free again.
        #expect(bench.on(.subscribe(2, channel: channel, since: nil)).sent.count == 1)
    }

    @Test func aChannelThatOneMayNoLongerHearEnds() {
        var bench = live()
        let refusal = RealtimeError.Refusal(
            code: "not_permitted", message: "The channel is heard no more.", isRetryable: false)
        let actions = bench.receive(#"{"channel":"post:pst_1","ended":{"code":"not_permitted"}}"#, Lines.push(6))
        #expect(actions == [.finish(1, .refused(refusal))])
        bench.lose()
        #expect(bench.greet() == [])
    }

    @Test func aChannelThatEndedForAllIsAskedForAgain() throws {
        var bench = live()
        let actions = bench.receive(#"{"channel":"post:pst_1","ended":{"code":"subscribe_again"}}"#)
        let sent = try #require(actions.sent.first)
        #expect(actions.sent.count == 1)
        #expect(sent.contains(#""subscribe":{"channel":"post:pst_1","since":{"epoch":"#), "from where it was")
    }

    @Test func aSubscriptionThatMaySucceedLaterIsTriedAgain() {
        var bench = MachineBench()
        bench.open()
        bench.on(.subscribe(1, channel: channel, since: nil))
        #expect(bench.receive(Lines.error(1, "unavailable", retryable: true, after: 2_000)) == [])
        #expect(bench.pass(1_999) == [])
        #expect(bench.pass(1).sent.count == 1)
    }

    @Test func aChannelWhoseAnswerDoesNotComeBreaksTheConnection() {
        var bench = MachineBench()
        bench.open()
        bench.on(.subscribe(1, channel: channel, since: nil))
        bench.pass(14_999)
        #expect(bench.pass(1).contains(.dropConnection))
        bench.pass(250)
        #expect(bench.greet().sent.count == 1)
    }

    @Test func anAnswerThatIsNoneBreaksTheConnection() {
        var bench = MachineBench()
        bench.open()
        bench.on(.subscribe(1, channel: channel, since: nil))
        #expect(bench.receive(#"{"id":1,"ok":{"epoch":7}}"#) == [.dropConnection])
    }

    @Test func aChannelIsSubscribedToOnce() {
        var bench = live()
        #expect(bench.on(.subscribe(2, channel: channel, since: nil)) == [.finish(2, .alreadySubscribed)])
    }

    @Test func leavingAndComingBackWaitsForTheServer() {
        var bench = live()
        #expect(bench.on(.unsubscribe(1)).sent == [#"{"id":2,"unsubscribe":{"channel":"post:pst_1"}}"#])
        #expect(bench.on(.subscribe(2, channel: channel, since: nil)) == [])
        #expect(bench.receive(Lines.push(6)) == [])
        #expect(bench.receive(#"{"id":2,"ok":{}}"#).sent == [#"{"id":3,"subscribe":{"channel":"post:pst_1"}}"#])
    }

    @Test func leavingBeforeTheAnswerLeavesAfterIt() {
        var bench = MachineBench()
        bench.open()
        bench.on(.subscribe(1, channel: channel, since: nil))
        #expect(bench.on(.unsubscribe(1)) == [])
        #expect(bench.on(.subscribe(2, channel: channel, since: nil)) == [])
        #expect(bench.receive(Lines.answer(1, offset: 3)).sent == [#"{"id":2,"unsubscribe":{"channel":"post:pst_1"}}"#])
        #expect(bench.receive(#"{"id":2,"ok":{}}"#).sent == [#"{"id":3,"subscribe":{"channel":"post:pst_1"}}"#])
        #expect(bench.receive(Lines.answer(3, offset: 3)).told(2) == [.joined(ChannelPosition(epoch: "k1", offset: 3))])
    }

    @Test func leavingBeforeARefusalFreesTheName() {
        var bench = MachineBench()
        bench.open()
        bench.on(.subscribe(1, channel: channel, since: nil))
        bench.on(.unsubscribe(1))
        bench.on(.subscribe(2, channel: channel, since: nil))
        #expect(bench.receive(Lines.error(1, "unavailable")).sent.count == 1)
    }

    @Test func leavingOfflineTellsNobody() {
        var bench = live()
        bench.on(.closed(code: nil, reason: nil))
        bench.on(.unsubscribe(1))
        bench.pass(250)
        #expect(bench.greet() == [])
    }

    @Test func aHundredChannelsComeBackWithinThePace() {
        var bench = MachineBench()
        for key in 1...100 {
            bench.on(.subscribe(Int64(key), channel: "post:pst_\(key)", since: ChannelPosition(epoch: "k", offset: 1)))
        }
        bench.on(.command(200, name: "publish", body: [:]))
        var sent = bench.open().sent
        #expect(sent.count == 45)
        sent += bench.pass(5_600).sent
        #expect(sent.count == 101)
        // Commands come after channels.
        #expect(sent.last?.contains("publish") == true)
    }

    /// Whatever the network does, a subscriber ends with every message once and in order, or was told that some are gone.
    @Test(arguments: 0..<200)
    func nothingIsLostSilently(seed: UInt64) {
        var dice = Dice(seed: seed)
        var server = FlakyServer(dice: Dice(seed: seed &+ 1_000))
        var bench = MachineBench()
        bench.open()
        server.heard(bench.on(.subscribe(1, channel: channel, since: nil)).sent)
        for _ in 0..<400 {
            var actions: [RealtimeStateMachine.Action] = []
            switch dice.below(10) {
            case 0:
                bench.lose()
                server.disconnect()
                actions = bench.greet()
            case 1...4: server.publish()
            default: server.deliver(to: &bench, &actions)
            }
            server.heard(actions.sent)
        }
        for _ in 0..<1_000 where !server.isIdle {
            var actions: [RealtimeStateMachine.Action] = []
            server.deliver(to: &bench, &actions)
            server.heard(actions.sent)
        }
        server.check(bench.actions.told(1), seed: seed)
    }
}
