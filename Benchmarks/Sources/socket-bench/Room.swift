/// A steady stream of messages into one channel: everybody is to get all of it, in order.
struct Room {
    struct Report: Encodable {
        let subscribers: Int
        let published: Int
        let publishedPerSecond: Double
        let deliveries: Int
        let perSecond: Double
        let lost: Int
        let outOfOrder: Int
        let frames: Int
        let latency: Latencies
        let loadProcessors: Double
    }

    private let seconds: Double
    private let rate: Double
    private let subscribers: Int
    private let publishers: Int
    private let swarm: Swarm
    private var publication: Publication

    init(_ options: Options) throws {
        seconds = Double(try options.number("seconds", default: 5))
        rate = Double(try options.number("rate", default: 5_000))
        subscribers = try options.number("sockets", default: 200)
        publishers = try options.number("publishers", default: 1)
        let target = try Target(options)
        swarm = try Swarm(target, count: subscribers + publishers)
        publication = try Publication(target, options)
    }

    mutating func run() throws -> Report {
        var stream = Stream(swarm.target, subscribers: subscribers)
        try swarm.open(0..<subscribers, &stream)
        try swarm.open(subscribers..<subscribers + publishers, as: .publisher, &stream)
        let (start, used) = (Clock.now(), Clock.processorSeconds())
        let published = try publish(&stream)
        let publishing = Clock.seconds(since: start)
        try drain(published * subscribers, &stream)
        // From the first to the last: what is under way at the beginning and the end is no part of the rate.
        let elapsed = max(1e-9, Double(stream.lastAt - stream.firstAt) / 1e9)
        return Report(
            subscribers: subscribers, published: published, publishedPerSecond: Double(published) / publishing,
            deliveries: stream.count, perSecond: Double(stream.count) / elapsed,
            lost: published * subscribers - stream.count, outOfOrder: stream.outOfOrder, frames: stream.frames,
            latency: stream.latency.latencies,
            loadProcessors: (Clock.processorSeconds() - used) / Clock.seconds(since: start))
    }

    private mutating func publish(_ stream: inout Stream) throws -> Int {
        let (start, total) = (Clock.now(), Int(rate * seconds))
        var published = 0
        while published < total {
            let due = min(total, 1 + Int(Clock.seconds(since: start) * rate))
            while published < due {
                let publisher = subscribers + published % publishers
                swarm.send(publication.frame(number: published, at: Clock.now()), on: publisher)
                published += 1
            }
            try swarm.turnAfterPause(&stream)
        }
        return published
    }

    /// Until all have arrived, or nothing more arrives.
    private func drain(_ wanted: Int, _ stream: inout Stream) throws {
        var (progress, progressAt) = (stream.count, Clock.now())
        while stream.count < wanted, Clock.seconds(since: progressAt) < 3 {
            try swarm.turnAfterPause(&stream)
            if stream.count > progress { (progress, progressAt) = (stream.count, Clock.now()) }
        }
    }
}

/// Checks that each socket is told every message once and in order.
private struct Stream: Audience {
    private let target: Target
    private let subscribers: Int
    private var position: NumberAfter
    private var time = NumberAfter(Publication.timeName)
    private var positions: [Int64]
    private(set) var count = 0
    private(set) var frames = 0
    private(set) var outOfOrder = 0
    private(set) var firstAt: Int64 = 0
    private(set) var lastAt: Int64 = 0
    private(set) var latency = Histogram()

    init(_ target: Target, subscribers: Int) {
        (self.target, self.subscribers) = (target, subscribers)
        // Plaza numbers what it tells; where nobody does, the publisher's own number stands in.
        position = NumberAfter(target.dialect == .plaza ? #""offset":"# : Publication.numberName)
        positions = Array(repeating: -1, count: subscribers)
    }

    mutating func heard(_ payload: UnsafeRawBufferPointer, on socket: Int, at now: Int64) throws {
        var refusal: String?
        if socket < subscribers { frames += 1 }
        target.forEachLine(in: payload) { line in
            switch line.kind {
            case .push where socket < subscribers: arrived(line, on: socket, at: now)
            case .refusal: refusal = line.text
            default: break
            }
        }
        if let refusal { throw Failure("refused: \(refusal)") }
    }

    private mutating func arrived(_ line: Line, on socket: Int, at now: Int64) {
        guard let published = time(line.bytes), let number = position(line.bytes) else { return }
        if positions[socket] >= 0, number != positions[socket] + 1 { outOfOrder += 1 }
        positions[socket] = number
        latency.record(now - published)
        if count == 0 { firstAt = now }
        count += 1
        lastAt = now
    }
}
