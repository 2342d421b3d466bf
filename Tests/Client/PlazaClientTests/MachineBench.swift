import PlazaAPI
import Testing

@testable import PlazaClient

/// A state machine with a clock and dice of the test's.
struct MachineBench {
    typealias Action = RealtimeStateMachine.Action

    var machine: RealtimeStateMachine
    var now: Int64 = 1_000
    var actions: [Action] = []

    /// - Parameter draw: what the dice show for a range; its upper end when nil.
    init(_ configuration: RealtimeConfiguration = .init(), draw: @escaping (ClosedRange<Int64>) -> Int64 = \.upperBound)
    {
        machine = RealtimeStateMachine(configuration, random: draw)
    }

    /// Hands an event on.
    /// - Returns: what it leads to, without reports.
    @discardableResult
    mutating func on(_ event: RealtimeStateMachine.Event) -> [Action] {
        let new = machine.handle(event, now: now)
        actions += new
        return new.filter { if case .report = $0 { false } else { true } }
    }

    @discardableResult
    mutating func receive(_ lines: String...) -> [Action] {
        on(.received(lines.joined(separator: "\n")))
    }

    /// Lets time pass, with a tick whenever the machine asks for one.
    @discardableResult
    mutating func pass(_ milliseconds: Int64) -> [Action] {
        let end = now + milliseconds
        var new: [Action] = []
        var ticks = 0
        while let deadline = machine.deadline, deadline <= end {
            ticks += 1
            guard ticks < 10_000 else {
                Issue.record("the machine asks for ticks that change nothing")
                break
            }
            now = max(now, deadline)
            new += on(.tick)
        }
        now = end
        return new
    }

    /// Connects until it is greeted.
    @discardableResult
    mutating func open(heartbeatSeconds: Int64 = 25) -> [Action] {
        on(.connect)
        return greet(heartbeatSeconds: heartbeatSeconds)
    }

    @discardableResult
    mutating func greet(heartbeatSeconds: Int64 = 25) -> [Action] {
        on(.opened)
        return receive(
            #"{"connected":{"session":"ses_1","account":"acc_1","heartbeat_seconds":\#(heartbeatSeconds)}}"#)
    }

    /// Loses the connection and waits until the next attempt begins.
    mutating func lose(code: Int? = nil) {
        on(.closed(code: code, reason: nil))
        for _ in 0..<10 {
            guard case .waiting(let until) = machine.phase else { return }
            pass(max(0, until - now))
        }
    }

    var isWaiting: Bool { if case .waiting = machine.phase { true } else { false } }

    /// Milliseconds until the next attempt.
    var wait: Int64? { if case .waiting(let until) = machine.phase { until - now } else { nil } }

    var end: RealtimeEnd? { if case .ended(let end) = machine.phase { end } else { nil } }
}

extension [RealtimeStateMachine.Action] {
    /// Lines that are sent.
    var sent: [String] {
        flatMap { action in
            if case .send(let frame) = action { frame.split(separator: "\n").map { String($0) } } else { [String]() }
        }
    }

    /// What a subscription is told.
    func told(_ key: Int64) -> [RealtimeElement] {
        compactMap { if case .deliver(key, let element) = $0 { element } else { nil } }
    }

    /// Offsets of the ordered messages that a subscription is told.
    func offsets(_ key: Int64) -> [Int64] {
        told(key).compactMap { if case .message(let offset, _) = $0 { offset } else { nil } }
    }
}

/// Answers and pushes as the server writes them.
enum Lines {
    static func answer(
        _ id: Int, epoch: String = "k1", offset: Int64, recovered: Bool? = nil, messages: ClosedRange<Int64>? = nil
    ) -> String {
        let list = messages.map { $0.map { #"{"offset":\#($0),"data":{"n":\#($0)}}"# }.joined(separator: ",") } ?? ""
        let isRecovered = recovered.map { #","recovered":\#($0)"# } ?? ""
        return
            #"{"id":\#(id),"ok":{"epoch":"\#(epoch)","offset":\#(offset)\#(isRecovered),"messages":[\#(list)],"latest":[]}}"#
    }

    static func push(_ offset: Int64, _ channel: String = "post:pst_1") -> String {
        #"{"channel":"\#(channel)","offset":\#(offset),"data":{"n":\#(offset)}}"#
    }

    static func error(_ id: Int, _ code: String, retryable: Bool = false, after: Int64? = nil) -> String {
        let hint = after.map { #","retry_after_ms":\#($0)"# } ?? ""
        return #"{"id":\#(id),"error":{"code":"\#(code)","message":"No.","retryable":\#(retryable)\#(hint)}}"#
    }
}
