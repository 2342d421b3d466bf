import PlazaAPI
import Testing

@testable import PlazaClient

@Suite struct ConnectionMachineTests {
    @Test func connectingAsksForOneConnection() {
        var bench = MachineBench()
        #expect(bench.on(.connect) == [.connect])
        #expect(bench.on(.connect) == [])
        bench.greet()
        #expect(bench.machine.state == .connected(session: "ses_1"))
        #expect(bench.machine.metrics.attempts == 1)
        #expect(bench.machine.metrics.connects == 1)
    }

    @Test func waitsDoubleUpToHalfAMinute() {
        var bench = MachineBench()
        bench.on(.connect)
        var waits: [Int64] = []
        for _ in 0..<10 {
            bench.on(.attemptFailed(.unreachable))
            waits.append(bench.wait ?? -1)
            bench.pass(bench.wait ?? 0)
        }
        #expect(waits == [250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000])
    }

    @Test func theWaitIsDrawnFromNought() {
        // Drawn from in this test alone, by the machine that is handed an event.
        nonisolated(unsafe) var asked: [ClosedRange<Int64>] = []
        var bench = MachineBench { range in
            asked.append(range)
            return range.lowerBound
        }
        bench.on(.connect)
        bench.on(.attemptFailed(.unreachable))
        #expect(asked == [0...250])
        #expect(bench.wait == 0)
    }

