import Core
import NIOCore
import NIOPosix
import Telemetry
import Testing

@testable import Realtime

/// The way past NIO: what the kernel takes at once, what it does not, and what lies in between.
@Suite struct SocketWireTests {
    private let loop = MultiThreadedEventLoopGroup.singleton.next()

    @Test(.timeLimit(.minutes(5))) func whereNothingWaitsTheKernelHasItAtOnce() async throws {
        let (peer, channel) = try await Peer.open(on: loop) { _ in }
        let (taken, waiting) = try await onWire(of: channel) { wire in
            (wire.write(Array("abc".utf8)), wire.waitingBytes)
        }
        #expect(taken == 3)
        #expect(waiting == 0)
        #expect(try peer.bytes() == Array("abc".utf8))
        try await channel.close()
    }

    @Test(.timeLimit(.minutes(5))) func whatNIOHoldsGoesFirst() async throws {
        let (peer, channel) = try await Peer.open(on: loop) { _ in }
        let taken = try await onWire(of: channel) { wire in
            var taken = [wire.write(Array("a".utf8))]
            channel.write(ByteBuffer(string: "b"), promise: nil)
            wire.expectBytes()
            taken.append(wire.write(Array("c".utf8)))
            wire.leave(ByteBuffer(string: "c"))
            taken.append(wire.write(Array("d".utf8)))
            return taken
        }
        #expect(taken == [1, 0, 1], "the second waits for what was not flushed; then nothing waits")
        #expect(try peer.bytes() == Array("abcd".utf8))
        try await channel.close()
    }

    @Test(.timeLimit(.minutes(5))) func theRestOfAFullSocketFollows() async throws {
        let (peer, channel) = try await Peer.open(on: loop) { _ in }
        let message = (0..<2_000_000).map { UInt8(truncatingIfNeeded: $0 / 251) }
        let (taken, after) = try await onWire(of: channel) { wire in
            let taken = wire.write(message)
            wire.leave(ByteBuffer(bytes: message[taken...]))
            // The kernel takes nothing more, and NIO has the rest.
            return (taken, wire.write(Array("end".utf8)) + wire.waitingBytes)
        }
        #expect(taken > 0)
        #expect(taken + after == message.count)
        var read: [UInt8] = []
        while read.count < message.count {
            read += try peer.bytes()
            try await Task.sleep(for: .microseconds(100))
        }
        #expect(read == message)
        let again = try await onWire(of: channel) { $0.write(Array("end".utf8)) }
        #expect(again == 3, "directly again")
        #expect(try peer.bytes() == Array("end".utf8))
        try await channel.close()
    }

    @Test(.timeLimit(.minutes(5))) func aBrokenConnectionIsClosedByNIO() async throws {
        let (peer, channel) = try await Peer.open(on: loop) { _ in }
        try await channel.setOption(.autoRead, value: false).get()
        peer.close()
        let taken = try await onWire(of: channel) { wire in
            let taken = wire.write(Array("a".utf8))
            wire.leave(ByteBuffer(string: "a"))
            return taken
        }
        #expect(taken == 0)
        try await channel.closeFuture.get()
    }

    // MARK: Through the hub

    @Test(.timeLimit(.minutes(5))) func aReaderThatPausesMissesNothing() async throws {
        try await PairedHub.with { house in
            let (pauses, reads) = (try await house.connect(), try await house.connect())
            let text = String(repeating: "x", count: 20_000)
            // More than the kernel takes, less than a slow reader is closed for.
            for number in 1...40 {
                try await house.publish(number, text: text)
                #expect(try await reads.numbers(until: number) == [Int64(number)])
            }
            #expect(try await pauses.numbers(until: 40) == Array(1...40))
            for number in 41...60 { try await house.publish(number) }
            #expect(try await pauses.numbers(until: 60) == Array(41...60))
        }
    }

    @Test(.timeLimit(.minutes(5))) func answersAndPushesComeInTheOrderInWhichTheyWereSaid() async throws {
        try await PairedHub.with {
            $0.commandBurst = 10_000
        } _: { house in
            let ann = try await house.connect()
            let since = #""since":{"epoch":"\#(house.hub.epoch)","offset":0}"#
            for number in 1...200 {
                // Whichever the loop sees first: an answer names the position that it was given at.
                try ann.send(ClientFrame.text(#"{"id":\#(number + 1),"history":{"channel":"open:a",\#(since)}}"#))
                if number % 3 == 0 { try await house.turn() }
                try await house.publish(number)
            }
            try ann.send(ClientFrame.text(#"{"id":1000,"ping":{}}"#))
            var (told, answers) = (Int64(0), Int64(1))
            for line in try await ann.hear(until: { $0["id"] == 1_000 }) {
                if let offset = line["offset"]?.integer {
                    #expect(offset == told + 1)
                    told = offset
                } else if let offset = line["ok"]?["offset"]?.integer {
                    #expect(offset >= told, "a position that is older than what was heard")
                    answers += 1
                    #expect(line["id"]?.integer == answers)
                }
            }
            #expect(told == 200)
            #expect(answers == 201)
        }
    }

    /// Its descriptor's number is the next connection's, which must not hear what was meant for the other.
    @Test(.timeLimit(.minutes(5))) func whoeverGoesInTheMiddleOfATellingTakesNobodyAlong() async throws {
        try await PairedHub.with { house in
            var peers: [Peer] = []
            for _ in 0..<5 { peers.append(try await house.connect()) }
            try await house.publish(1)
            for peer in peers { #expect(try await peer.numbers(until: 1) == [1]) }
            peers[2].close()
            for number in 2...20 { try await house.publish(number) }
            for place in [0, 1, 3, 4] { #expect(try await peers[place].numbers(until: 20) == Array(2...20)) }
            while house.hub.metrics.sockets.value > 4 { try await house.turn() }
            let (stranger, channel) = try await Peer.open(on: house.loop) { _ in }
            try await house.publish(21)
            for place in [0, 1, 3, 4] { #expect(try await peers[place].numbers(until: 21) == [21]) }
            #expect(try stranger.bytes() == [])
            try await channel.close()
        }
    }

    private func onWire<Value: Sendable>(
        of channel: any Channel, _ body: @escaping @Sendable (inout SocketWire) -> Value
    ) async throws -> Value {
        try await channel.eventLoop.submit {
            var wire = SocketWire(channel)
            return body(&wire)
        }.get()
    }
}

extension SocketWire {
    fileprivate mutating func write(_ bytes: [UInt8]) -> Int {
        bytes.withUnsafeBytes { write($0) }
    }
}
