import PlazaAPI
import Testing

@testable import PlazaClient

/// One channel of a server that loses, repeats and forgets, but says so when it is asked.
struct FlakyServer {
    private var dice: Dice
    private var epoch = 1
    private var offset: Int64 = 0
    /// Since the epoch began; older than ten are forgotten.
    private var kept: ClosedRange<Int64>? { offset == 0 ? nil : max(1, offset - 9)...offset }
    private var isSubscribed = false
    /// Lines on their way to the client.
    private var outgoing: [String] = []

    init(dice: Dice) {
        self.dice = dice
    }

    var isIdle: Bool { outgoing.isEmpty }

    mutating func publish() {
        offset += 1
        guard isSubscribed else { return }
        switch dice.below(8) {
        // Lost on its way: the client finds out by the next.
        case 0: break
        case 1: outgoing += [Lines.push(offset), Lines.push(offset)]
        default: outgoing.append(Lines.push(offset))
        }
    }

    mutating func disconnect() {
        outgoing = []
        isSubscribed = false
        if dice.below(4) == 0 {
            epoch += 1
            offset = Int64(dice.below(3))
        }
    }

    mutating func heard(_ lines: [String]) {
        for line in lines {
            guard let json = try? JSONValue(parsing: line), let id = json["id"]?.integer,
                let body = json["subscribe"] ?? json["history"]
            else { continue }
            isSubscribed = true
            outgoing.append(answer(Int(id), since: body["since"]))
        }
    }

    private func answer(_ id: Int, since: JSONValue?) -> String {
        guard let since, since["epoch"]?.string == "k\(epoch)", let seen = since["offset"]?.integer,
            seen == offset || kept?.contains(seen + 1) == true
        else { return Lines.answer(id, epoch: "k\(epoch)", offset: offset, recovered: since == nil ? nil : false) }
        return Lines.answer(
            id, epoch: "k\(epoch)", offset: offset, recovered: true,
            messages: seen == offset ? nil : seen + 1...offset)
    }

    mutating func deliver(to bench: inout MachineBench, _ actions: inout [RealtimeStateMachine.Action]) {
        guard !outgoing.isEmpty else { return }
        actions += bench.on(.received(outgoing.removeFirst()))
        // The pace of commands shall not be what ends the test.
        bench.now += 100
    }

    /// Each offset follows the one before, or what lies between was told to be missing.
    func check(_ told: [RealtimeElement], seed: UInt64) {
        var position: ChannelPosition?
        for element in told {
            switch element {
            case .joined(let start):
                #expect(position == nil, "seed \(seed)")
                position = start
            case .missed(let place): position = place
            case .message(let offset, let data):
                #expect(offset == (position?.offset ?? -1) + 1, "seed \(seed)")
                #expect(data["n"]?.integer == offset, "seed \(seed)")
                position = position.map { ChannelPosition(epoch: $0.epoch, offset: offset) }
            case .newest, .recovered: break
            }
        }
        #expect(position?.epoch == "k\(epoch)", "seed \(seed)")
    }
}
