import Core
import Events
import PlazaTesting
import ServiceLifecycle
import ServiceLifecycleTestKit
import Storage
import Synchronization
import Telemetry
import Testing

@Suite struct EventBusTests {
    @Test func consumersSeeEveryEventOnceInOrder() async throws {
        try await withEvents { events in
            let subjects = (0..<250).map { "s\($0)" }
            try await events.append(Array(subjects.prefix(120)))
            try await events.run([events.recorder(batchMax: 7)]) { bus in
                try await bus.caughtUp()
                for subject in subjects.dropFirst(120) { try await events.append([subject]) }
                try await bus.caughtUp()
            }
            #expect(try await events.handled() == subjects)
        }
    }

    @Test func envelopeSurvivesTheLog() async throws {
        try await withEvents { events in
            let seen = Mutex<[Event]>([])
            let log = events.log
            try await events.database.write { tx in
                try log.append(
                    "post.published", subject: "pst_1", data: ["tags": ["a\"b", 1, nil]], version: 2, traceID: "t1",
                    in: tx)
            }
            try await events.run([EventConsumer("spy") { batch, _ in seen.withLock { $0 += batch } }])
            let event = try #require(seen.withLock { $0.first })
            #expect(event.type == "post.published")
            #expect(event.subject == "pst_1")
            #expect(event.version == 2)
            #expect(event.traceID == "t1")
            #expect(event.time == events.clock.now)
            #expect(event.data == ["tags": ["a\"b", 1, nil]])
        }
    }

    @Test func rollbackForgetsTheEvent() async throws {
        try await withEvents { events in
            let log = events.log
            await #expect(throws: Refusal.self) {
                try await events.database.write { tx in
                    try log.append("post.published", subject: "lost", data: nil, in: tx)
                    throw Refusal()
                }
            }
            try await events.append(["kept"])
            try await events.run([events.recorder()])
            #expect(try await events.handled() == ["kept"])
        }
    }

    @Test func otherTypesArePassedOver() async throws {
        try await withEvents { events in
            try await events.append(["a"], type: "post.published")
            try await events.append(["b", "c"], type: "post.liked")
            try await events.append(["d"], type: "post.published")
            try await events.run([events.recorder(types: ["post.liked"])])
            #expect(try await events.handled() == ["b", "c"])
        }
    }

    @Test func aConsumerGoesOnWhereItStopped() async throws {
        try await withEvents { events in
            try await events.append(["a", "b"])
            try await events.run([events.recorder()])
            try await events.append(["c"])
            try await events.run([events.recorder()])
            #expect(try await events.handled() == ["a", "b", "c"])
        }
    }

    @Test func aFailedBatchLeavesNothingBehindAndIsTriedAgain() async throws {
        try await withEvents { events in
            let failures = Mutex(2)
            try await events.append(["a", "b", "c"])
            try await events.run([
                events.recorder { event in
                    let fails = failures.withLock { left in
                        guard event.subject == "c", left > 0 else { return false }
                        left -= 1
                        return true
                    }
                    if fails { throw Refusal() }
                }
            ])
            #expect(try await events.handled() == ["a", "b", "c"])
            #expect(try await failuresListed(events).isEmpty)
        }
    }

    @Test func aPoisonEventIsSetAsideAndThoseAroundItAreHandled() async throws {
        try await withEvents { events in
            try await events.append(["a", "poison", "b", "c"])
            try await events.run([
                events.recorder { event in if event.subject == "poison" { throw Refusal() } },
                events.recorder("other"),
            ])
            #expect(try await events.handled().sorted() == ["a", "a", "b", "b", "c", "c", "poison"])
            let failures = try await failuresListed(events)
            #expect(failures.map(\.event.subject) == ["poison"])
            #expect(failures.map(\.consumer) == ["recorder"])
            #expect(failures.first?.event.data == ["subject": "poison"])
            #expect(failures.first?.error == "Refusal()")
            let text = String(decoding: events.metrics.prometheusText(), as: UTF8.self)
            #expect(text.contains("plaza_events_set_aside_total{consumer=\"recorder\"} 1\n"))
            #expect(text.contains("plaza_events_handled_total{consumer=\"recorder\"} 3\n"))
        }
    }

    /// A disk that fails for a while fails for every event.
    @Test(arguments: [
        StorageError.engine(code: 10, message: "disk I/O error", sql: ""), .readOnly(path: ""), .overloaded,
    ])
    func noEventIsSetAsideForTheDatabasesFaults(fault: StorageError) async throws {
        try await withEvents { events in
            let failures = Mutex(9)
            try await events.append(["a", "b", "c"])
            try await events.run([
                events.recorder { _ in
                    let fails = failures.withLock { left in
                        left -= 1
                        return left >= 0
                    }
                    if fails { throw fault }
                }
            ])
            #expect(try await events.handled() == ["a", "b", "c"])
            #expect(try await failuresListed(events).isEmpty)
        }
    }

    @Test func anEventWhoseRowsAreRefusedIsSetAside() async throws {
        try await withEvents { events in
            try await events.append(["a", "poison", "b"])
            try await events.run([
                events.recorder { event in
                    if event.subject == "poison" { throw StorageError.constraint("CHECK constraint failed") }
                }
            ])
            #expect(try await events.handled() == ["a", "b"])
            #expect(try await failuresListed(events).map(\.event.subject) == ["poison"])
        }
    }

    @Test func instancesShareAConsumer() async throws {
        try await withEvents { events in
            let subjects = (0..<300).map { "s\($0)" }
            let other = events.bus([events.recorder(batchMax: 5)])
            try await events.run([events.recorder(batchMax: 5)]) { bus in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await other.run() }
                    for subject in subjects { try await events.append([subject]) }
                    try await bus.caughtUp()
                    group.cancelAll()
                }
            }
            #expect(try await events.handled() == subjects)
        }
    }

    @Test func gracefulStopEndsTheBus() async throws {
        try await withEvents { events in
            try await testGracefulShutdown { trigger in
                let bus = events.bus([events.recorder(), events.recorder("other")])
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await bus.run() }
                    try await events.append(["a"])
                    try await bus.caughtUp()
                    trigger.triggerGracefulShutdown()
                    try await group.waitForAll()
                }
            }
            #expect(try await events.handled() == ["a", "a"])
        }
    }

    private func failuresListed(_ events: EventFixture) async throws -> [EventFailure] {
        try await events.database.read { db in try EventLog.failures(limit: 10, in: db) }
    }
}
