import Accounts
import Core
import Ledger
import Market
import Social
package import Storage

/// Proves that the data is what it should be: counters, feeds, references, indexes, and the engine's own files.
///
/// Each check is one snapshot on the background lane, so that it works beside a server. Reads everything; changes
/// nothing.
package struct Verification: Sendable {
    private static let findingsListedMax = 100

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
        var report = VerificationReport()
        for check in Self.checks {
            starting(check.name)
            let room = Self.findingsListedMax - report.findings.count
            let (outcome, findings, count) = try await database.read(lane: .background) { db in
                var (findings, count): ([ConsistencyCheck.Finding], Int) = ([], 0)
                let outcome = try check.search(db) { finding in
                    count += 1
                    if findings.count < room { findings.append(finding) }
                }
                return (outcome, findings, count)
            }
            let result = VerificationReport.Check(name: check.name, outcome: outcome, findingCount: count)
            report.checks.append(result)
            report.findings += findings.map { .init(check: check.name, finding: $0) }
            progress(result)
        }
        report.seconds = Double(monotonicNanoseconds() - start) / 1e9
        return report
    }

    private static var checks: [ConsistencyCheck] {
        [.storageIntegrity] + AccountsService.consistencyChecks + [personCheck] + SocialService.consistencyChecks
            + LedgerService.consistencyChecks + MarketService.consistencyChecks + orderChecks
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
