import PlazaAPI
import Testing

@testable import PlazaClient

/// Subscriptions and commands as an app uses them.
@Suite(.timeLimit(.minutes(15))) struct RealtimeUseTests {
    /// A client with a connection, and the server's end of it.
    private func withConnection(
        _ body: (RealtimeClient, RealtimePeer) async throws -> Void
    ) async throws {
        try await RealtimeServer.run { (server) async throws in
            let client = try RealtimeClient("http://127.0.0.1:\(server.port)") { .ticket("t") }
            client.connect()
            try await body(client, try await server.greetedPeer())
            await client.close()
        }
    }

    @Test func aReaderThatDoesNotReadIsToldWhereItStopped() async throws {
        try await withConnection { (client, peer) async throws in
            let slow = client.subscribe(to: "post:pst_1", bufferedElementsMax: 4)
            #expect(try await peer.command()["subscribe"]?["channel"] == "post:pst_1")
            peer.send(Lines.answer(1, offset: 0))
            for offset in Int64(1)...10 { peer.send(Lines.push(offset)) }
            // Its leaving says that its buffer is full.
            #expect(try await peer.command()["unsubscribe"] == ["channel": "post:pst_1"])
            var told: [RealtimeElement] = []
            let error = await #expect(throws: RealtimeError.self) {
                for try await element in slow { told.append(element) }
            }
            #expect(error == .fellBehind(ChannelPosition(epoch: "k1", offset: 3)))
            #expect(told.count == 4)
            #expect(told.last == .message(offset: 3, data: ["n": 3]))
            peer.send(#"{"id":2,"ok":{}}"#)
            // From there nothing is lost.
            let again = client.subscribe(to: "post:pst_1", since: ChannelPosition(epoch: "k1", offset: 3))
            #expect(try await peer.command()["subscribe"]?["since"] == ["epoch": "k1", "offset": 3])
            peer.send(Lines.answer(3, offset: 10, recovered: true, messages: 4...10))
            var elements = again.makeAsyncIterator()
            #expect(try await elements.next() == .recovered(count: 7))
            for offset in Int64(4)...10 {
                #expect(try await elements.next() == .message(offset: offset, data: ["n": .integer(offset)]))
            }
        }
    }

    @Test func aSlowReaderDoesNotHoldUpAnother() async throws {
        try await withConnection { (client, peer) async throws in
            let slow = client.subscribe(to: "post:pst_1", bufferedElementsMax: 1)
            let quick = client.subscribe(to: "post:pst_2")
            _ = (try await peer.command(), try await peer.command())
            peer.send(Lines.answer(1, offset: 0), Lines.answer(2, offset: 0))
            for offset in Int64(1)...50 { peer.send(Lines.push(offset), Lines.push(offset, "post:pst_2")) }
            var offsets: [Int64] = []
            for try await case .message(let offset, _) in quick {
                offsets.append(offset)
                if offset == 50 { break }
            }
            #expect(offsets == Array(1...50))
            _ = slow
        }
    }

    @Test func aReaderThatIsCancelledLeaves() async throws {
        try await withConnection { (client, peer) async throws in
            let reading = Task {
                for try await _ in client.subscribe(to: "post:pst_1") {}
            }
            _ = try await peer.command()
            peer.send(Lines.answer(1, offset: 0))
            reading.cancel()
            #expect(try await peer.command()["unsubscribe"] == ["channel": "post:pst_1"])
            try await reading.value
        }
    }

    @Test func aSubscriptionThatIsLetGoOfLeaves() async throws {
        try await withConnection { (client, peer) async throws in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for try await _ in client.subscribe(to: "post:pst_1") { break }
                }
                _ = try await peer.command()
                peer.send(Lines.answer(1, offset: 0))
                try await group.waitForAll()
            }
            #expect(try await peer.command()["unsubscribe"] == ["channel": "post:pst_1"])
        }
    }

    @Test func whatIsPublishedIsAnswered() async throws {
        try await withConnection { (client, peer) async throws in
            async let answer = client.publish(["type": "typing"], to: "conversation:cnv_1")
            let command = try await peer.command()
            #expect(command["publish"] == ["channel": "conversation:cnv_1", "data": ["type": "typing"]])
            peer.send(#"{"id":1,"ok":{"seen":true}}"#)
            #expect(try await answer == ["seen": true])
        }
    }

    @Test func whoIsThereIsTold() async throws {
        try await withConnection { (client, peer) async throws in
            async let presence = client.presence(in: "conversation:cnv_1")
            _ = try await peer.command()
            peer.send(#"{"id":1,"ok":{"subscribers":2,"online":["acc_1"]}}"#)
            #expect(try await presence == .init(subscribers: 2, online: ["acc_1"]))
        }
    }

    @Test func whatWasSentWhenTheConnectionBrokeIsNotSentAgain() async throws {
        try await RealtimeServer.run { (server) async throws in
            let client = try RealtimeClient("http://127.0.0.1:\(server.port)") { .ticket("t") }
            client.connect()
            let first = try await server.greetedPeer()
            let lost = Task { try await client.publish(["n": 1], to: "live:liv_1") }
            _ = try await first.command()
            first.close(1001)
            await #expect(throws: RealtimeError.connectionLost) { try await lost.value }
            let second = try await server.greetedPeer()
            async let kept = client.publish(["n": 2], to: "live:liv_1")
            #expect(try await second.command()["publish"]?["data"] == ["n": 2])
            second.send(#"{"id":2,"ok":{}}"#)
            #expect(try await kept == [:])
            await client.close()
        }
    }

    @Test func aHundredWaitAndTheOldestGives() async throws {
        try await RealtimeServer.run { (server) async throws in
            let client = try RealtimeClient("http://127.0.0.1:\(server.port)") { .ticket("t") }
            // Not connected: everything waits, and of a hundred and five at once five are told.
            try await withThrowingTaskGroup(of: RealtimeError?.self) { group in
                for number in 0..<105 {
                    group.addTask {
                        do {
                            try await client.publish(["n": .integer(Int64(number))], to: "live:liv_1")
                            return nil
                        } catch let error as RealtimeError {
                            return error
                        }
                    }
                }
                for _ in 0..<5 { #expect(try await group.next() == .some(.queueFull)) }
                await client.close()
                for try await error in group { #expect(error == .ended(.closed)) }
            }
        }
    }

    @Test func aCommandThatIsCancelledIsNotWaitedFor() async throws {
        try await withConnection { (client, peer) async throws in
            let command = Task { try await client.publish(["n": 1], to: "live:liv_1") }
            _ = try await peer.command()
            command.cancel()
            await #expect(throws: CancellationError.self) { try await command.value }
        }
    }

    @Test func aChannelIsHeardOnce() async throws {
        try await withConnection { (client, _) async throws in
            let first = client.subscribe(to: "post:pst_1")
            await #expect(throws: RealtimeError.alreadySubscribed) {
                for try await _ in client.subscribe(to: "post:pst_1") {}
            }
            _ = first
        }
    }
}
