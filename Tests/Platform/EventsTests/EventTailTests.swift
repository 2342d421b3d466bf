import Core
import Events
import Logging
import PlazaTesting
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(15))) struct EventTailTests {
    @Test func whatOthersCommitIsHeardInOrderAndNothingElse() async throws {
        try await withEvents { events in
            let other = EventFixture(database: events.database, node: 2)
            try await other.append(["before"], type: "session.revoked")
            let heard = Heard()
            let tail = try await EventTail(
                database: events.database, log: events.log, types: ["session.revoked"], interval: .milliseconds(1),
                logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
            ) { heard.add($0.map(\.subject)) }
            // Both before and while it runs; more than it reads at once.
            let subjects = (0..<2_500).map { "s\($0)" }
            try await other.append(Array(subjects.prefix(1_200)), type: "session.revoked")
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await tail.run() }
                try await events.append(["ours"], type: "session.revoked")
                try await other.append(["of another type"])
                try await other.append(Array(subjects.dropFirst(1_200)), type: "session.revoked")
                await heard.until(subjects.last ?? "")
                group.cancelAll()
            }
            #expect(heard.subjects == subjects)
        }
    }
}

private final class Heard: Sendable {
    private let state = Mutex<[String]>([])
    private let signal = WakeSignal()

    var subjects: [String] { state.withLock { $0 } }

    func add(_ subjects: [String]) {
        state.withLock { $0 += subjects }
        signal.raise()
    }

    func until(_ subject: String) async {
        while !Task.isCancelled {
            let seen = signal.generation
            if subjects.last == subject { return }
            await signal.wait(past: seen)
        }
    }
}
