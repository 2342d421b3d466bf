/// One message to all subscribers of a channel, and the next when the last has reached everybody, or at a fixed rate.
struct Broadcast {
    struct Report: Encodable {
        let subscribers: Int
        let messages: Int
        let deliveries: Int
        let seconds: Double
        let perSecond: Double
        /// From just before it is published to each single delivery.
        let latency: Latencies
        let loadProcessors: Double
    }

    private static let warmUpSeconds = 1.0
    private let seconds: Double
    /// Messages a second; 0: the next goes out when the last has arrived everywhere.
    private let rate: Int
    private let subscribers: Int
    private let swarm: Swarm
    private var publication: Publication

    init(_ options: Options) throws {
        seconds = Double(try options.number("seconds", default: 5))
        rate = try options.number("rate", default: 0)
        subscribers = try options.number("sockets")
        let target = try Target(options)
        swarm = try Swarm(target, count: subscribers + 1)
        publication = try Publication(target, options)
    }

    mutating func run() throws -> Report {
        var deliveries = Deliveries(swarm.target, subscribers: subscribers)
        try swarm.open(0..<subscribers, &deliveries)
        try swarm.open(subscribers..<subscribers + 1, as: .publisher, &deliveries)
        var published = try publish(forSeconds: Self.warmUpSeconds, from: 0, &deliveries)
        let first = published
        deliveries.forget()
        let (start, used) = (Clock.now(), Clock.processorSeconds())
        published = try publish(forSeconds: seconds, from: first, &deliveries)
        let elapsed = Clock.seconds(since: start)
        return Report(
            subscribers: subscribers, messages: published - first, deliveries: deliveries.count, seconds: elapsed,
            perSecond: Double(deliveries.count) / elapsed, latency: deliveries.latency.latencies,
            loadProcessors: (Clock.processorSeconds() - used) / elapsed)
    }

    /// - Returns: the number of the message that would come next.
    private mutating func publish(
        forSeconds seconds: Double, from first: Int, _ deliveries: inout Deliveries
    ) throws -> Int {
        var number = first
        let (start, before) = (Clock.now(), deliveries.count)
        while Clock.seconds(since: start) < seconds {
            let sent = number - first
            let isDue =
                rate > 0
                ? Double(sent) <= Clock.seconds(since: start) * Double(rate)
                : deliveries.count - before == sent * subscribers
            guard isDue else {
                try swarm.turnAfterPause(&deliveries)
                continue
            }
            swarm.send(publication.frame(number: number, at: Clock.now()), on: subscribers)
            number += 1
        }
        try arrival(of: before + (number - first) * subscribers, &deliveries)
        return number
    }

    private func arrival(of count: Int, _ deliveries: inout Deliveries) throws {
        let start = Clock.now()
        while deliveries.count < count {
            try swarm.turnAfterPause(&deliveries)
            if Clock.seconds(since: start) > 10 {
                throw Failure("\(deliveries.count) deliveries of \(count) after 10 s; \(swarm.lostReason)")
            }
        }
    }
}

/// Counts messages as they arrive, and how old they are.
struct Deliveries: Audience {
    private let target: Target
    private let subscribers: Int
    private var time = NumberAfter(Publication.timeName)
    private(set) var count = 0
    private(set) var latency = Histogram()

    init(_ target: Target, subscribers: Int) {
        (self.target, self.subscribers) = (target, subscribers)
    }

    mutating func forget() {
        count = 0
        latency = Histogram()
    }

    mutating func heard(_ payload: UnsafeRawBufferPointer, on socket: Int, at now: Int64) throws {
        var refusal: String?
        target.forEachLine(in: payload) { line in
            switch line.kind {
            case .push where socket < subscribers:
                guard let published = time(line.bytes) else { return }
                latency.record(now - published)
                count += 1
            case .refusal:
                refusal = line.text
            default:
                break
            }
        }
        if let refusal { throw Failure("refused: \(refusal)") }
    }
}
