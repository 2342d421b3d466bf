import Foundation
import Synchronization

/// Thousands of sockets end in one instant, while a few go on with their round trips.
struct Drop {
    struct Report: Encodable {
        let dropped: Int
        let remaining: Int
        /// Of the remaining, before anything happens.
        let latencyBefore: Latencies
        /// Of the remaining, from the instant of the drop on.
        let latencyDuring: Latencies
        let dropSeconds: Double
        /// With the remaining sockets only.
        let memoryBefore: Memory
        let memoryFull: Memory
        let memoryAfter: Memory
        /// Over that before; 1 is all of it returned.
        let userMemoryRatio: Double
        let residentMemoryRatio: Double
        let secondsUntilReturned: Double
        let lost: Int
        let lostReason: String
    }

    private static let remaining = 64
    private static let intervalMilliseconds = 100
    private static let calmSeconds = 2.0
    private let count: Int
    private let seconds: Double
    private let settleSecondsMax: Double
    private let withReset: Bool
    private let server: ServerProcess
    private let swarm: Swarm

    init(_ options: Options) throws {
        count = try options.number("sockets")
        seconds = Double(try options.number("seconds", default: 5))
        settleSecondsMax = Double(try options.number("settle", default: 20))
        withReset = options.text("how") == "reset"
        server = try ServerProcess(options)
        swarm = try Swarm(Target(options), count: Self.remaining + count)
    }

    func run() throws -> Report {
        var talk = Talk(swarm, sockets: Self.remaining, intervalMilliseconds: Self.intervalMilliseconds)
        try swarm.open(0..<Self.remaining, &talk)
        talk.begin()
        try talk.go(forSeconds: Self.calmSeconds)
        let before = server.memory()
        let crowd = Self.remaining..<Self.remaining + count
        try swarm.open(crowd, &talk)
        try talk.go(forSeconds: Self.calmSeconds)
        talk.forget()
        try talk.go(forSeconds: Self.calmSeconds)
        let (full, calm) = (server.memory(), talk.latency.latencies)
        talk.forget()
        let closing = Closing(swarm.giveAway(crowd), withReset: withReset)
        let start = Clock.now()
        closing.start()
        try talk.go(forSeconds: seconds)
        let during = talk.latency.latencies
        let after = try settled(&talk, to: before)
        return Report(
            dropped: count, remaining: Self.remaining, latencyBefore: calm, latencyDuring: during,
            dropSeconds: closing.seconds(), memoryBefore: before, memoryFull: full, memoryAfter: after,
            userMemoryRatio: Double(after.userKib) / Double(max(1, before.userKib)),
            residentMemoryRatio: Double(after.residentKib) / Double(max(1, before.residentKib)),
            secondsUntilReturned: Clock.seconds(since: start), lost: swarm.lostCount, lostReason: swarm.lostReason)
    }

    /// The memory once it is back within a tenth, or what it came to in the time given.
    private func settled(_ talk: inout Talk, to before: Memory) throws -> Memory {
        let start = Clock.now()
        while case let now = server.memory() {
            if now.residentKib * 10 <= before.residentKib * 11 || Clock.seconds(since: start) > settleSecondsMax {
                return now
            }
            try talk.go(forSeconds: 0.5)
        }
    }
}

/// Closes sockets on a thread of its own: twenty thousand closings take longer than the round trips may wait.
private final class Closing: Sendable {
    private let descriptors: [Int32]
    private let withReset: Bool
    private let done = DispatchSemaphore(value: 0)
    private let elapsed = Mutex(0.0)

    init(_ descriptors: [Int32], withReset: Bool) {
        (self.descriptors, self.withReset) = (descriptors, withReset)
    }

    func start() {
        Thread.detachNewThread { [self] in
            let start = Clock.now()
            Swarm.close(descriptors, withReset: withReset)
            elapsed.withLock { $0 = Clock.seconds(since: start) }
            done.signal()
        }
    }

    /// Waits until all are closed.
    func seconds() -> Double {
        done.wait()
        return elapsed.withLock { $0 }
    }
}
