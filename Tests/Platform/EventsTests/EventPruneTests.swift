import Core
import Events
import PlazaTesting
import Storage
import Testing

@Suite struct EventPruneTests {
    private func prune(_ events: EventFixture, limit: Int = 1_000) async throws -> Int {
        let (log, now) = (events.log, events.clock.now)
        return try await events.database.write { tx in try log.prune(olderThan: now, limit: limit, in: tx) }
    }

    @Test func onlyOldEventsThatAllHavePassedGo() async throws {
        try await withEvents { events in
            try await events.append(["a", "b", "c", "d"])
            events.clock.advance(seconds: 10)
            try await events.append(["new"])
            #expect(try await prune(events) == 4, "nobody follows, and the newest stays")

            try await events.append(["e"])
            events.clock.advance(seconds: 10)
            // A consumer that has never run yet begins with what is kept.
            try await events.run([events.recorder()])
            #expect(try await events.handled() == ["new", "e"])
            #expect(try await prune(events) == 1)
        }
    }

    @Test func aConsumerHoldsWhatItHasNotPassed() async throws {
        try await withEvents { events in
            try await events.append(["a"])
            try await events.run([events.recorder()])
            try await events.append(["b", "c"])
            events.clock.advance(seconds: 10)
            #expect(try await prune(events) == 1)
            try await events.run([events.recorder()])
            #expect(try await events.handled() == ["a", "b", "c"])
        }
    }

    @Test func aPlaceInTheLogIsNeverUsedAgain() async throws {
        try await withEvents { events in
            try await events.append(["a", "b"])
            try await events.run([events.recorder()])
            events.clock.advance(seconds: 10)
            #expect(try await prune(events) == 1)
            try await events.append(["c"])
            try await events.run([events.recorder()])
            #expect(try await events.handled() == ["a", "b", "c"])
        }
    }

    @Test func youngEventsStay() async throws {
        try await withEvents { events in
            try await events.append(["a", "b", "c"])
            try await events.run([events.recorder()])
            #expect(try await prune(events) == 0)
            events.clock.advance(seconds: 1)
            #expect(try await prune(events, limit: 1) == 1)
            #expect(try await prune(events, limit: 1) == 1)
            #expect(try await prune(events, limit: 1) == 0)
        }
    }
}
