/// Sockets that come, stay, and speak a little: what each costs the server.
struct Connect {
    struct Report: Encodable {
        let sockets: Int
        let seconds: Double
        let perSecond: Double
        let memoryBefore: Memory
        let memoryIdle: Memory
        /// Growth of user memory, over the sockets.
        let bytesPerSocketIdle: Double
        let residentBytesPerSocketIdle: Double
        let memoryActive: Memory?
        let bytesPerSocketActive: Double?
        let cpuMicrosecondsPerSocketSecond: Double?
        let loadProcessors: Double
        let lost: Int
        let lostReason: String
    }

    private let count: Int
    private let holdSeconds: Int
    private let messages: Int
    private let inFlightMax: Int
    private let server: ServerProcess
    private let swarm: Swarm

    init(_ options: Options) throws {
        count = try options.number("sockets")
        holdSeconds = try options.number("hold", default: 0)
        messages = try options.number("messages", default: 0)
        inFlightMax = try options.number("in-flight", default: 256)
        server = try ServerProcess(options)
        swarm = try Swarm(Target(options), count: count)
    }

    func run() throws -> Report {
        var nobody = Nobody()
        let before = server.memory()
        let processorBefore = Clock.processorSeconds()
        let seconds = try swarm.open(0..<count, inFlightMax: inFlightMax, &nobody)
        let load = (Clock.processorSeconds() - processorBefore) / seconds
        // What the server frees a moment later is not what a socket costs.
        try swarm.turn(&nobody, forSeconds: 2)
        let idle = server.memory()
        let cpu = try holdSeconds > 0 ? processorMicroseconds() : nil
        let active = try messages > 0 ? afterMessages() : nil
        func perSocket(_ kib: Int) -> Double { Double(kib * 1_024) / Double(count) }
        return Report(
            sockets: count, seconds: seconds, perSecond: Double(count) / seconds, memoryBefore: before,
            memoryIdle: idle, bytesPerSocketIdle: perSocket(idle.userKib - before.userKib),
            residentBytesPerSocketIdle: perSocket(idle.residentKib - before.residentKib), memoryActive: active,
            bytesPerSocketActive: active.map { perSocket($0.userKib - before.userKib) },
            cpuMicrosecondsPerSocketSecond: cpu, loadProcessors: load, lost: swarm.lostCount,
            lostReason: swarm.lostReason)
    }

    private func processorMicroseconds() throws -> Double {
        var nobody = Nobody()
        let (start, used) = (Clock.now(), server.processorSeconds())
        try swarm.turn(&nobody, forSeconds: Double(holdSeconds))
        return (server.processorSeconds() - used) * 1e6 / Clock.seconds(since: start) / Double(count)
    }

    private func afterMessages() throws -> Memory {
        var rounds = Rounds(swarm, sockets: count, messages: messages)
        try rounds.run()
        var nobody = Nobody()
        try swarm.turn(&nobody, forSeconds: 2)
        return server.memory()
    }
}

/// Every socket sends a command and hears the reply, then every socket once more: so that each is idle most of the time.
private struct Rounds: Audience {
    private static let inFlightMax = 256
    private let swarm: Swarm
    private let sockets: Int
    private let total: Int
    private let ping: [UInt8]
    private var sent = 0
    private var answered = 0

    init(_ swarm: Swarm, sockets: Int, messages: Int) {
        (self.swarm, self.sockets, total) = (swarm, sockets, sockets * messages)
        ping = swarm.target.ping
    }

    mutating func run() throws {
        var (progress, progressAt) = (0, Clock.now())
        while sent < min(Self.inFlightMax, sockets) { next() }
        while answered < total {
            try swarm.turn(&self, milliseconds: 100)
            if answered > progress {
                (progress, progressAt) = (answered, Clock.now())
            } else if Clock.seconds(since: progressAt) > 10 {
                throw Failure("\(answered) of \(total) replies, then none for 10 s; \(swarm.lostReason)")
            }
        }
    }

    mutating func heard(_ payload: UnsafeRawBufferPointer, on socket: Int, at now: Int64) throws {
        let replies = try swarm.target.replies(in: payload)
        answered += replies
        for _ in 0..<replies where sent < total { next() }
    }

    private mutating func next() {
        swarm.send(ping, on: sent % sockets)
        sent += 1
    }
}
