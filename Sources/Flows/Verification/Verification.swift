import Accounts
import Chat
import Core
import Ledger
import Market
import Notifications
import Social
package import Storage

/// Proves that the data is what it should be: counters, feeds, references, indexes, and the engine's own files.
///
/// Each check is one snapshot on the background lane, so that it works beside a server; the check of the files, which
/// takes as long as all others together, comes first and has the others beside it. Reads everything; changes nothing.
package struct Verification: Sendable {
    private static let findingsListedMax = 100
    /// As many as the background lane has readers.
    private static let checksAtOnce = 2

    private let database: any Database

    package init(database: any Database) {
        self.database = database
    }

    /// - Parameters:
    ///   - starting: told the name of each check before it begins.
    ///   - progress: told of each check when it is done.
    package func run(
        starting: (String) -> Void = { _ in }, progress: (VerificationReport.Check) -> Void = { _ in }
    ) async throws -> VerificationReport {
        let start = monotonicNanoseconds()
        let checks = Self.checks
        var searched: [Searched?] = Array(repeating: nil, count: checks.count)
        try await withThrowingTaskGroup(of: (Int, Searched).self) { group in
            for (position, check) in checks.enumerated() {
                if position >= Self.checksAtOnce, let (position, done) = try await group.next() {
                    searched[position] = done
                    progress(done.check)
                }
                starting(check.name)
                group.addTask { (position, try await search(check)) }
            }
            for try await (position, done) in group {
                searched[position] = done
                progress(done.check)
            }
        }
        // In the order of the checks, whichever was done first.
        var report = VerificationReport()
        for case let done? in searched {
            report.checks.append(done.check)
            report.findings += done.findings.prefix(Self.findingsListedMax - report.findings.count)
                .map { .init(check: done.check.name, finding: $0) }
        }
        report.seconds = Double(monotonicNanoseconds() - start) / 1e9
        return report
    }

    private struct Searched: Sendable {
        let check: VerificationReport.Check
        let findings: [ConsistencyCheck.Finding]
    }

    private func search(_ check: ConsistencyCheck) async throws -> Searched {
        try await database.read(lane: .background) { db in
            var (findings, count): ([ConsistencyCheck.Finding], Int) = ([], 0)
            let outcome = try check.search(db) { finding in
                count += 1
                if findings.count < Self.findingsListedMax { findings.append(finding) }
            }
            return Searched(
                check: VerificationReport.Check(name: check.name, outcome: outcome, findingCount: count),
                findings: findings)
        }
    }

    private static var checks: [ConsistencyCheck] {
        [.storageIntegrity] + AccountsService.consistencyChecks + [personCheck] + SocialService.consistencyChecks
            + LedgerService.consistencyChecks + MarketService.consistencyChecks + ChatService.consistencyChecks
            + orderChecks + [attributionCheck] + NotificationsService.consistencyChecks
    }
}

/// What a verification has found.
package struct VerificationReport: Sendable {
    package struct Check: Sendable {
        package let name: String
        package let outcome: ConsistencyCheck.Outcome
        package let findingCount: Int
    }

    package struct Listed: Sendable, Equatable {
        package let check: String
        package let finding: ConsistencyCheck.Finding
    }

    package internal(set) var checks: [Check] = []
    /// The first hundred. ``Check/findingCount`` counts all.
    package internal(set) var findings: [Listed] = []
    package internal(set) var seconds = 0.0

    package var findingCount: Int {
        checks.reduce(0) { $0 + $1.findingCount }
    }
}

extension ConsistencyCheck {
    /// That the engine can read its own files. Only SQLite can be asked: it compares each index with its table, page by
    /// page. PostgreSQL looks after its files itself.
    fileprivate static let storageIntegrity = ConsistencyCheck("storage.integrity") { db, found in
        guard db.dialect == .sqlite else { return .skipped(because: "The engine has no such check.") }
        try db.forEach("PRAGMA integrity_check") { row in
            let answer = row.text(0)
            if answer != "ok" { found(.init(subject: "the database file", expected: "ok", found: answer)) }
        }
        return .done
    }
}
