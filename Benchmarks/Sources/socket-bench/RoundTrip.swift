/// Commands and their replies on a few sockets, each sending its next when it has been answered.
struct RoundTrip {
    struct Report: Encodable {
        let sockets: Int
        let replies: Int
        let perSecond: Double
        let latency: Latencies
        let loadProcessors: Double
    }

    private static let warmUpSeconds = 1.0
    private let seconds: Double
    private let count: Int
    private let swarm: Swarm

    init(_ options: Options) throws {
        seconds = Double(try options.number("seconds", default: 5))
        count = try options.number("sockets", default: 64)
        swarm = try Swarm(Target(options), count: count)
    }

    func run() throws -> Report {
        var talk = Talk(swarm, sockets: count)
        try swarm.open(0..<count, &talk)
        talk.begin()
        try talk.go(forSeconds: Self.warmUpSeconds)
        talk.forget()
        let (start, used) = (Clock.now(), Clock.processorSeconds())
        try talk.go(forSeconds: seconds)
        let elapsed = Clock.seconds(since: start)
        if swarm.lostCount > 0 { throw Failure("\(swarm.lostCount) sockets were closed: \(swarm.lostReason)") }
        return Report(
            sockets: count, replies: talk.latency.count, perSecond: Double(talk.latency.count) / elapsed,
            latency: talk.latency.latencies, loadProcessors: (Clock.processorSeconds() - used) / elapsed)
    }
}

/// Sockets that each have one command under way, as fast as they are answered or at a fixed pace.
///
/// With a pace, a reply is late from when its command was due, not from when it could at last be sent: a server that stands
/// still for a second is then seen by all commands of that second.
struct Talk: Audience {
    private let swarm: Swarm
    private let sockets: Int
    private let ping: [UInt8]
    private let intervalNanoseconds: Int64
    /// When the command under way was due.
    private var dueAt: [Int64]
    private var isAnswered: [Bool]
    private(set) var latency = Histogram()

    init(_ swarm: Swarm, sockets: Int, intervalMilliseconds: Int = 0) {
        (self.swarm, self.sockets) = (swarm, sockets)
        ping = swarm.target.ping
        intervalNanoseconds = Int64(intervalMilliseconds) * 1_000_000
        dueAt = Array(repeating: 0, count: sockets)
        isAnswered = Array(repeating: true, count: sockets)
    }

    mutating func begin() {
        let now = Clock.now()
        for socket in 0..<sockets {
            // Spread over the interval, as clients are.
            dueAt[socket] = now + intervalNanoseconds * Int64(socket) / Int64(sockets)
            if intervalNanoseconds == 0 { say(on: socket) }
        }
    }

    mutating func go(forSeconds seconds: Double) throws {
        let start = Clock.now()
        while Clock.seconds(since: start) < seconds { try turn() }
    }

    mutating func turn() throws {
        try swarm.turn(&self, milliseconds: intervalNanoseconds > 0 ? 1 : 100)
        guard intervalNanoseconds > 0 else { return }
        let now = Clock.now()
        for socket in 0..<sockets where isAnswered[socket] && dueAt[socket] <= now { say(on: socket) }
    }

    mutating func forget() {
        latency = Histogram()
    }

    mutating func heard(_ payload: UnsafeRawBufferPointer, on socket: Int, at now: Int64) throws {
        guard socket < sockets, try swarm.target.replies(in: payload) > 0, !isAnswered[socket] else { return }
        latency.record(now - dueAt[socket])
        isAnswered[socket] = true
        dueAt[socket] = intervalNanoseconds > 0 ? dueAt[socket] + intervalNanoseconds : now
        if dueAt[socket] <= now { say(on: socket) }
    }

    private mutating func say(on socket: Int) {
        isAnswered[socket] = false
        swarm.send(ping, on: socket)
    }
}
