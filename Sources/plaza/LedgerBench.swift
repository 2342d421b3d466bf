import App
import ArgumentParser
import Core
import Flows
import Foundation
import Ledger
import LedgerCore
import Logging
import Storage
import StorageSQLite

/// Transfers a second, durable, in batches of a transaction each.
struct LedgerBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ledger", abstract: "Transfers posted a second, and the time to verify them.")
    @Option(help: "How many transfers, spread over all accounts and again with one account in each.")
    var count = 200_000
    @Option(help: "How many accounts.") var accounts = 10_000
    @Option(help: "Transfers in a transaction.") var batch = 1_000
    @Flag(help: "For scripts.") var json = false

    func validate() throws {
        guard (1...10_000_000).contains(count), (2...1_000_000).contains(accounts), (1...10_000).contains(batch) else {
            throw ValidationError("--count is 1 to 10000000, --accounts 2 to 1000000, --batch 1 to 10000.")
        }
    }

    func run() async throws {
        try await Failure.explained {
            let directory = FileManager.default.temporaryDirectory.path + "/plaza-bench-\(getpid())"
            defer { try? FileManager.default.removeItem(atPath: directory) }
            let configuration = try Configuration(flags: [ConfigurationKey.dataDirectory.name: directory])
            let plaza = try await Plaza(configuration, logger: Logging.make(level: .warning))
            let wallets = try await fill(plaza)
            let spread = try await post(in: plaza) { random in
                let debit = Int(random % UInt64(accounts))
                return (wallets[debit], wallets[(debit + 1 + Int(random >> 32 % UInt64(accounts - 1))) % accounts])
            }
            let hot = try await post(in: plaza) { random in
                (wallets[1 + Int(random % UInt64(accounts - 1))], wallets[0])
            }
            let verification = try await Verification(database: plaza.database).run()
            await plaza.close()
            report(spread: spread, hot: hot, verification: verification)
        }
    }

    /// Opens wallets with money in them.
    private func fill(_ plaza: Plaza) async throws -> [ID<LedgerAccount>] {
        guard let currency = Currency("EUR") else { preconditionFailure("it is a currency") }
        let (ledger, ids, count) = (plaza.ledger, plaza.ids, accounts)
        return try await plaza.database.write { tx in
            let adjustments = try ledger.account(of: .platform, purpose: .adjustments, currency: currency, in: tx)
            let keys = (0..<count).map { _ in LedgerAccountKey(.person(ids.next()), .wallet, currency) }
            let wallets = try ledger.accounts(Set(keys), in: tx)
            let gifts = wallets.values.map { wallet in
                Transfer(
                    id: ids.next(), .post(.init(debit: adjustments, credit: wallet, amount: 1_000_000)),
                    for: .adjustment)
            }
            try ledger.postTogether(gifts, in: tx)
            return wallets.values.sorted()
        }
    }

    /// - Returns: seconds.
    private func post(
        in plaza: Plaza, between pair: (UInt64) -> (ID<LedgerAccount>, ID<LedgerAccount>)
    ) async throws -> Double {
        var chance = SplitMix64(seed: 1)
        let (ledger, ids) = (plaza.ledger, plaza.ids)
        let start = monotonicNanoseconds()
        for first in stride(from: 0, to: count, by: batch) {
            let transfers = (first..<min(first + batch, count)).map { _ in
                let (debit, credit) = pair(chance.next())
                return Transfer(id: ids.next(), .post(.init(debit: debit, credit: credit, amount: 1)), for: .personal)
            }
            try await plaza.database.write { tx in try ledger.postTogether(transfers, in: tx) }
        }
        return Double(monotonicNanoseconds() - start) / 1e9
    }

    private func report(spread: Double, hot: Double, verification: VerificationReport) {
        let (spread, hot) = (Int64(Double(count) / spread), Int64(Double(count) / hot))
        if json {
            Output.json([
                "count": .integer(Int64(count)), "spread_per_second": .integer(spread),
                "hot_per_second": .integer(hot), "verify_seconds": .number(verification.seconds),
                "findings": .integer(Int64(verification.findingCount)),
            ])
        } else {
            Output.say("\(spread) transfers/s over \(accounts) accounts, \(hot) with one in each")
            Output.say("verified in \(verification.seconds) s, \(verification.findingCount) findings")
        }
    }
}