    @Test(arguments: [(1_830, 1_830), (60_000, 60_000), (-5, 0), (86_400_000, 300_000)] as [(Int64, Int64)])
    func theServersHintWins(hint: Int64, wait: Int64) {
        var bench = MachineBench()
        bench.open()
        bench.on(.closed(code: 3000, reason: #"{"code":"draining","retry_after_ms":\#(hint)}"#))
        #expect(bench.wait == wait)
    }

    @Test func aConnectionThatBreaksAtOnceDoesNotResetTheWait() {
        var bench = MachineBench()
        bench.open()
        bench.lose()
        bench.greet()
        bench.pass(4_999)
        bench.on(.closed(code: nil, reason: nil))
        #expect(bench.wait == 500)
        bench.pass(500)
        bench.greet()
        bench.pass(5_000)
        bench.on(.closed(code: nil, reason: nil))
        #expect(bench.wait == 250)
    }

    @Test(arguments: [1000, 1001, 1006, 1011, 1008, 1012, 3000, 3001, 3002, 3499, 4000])
    func theseCloseCodesComeBack(code: Int) {
        var bench = MachineBench()
        bench.open()
        bench.on(.closed(code: code, reason: nil))
        #expect(bench.isWaiting)
    }

    @Test(arguments: [1002, 1003, 1007, 1009, 3501, 3502, 3999])
    func theseCloseCodesEndIt(code: Int) {
        var bench = MachineBench()
        bench.open()
        bench.on(.subscribe(1, channel: "post:pst_1", since: nil))
        bench.on(.command(2, name: "publish", body: [:]))
        let actions = bench.on(.closed(code: code, reason: "why"))
        let end = RealtimeEnd.closedByServer(code: code, reason: "why")
        #expect(bench.end == end)
        #expect(actions.contains(.finish(1, .ended(end))))
        #expect(actions.contains(.answer(2, .failure(.connectionLost))))
        #expect(bench.pass(600_000) == [])
        #expect(bench.on(.command(3, name: "ping", body: [:])) == [.answer(3, .failure(.ended(end)))])
        #expect(bench.on(.subscribe(4, channel: "a:b", since: nil)) == [.finish(4, .ended(end))])
    }

    @Test func aRevokedSessionAsksToSignIn() {
        var bench = MachineBench()
        bench.open()
        bench.on(.closed(code: 3500, reason: #"{"code":"session_revoked"}"#))
        #expect(bench.end == .signInNeeded)
    }

    @Test(
        arguments: [
            (400, "bad_handshake", nil), (403, "origin_not_allowed", nil), (404, nil, nil),
            (426, "websocket_required", nil),
            (101, "wrong_subprotocol", nil),
        ] as [(Int, String?, Int64?)])
    func theseHandshakesEndIt(status: Int, code: String?, after: Int64?) {
        var bench = MachineBench()
        bench.on(.connect)
        bench.on(.attemptFailed(.handshakeRefused(status: status, code: code, retryAfterMilliseconds: after)))
        #expect(bench.end == .handshakeRefused(status: status, code: code))
    }

    @Test(
        arguments: [(429, 7_000, 7_000), (503, nil, 250), (500, nil, 250), (503, 2_000, 2_000)]
            as [(Int, Int64?, Int64)])
    func theseHandshakesAreTriedAgain(status: Int, after: Int64?, wait: Int64) {
        var bench = MachineBench()
        bench.on(.connect)
        bench.on(.attemptFailed(.handshakeRefused(status: status, code: nil, retryAfterMilliseconds: after)))
        #expect(bench.wait == wait)
    }

    @Test func anotherCredentialIsTriedOnce() {
        var bench = MachineBench()
        bench.on(.connect)
        let refusal = RealtimeStateMachine.AttemptFailure.handshakeRefused(
            status: 401, code: "invalid_ticket", retryAfterMilliseconds: nil)
        bench.on(.attemptFailed(refusal))
        #expect(bench.pass(250) == [.connect])
        bench.on(.attemptFailed(refusal))
        #expect(bench.end == .signInNeeded)
    }

    @Test func aCredentialThatWorkedMakesTheNextRefusalTheFirst() {
        var bench = MachineBench()
        let refusal = RealtimeStateMachine.AttemptFailure.handshakeRefused(
            status: 401, code: "invalid_ticket", retryAfterMilliseconds: nil)
        bench.on(.connect)
        bench.on(.attemptFailed(refusal))
        bench.pass(250)
        bench.greet()
        bench.lose()
        bench.on(.attemptFailed(refusal))
        #expect(bench.isWaiting)
    }

    @Test func withoutACredentialToComeItEnds() {
        var bench = MachineBench()
        bench.on(.connect)
        bench.on(.attemptFailed(.noCredential(isFinal: false)))
        #expect(bench.pass(250) == [.connect])
        bench.on(.attemptFailed(.noCredential(isFinal: true)))
        #expect(bench.end == .signInNeeded)
    }

    @Test func anAttemptThatHangsIsGivenUp() {
        var bench = MachineBench()
        bench.on(.connect)
        bench.pass(9_999)
        #expect(!bench.isWaiting)
        #expect(bench.pass(1) == [.dropConnection])
        #expect(bench.isWaiting)
    }

    @Test func aServerThatDoesNotGreetIsGivenUp() {
        var bench = MachineBench()
        bench.on(.connect)
        bench.on(.opened)
        #expect(bench.pass(10_000) == [.dropConnection])
    }

    @Test func twoHeartbeatsOfSilenceAreDeath() {
        var bench = MachineBench()
        bench.open(heartbeatSeconds: 25)
        #expect(bench.pass(25_000).sent == [#"{"id":1,"ping":{}}"#])
        #expect(!bench.pass(24_999).contains(.dropConnection))
        #expect(bench.pass(1).contains(.dropConnection))
        #expect(bench.machine.metrics.brokenConnections == 1)
        #expect(bench.isWaiting)
    }

    @Test(arguments: [true, false])
    func whateverComesIsASignOfLife(isPing: Bool) {
        var bench = MachineBench()
        bench.open(heartbeatSeconds: 25)
        for _ in 0..<10 {
            bench.pass(40_000)
            if isPing { bench.on(.lifeSign) } else { bench.receive(#"{"news":1}"#) }
        }
        #expect(bench.machine.state == .connected(session: "ses_1"))
    }

    @Test func aPingTellsTheRoundTrip() {
        var bench = MachineBench()
        bench.open(heartbeatSeconds: 25)
        bench.pass(25_000)
        bench.pass(42)
        bench.receive(#"{"id":1,"ok":{}}"#)
        #expect(bench.machine.metrics.roundTripMilliseconds == 42)
    }

    @Test(arguments: ["{", "nonsense", #"{"connected":}"#, #"{"channel":"a:b","data":"\ud800"}"#, "[[[", "\u{0}"])
    func whatCannotBeReadBreaksTheConnection(text: String) {
        var bench = MachineBench()
        bench.open()
        #expect(bench.receive(text) == [.dropConnection])
        #expect(bench.isWaiting)
    }

    @Test(arguments: [
        "{}", "[]", "7", #"{"id":99,"ok":{}}"#, #"{"channel":"x:y","offset":1,"data":{}}"#, #"{"error":{}}"#, "",
    ])
    func whatIsNotForUsIsLeft(text: String) {
        var bench = MachineBench()
        bench.open()
        #expect(bench.receive(text) == [])
        #expect(!bench.isWaiting)
    }

    @Test func closingEndsWithoutErrors() {
        var bench = MachineBench()
        bench.open()
        bench.on(.subscribe(1, channel: "post:pst_1", since: nil))
        let actions = bench.on(.close)
        #expect(actions == [.closeConnection(code: 1000), .finish(1, nil)])
        #expect(bench.on(.close) == [])
        #expect(bench.on(.connect) == [])
    }

    @Test func reportsSayWhereItStands() {
        var bench = MachineBench()
        bench.open()
        bench.lose()
        let states = bench.actions.compactMap { if case .report(let status) = $0 { status.state } else { nil } }
        #expect(
            states == [
                .connecting(attempt: 1), .connected(session: "ses_1"), .waiting(milliseconds: 250),
                .connecting(attempt: 1),
            ])
    }
}
