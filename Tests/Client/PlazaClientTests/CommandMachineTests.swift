import PlazaAPI
import Testing

@testable import PlazaClient

@Suite struct CommandMachineTests {
    @Test func aCommandIsSentAndAnswered() {
        var bench = MachineBench()
        bench.open()
        let sent = bench.on(.command(7, name: "publish", body: ["channel": "live:liv_1", "data": ["text": "Hi"]])).sent
        #expect(sent == [#"{"id":1,"publish":{"channel":"live:liv_1","data":{"text":"Hi"}}}"#])
        #expect(bench.receive(#"{"id":1,"ok":{"sequence":4}}"#) == [.answer(7, .success(["sequence": 4]))])
        #expect(bench.receive(#"{"id":1,"ok":{"sequence":4}}"#) == [])
    }

    @Test func aRefusalIsTold() {
        var bench = MachineBench()
        bench.open()
        bench.on(.command(7, name: "publish", body: [:]))
        let refusal = RealtimeError.Refusal(code: "not_permitted", message: "No.", isRetryable: false)
        #expect(bench.receive(Lines.error(1, "not_permitted")) == [.answer(7, .failure(.refused(refusal)))])
    }

    @Test func whatIsSaidOfflineIsSentInOrder() {
        var bench = MachineBench()
        for key in 1...3 {
            #expect(bench.on(.command(Int64(key), name: "publish", body: ["n": .integer(Int64(key))])) == [])
        }
        let sent = bench.open().sent
        #expect(sent == (1...3).map { #"{"id":\#($0),"publish":{"n":\#($0)}}"# })
    }

    @Test func theOldestOfAHundredAndOneIsDropped() {
        var bench = MachineBench()
        for key in 1...100 { #expect(bench.on(.command(Int64(key), name: "publish", body: [:])) == []) }
        #expect(bench.on(.command(101, name: "publish", body: [:])) == [.answer(1, .failure(.queueFull))])
        #expect(bench.on(.command(102, name: "publish", body: [:])) == [.answer(2, .failure(.queueFull))])
        #expect(bench.machine.metrics.commandsDropped == 2)
    }

    @Test func whatWasSentFailsWithTheConnectionAndWhatWaitsDoesNot() {
        var bench = MachineBench()
        bench.open()
        bench.on(.command(1, name: "publish", body: [:]))
        #expect(bench.on(.closed(code: nil, reason: nil)) == [.answer(1, .failure(.connectionLost))])
        bench.on(.command(2, name: "publish", body: ["n": 2]))
        bench.pass(250)
        #expect(bench.greet().sent.count == 1)
        // An answer to a command of the old connection answers nothing.
        #expect(bench.receive(#"{"id":1,"ok":{}}"#) == [])
    }

    @Test func aCommandThatIsNotAnsweredTimesOut() {
        var bench = MachineBench()
        bench.open()
        bench.on(.command(1, name: "publish", body: [:]))
        #expect(bench.pass(14_999) == [])
        #expect(bench.pass(1) == [.answer(1, .failure(.timedOut))])
        #expect(bench.machine.state == .connected(session: "ses_1"))
    }

    @Test func whatIsWithdrawnInTimeIsNotSent() {
        var bench = MachineBench()
        bench.on(.command(1, name: "publish", body: ["n": 1]))
        bench.on(.command(2, name: "publish", body: ["n": 2]))
        bench.on(.withdraw(1))
        #expect(bench.open().sent == [#"{"id":1,"publish":{"n":2}}"#])
    }

    @Test func whatTheServerWouldCloseForIsNotSent() {
        var bench = MachineBench()
        bench.open()
        let text = String(repeating: "x", count: 60_000)
        let actions = bench.on(.command(1, name: "publish", body: ["text": .string(text)]))
        #expect(actions == [.answer(1, .failure(.tooLarge(bytes: 60_021)))])
    }

    @Test func commandsLeaveNoFasterThanTheServerTakesThem() {
        var bench = MachineBench()
        bench.open()
        var count = 0
        for key in 1...100 { count += bench.on(.command(Int64(key), name: "publish", body: [:])).sent.count }
        #expect(count == 45)
        #expect(bench.pass(1_000).sent.count == 10)
        #expect(bench.pass(4_500).sent.count == 45)
    }

    /// The server's own rule: ten a second, fifty at once. Who passes it is cut off for good.
    @Test(arguments: 0..<20)
    func theServersBucketIsNeverEmpty(seed: UInt64) {
        var random = Dice(seed: seed)
        var bench = MachineBench()
        bench.open(heartbeatSeconds: 1)
        var tokens = 50_000.0
        var last = bench.now
        for key in 1...2_000 {
            let actions =
                random.below(3) == 0
                ? bench.pass(Int64(random.below(400))) : bench.on(.command(Int64(key), name: "ping", body: [:]))
            bench.on(.lifeSign)
            tokens = min(50_000, tokens + Double(bench.now - last) * 10) - Double(actions.sent.count) * 1_000
            last = bench.now
            #expect(tokens >= 0, "seed \(seed), step \(key)")
        }
    }

    @Test func whoIsToldToBeSlowerIsSilent() {
        var bench = MachineBench()
        bench.open()
        bench.on(.command(1, name: "publish", body: [:]))
        bench.receive(Lines.error(1, "rate_limited", retryable: true, after: 3_000))
        #expect(bench.on(.command(2, name: "publish", body: [:])) == [])
        #expect(bench.pass(2_999) == [])
        #expect(bench.pass(1).sent.count == 1)
    }

    @Test func manyCommandsShareFramesThatAreNotTooLarge() {
        var bench = MachineBench()
        let text = String(repeating: "x", count: 1_000)
        for key in 1...40 { bench.on(.command(Int64(key), name: "publish", body: ["text": .string(text)])) }
        let frames = bench.open().compactMap { if case .send(let frame) = $0 { frame } else { nil } }
        #expect(frames.count == 3)
        #expect(frames.allSatisfy { $0.utf8.count <= 16_384 })
        #expect(bench.machine.metrics.bytesSent == frames.reduce(0) { $0 + Int64($1.utf8.count) })
    }
}

/// SplitMix64: a failing seed can be run again.
struct Dice {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1
    }

    mutating func below(_ bound: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((value ^ (value >> 31)) % UInt64(bound))
    }
}
