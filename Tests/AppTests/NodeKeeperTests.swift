import Core
import Logging
import PlazaTesting
import ServiceLifecycle
import Storage
import Testing

@testable import App

@Suite(.timeLimit(.minutes(15))) struct NodeKeeperTests {
    @Test func aDatabaseThatCannotCommitIsWaitedFor() async throws {
        try await withDatabase([NodeClaim.migration]) { database in
            let claim = try await NodeClaim.claim(in: database, clock: ManualClock().wall, random: .seeded(7))
            let (complaints, complaint) = AsyncStream.makeStream(of: Void.self)
            let keeper = NodeKeeper(
                claim: claim, database: database, logger: Logger(label: "test") { _ in Complaints(stream: complaint) },
                interval: .milliseconds(1))
            try await database.write { tx in
                try tx.execute("CREATE TRIGGER full BEFORE UPDATE ON node BEGIN SELECT RAISE(ABORT, 'full'); END")
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await keeper.run() }
                for await _ in complaints.prefix(10) {}
                try await database.write { tx in try tx.execute("DROP TRIGGER full") }
                #expect(try await claim.renew(in: database))
                // Only the loss of the number ends it.
                try await database.write { tx in
                    try tx.execute("UPDATE node SET owner = owner + 1 /* scan: one row */")
                }
                await #expect(throws: NodeKeeper.NodeLost.self) { try await group.waitForAll() }
            }
        }
    }
}

/// Tells of each error that is logged.
private struct Complaints: LogHandler {
    let stream: AsyncStream<Void>.Continuation
    var metadata = Logger.Metadata()
    var logLevel = Logger.Level.error

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        stream.yield()
    }
}
