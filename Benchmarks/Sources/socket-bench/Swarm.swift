import Glibc

/// Hears what the sockets of a swarm are told.
protocol Audience {
    /// - Parameter payload: of one text frame; not to be kept.
    mutating func heard(_ payload: UnsafeRawBufferPointer, on socket: Int, at now: Int64) throws
}

/// Many client sockets on one thread: one epoll, one receive buffer, and for each socket a few words.
///
/// Only what has not arrived whole is kept, and only what the kernel did not take waits to be sent.
final class Swarm {
    private enum Stage {
        case closed, upgrading, greeting, ready
    }

    private struct Socket {
        var descriptor: Int32 = -1
        var stage = Stage.closed
        var welcomesMissing = 0
        var unread: [UInt8] = []
        var unsent: [UInt8] = []
    }

    private static let pauseMicroseconds: UInt32 = 500

    let target: Target
    private let poller: Poller
    private let sockets: UnsafeMutableBufferPointer<Socket>
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
    private var failure: Failure?
    private(set) var readyCount = 0
    private var openingCount = 0
    /// Sockets that the server closed, and what it said to the last of them.
    private(set) var lostCount = 0
    private(set) var lostReason = ""
    /// Sockets that end because the load ends them.
    private var given: Range<Int> = 0..<0

    init(_ target: Target, count: Int) throws {
        self.target = target
        poller = try Poller()
        sockets = .allocate(capacity: count)
        sockets.initialize(repeating: Socket())
        // A server that goes away is a failure to tell of, not a signal to die of.
        signal(SIGPIPE, SIG_IGN)
        var files = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &files)
        files.rlim_cur = files.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &files)
    }

    // Opening

    /// Opens sockets, so many at a time, until each is ready: upgraded, and all its subscriptions answered.
    /// - Returns: seconds that it took.
    @discardableResult
    func open(
        _ numbers: Range<Int>, as role: Target.Role = .subscriber, inFlightMax: Int = 256,
        _ audience: inout some Audience
    ) throws -> Double {
        let (start, readyBefore) = (Clock.now(), readyCount)
        var next = numbers.lowerBound
        var (progress, progressAt) = (0, start)
        while readyCount - readyBefore < numbers.count {
            while next < numbers.upperBound, openingCount < inFlightMax {
                try dial(next, as: role)
                next += 1
            }
            try turn(&audience, milliseconds: 100)
            if readyCount > progress {
                (progress, progressAt) = (readyCount, Clock.now())
            } else if Clock.seconds(since: progressAt) > 20 {
                throw Failure("\(readyCount - readyBefore) of \(numbers.count) sockets opened, then none for 20 s")
            }
            if lostCount > 0 { throw Failure("a socket was closed while others opened: \(lostReason)") }
        }
        return Clock.seconds(since: start)
    }

    private func dial(_ number: Int, as role: Target.Role) throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0)
        guard descriptor >= 0 else { throw Failure("socket \(number): \(String(cString: strerror(errno)))") }
        var yes: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, 4)
        // The port is chosen when it is known whom it is to reach: the same one may serve many addresses.
        setsockopt(descriptor, Int32(IPPROTO_IP), IP_BIND_ADDRESS_NO_PORT, &yes, 4)
        let source = UInt32(number / target.socketsPerSource)
        var status = try Self.with(address: 0x7F00_0001 + source << 8, port: 0) { bind(descriptor, $0, $1) }
        guard status == 0 else { throw Failure("source \(source): \(String(cString: strerror(errno)))") }
        status = try Self.with(address: 0x7F00_0001, port: target.port) { connect(descriptor, $0, $1) }
        guard status == 0 || errno == EINPROGRESS else {
            throw Failure("socket \(number): \(String(cString: strerror(errno)))")
        }
        sockets[number].descriptor = descriptor
        sockets[number].stage = .upgrading
        sockets[number].welcomesMissing = target.welcomeCount
        openingCount += 1
        sockets[number].unsent = try target.handshake(of: number, as: role)
        poller.add(descriptor, socket: number, awaitsRoom: true)
    }

    private static func with(
        address: UInt32, port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) throws -> Int32
    ) rethrows -> Int32 {
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_addr.s_addr = address.bigEndian
        name.sin_port = port.bigEndian
        let length = socklen_t(MemoryLayout<sockaddr_in>.size)
        return try withUnsafePointer(to: &name) { pointer in
            try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { try body($0, length) }
        }
    }

    // Turning

    /// Waits for events and handles them.
    func turn(_ audience: inout some Audience, milliseconds: Int) throws {
        let count = poller.wait(milliseconds: milliseconds)
        for number in 0..<count {
            let event = poller.event(number)
            if event.isWritable { flush(event.socket) }
            if event.isReadable { try receive(event.socket, &audience) }
        }
        if let failure { throw failure }
    }

    /// Waits a little, so that more has arrived when it looks, and then handles all of it.
    ///
    /// Whoever sleeps until the next byte is woken for each, and the server pays for the waking: thousands of clients that
    /// are one process would otherwise cost it more than thousands of clients do. What is heard is heard up to
    /// `pauseMicroseconds` late.
    func turnAfterPause(_ audience: inout some Audience) throws {
        usleep(Self.pauseMicroseconds)
        try turn(&audience, milliseconds: 0)
    }

    /// Turns until so many seconds have passed.
    func turn(_ audience: inout some Audience, forSeconds seconds: Double) throws {
        let start = Clock.now()
        while Clock.seconds(since: start) < seconds { try turn(&audience, milliseconds: 50) }
    }

    // Sending

    func send(_ bytes: [UInt8], on number: Int) {
        guard sockets[number].stage != .closed else { return }
        guard sockets[number].unsent.isEmpty else {
            sockets[number].unsent += bytes
            return
        }
        let sent = Glibc.send(sockets[number].descriptor, bytes, bytes.count, 0)
        guard sent < bytes.count else { return }
        sockets[number].unsent = Array(bytes[max(0, sent)...])
        poller.change(sockets[number].descriptor, socket: number, awaitsRoom: true)
    }

    private func flush(_ number: Int) {
        guard sockets[number].stage != .closed else { return }
        let bytes = sockets[number].unsent
        let sent = Glibc.send(sockets[number].descriptor, bytes, bytes.count, 0)
        sockets[number].unsent = sent < bytes.count ? Array(bytes[max(0, sent)...]) : []
        guard sockets[number].unsent.isEmpty else { return }
        poller.change(sockets[number].descriptor, socket: number, awaitsRoom: false)
    }

    // Receiving

    private func receive(_ number: Int, _ audience: inout some Audience) throws {
        guard sockets[number].stage != .closed, !given.contains(number) else { return }
        let kept = sockets[number].unread.count
        if kept > 0 {
            guard kept < buffer.count else { throw Failure("a frame of more than \(buffer.count) bytes") }
            buffer.copyBytes(from: sockets[number].unread)
        }
        let room = buffer.count - kept
        let count = recv(sockets[number].descriptor, buffer.baseAddress! + kept, room, 0)
        guard count > 0 else {
            if count < 0, errno == EAGAIN || errno == EINTR { return }
            return lose(number, count == 0 ? "end of stream" : String(cString: strerror(errno)))
        }
        let received = UnsafeRawBufferPointer(rebasing: buffer[..<(kept + count)])
        let read = try consume(received, number, &audience)
        if read < received.count || kept > 0 { sockets[number].unread = Array(received[read...]) }
    }

    /// - Returns: bytes that were whole.
    private func consume(_ bytes: UnsafeRawBufferPointer, _ number: Int, _ audience: inout some Audience) throws -> Int
    {
        var position = 0
        if sockets[number].stage == .upgrading {
            guard let end = try Self.upgradeEnd(bytes) else { return 0 }
            position = end
            sockets[number].stage = .greeting
            greet(number)
        }
        let now = Clock.now()
        while sockets[number].stage != .closed, let frame = try Frame(bytes, at: position) {
            position = frame.payload.upperBound
            let payload = UnsafeRawBufferPointer(rebasing: bytes[frame.payload])
            switch frame.opcode {
            case Frame.Opcode.text where sockets[number].stage == .greeting: welcome(payload, number)
            case Frame.Opcode.text: try audience.heard(payload, on: number, at: now)
            case Frame.Opcode.ping: send(Frame.masked(payload, opcode: Frame.Opcode.pong), on: number)
            case Frame.Opcode.close: lose(number, "closed: \(String(decoding: payload.dropFirst(2), as: UTF8.self))")
            default: break
            }
        }
        return position
    }

    /// - Returns: where the answer to the handshake ends, or nil when it is not all there.
    private static func upgradeEnd(_ bytes: UnsafeRawBufferPointer) throws -> Int? {
        let ending: [UInt8] = [13, 10, 13, 10]
        guard bytes.count >= 4,
            let end = (0...(bytes.count - 4)).first(where: { bytes[$0..<$0 + 4].elementsEqual(ending) })
        else { return nil }
        guard bytes.starts(with: "HTTP/1.1 101 ".utf8) else {
            throw Failure("no upgrade: \(String(decoding: bytes.prefix(600), as: UTF8.self))")
        }
        return end + 4
    }

    private func greet(_ number: Int) {
        let greeting = target.greeting
        if !greeting.isEmpty { send(greeting, on: number) }
        settle(number)
    }

    private func welcome(_ payload: UnsafeRawBufferPointer, _ number: Int) {
        for line in payload.split(separator: UInt8(ascii: "\n")) {
            let text = String(decoding: line, as: UTF8.self)
            if text.hasPrefix(#"{"id""#), text.contains(#""error":"#) {
                failure = Failure("not welcome: \(text)")
            } else if text.hasPrefix(#"{"id""#) || text.hasPrefix(#"{"connected""#) {
                sockets[number].welcomesMissing -= 1
            }
        }
        settle(number)
    }

    private func settle(_ number: Int) {
        guard sockets[number].welcomesMissing <= 0 else { return }
        sockets[number].stage = .ready
        readyCount += 1
        openingCount -= 1
    }

    // Ending

    private func lose(_ number: Int, _ reason: String) {
        guard !given.contains(number) else { return }
        lostCount += 1
        lostReason = reason
        if sockets[number].stage != .ready { openingCount -= 1 }
        Glibc.close(sockets[number].descriptor)
        sockets[number].stage = .closed
    }

    /// Gives sockets away, to be closed by somebody else: from now on nothing of them is looked at.
    func giveAway(_ numbers: Range<Int>) -> [Int32] {
        given = numbers
        readyCount -= numbers.count
        return numbers.map { sockets[$0].descriptor }
    }

    /// Closes descriptors in one go: with a reset, or as a client ends that has read everything.
    static func close(_ descriptors: [Int32], withReset: Bool) {
        var linger = Glibc.linger(l_onoff: 1, l_linger: 0)
        for descriptor in descriptors {
            if withReset {
                setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
            }
            Glibc.close(descriptor)
        }
    }
}

/// Listens to nothing.
struct Nobody: Audience {
    mutating func heard(_ payload: UnsafeRawBufferPointer, on socket: Int, at now: Int64) {}
}
