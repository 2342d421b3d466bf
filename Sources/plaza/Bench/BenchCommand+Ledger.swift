import App
import ArgumentParser
import Core
import Ledger
import LedgerCore
import Storage
import StorageSQLite

extension BenchCommand {
    struct LedgerBench: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "ledger", abstract: "Transfers a second, in durable batches, in a directory of its own.")
        private static let accountCount: Int64 = 10_000

        @Option(help: "How many transfers.") var count = 500_000
        @Option(help: "Transfers in a batch, each one transaction and one fsync.") var batch = 8_190
        @Flag(help: "All out of one account.") var hot = false
        @Flag(help: "For scripts.") var json = false
        @Option(help: "A directory to add them to, instead of one that goes with them.") var dataDir: String?

        func validate() throws {
            guard (1...10_000_000).contains(count) else { throw ValidationError("--count is 1 to 10000000.") }
            guard (1...100_000).contains(batch) else { throw ValidationError("--batch is 1 to 100000.") }
        }

        func run() async throws {
            try await Failure.explained {
                try await BenchCommand.withPlaza(in: dataDir) { plaza in
                    let accounts = try await open(in: plaza)
                    let seconds = try await BenchCommand.seconds { try await move(among: accounts, in: plaza) }
                    let perSecond = Int64(Double(count) / seconds)
                    if json {
                        Output.json(["transfers": .integer(Int64(count)), "transfers_per_second": .integer(perSecond)])
                    } else {
                        Output.say("\(count) transfers: \(perSecond)/s")
                    }
                }
            }
        }

        /// Wallets with enough to give.
        private func open(in plaza: Plaza) async throws -> [ID<LedgerAccount>] {
            guard let currency = Currency("EUR") else { preconditionFailure("the euro is a currency") }
            let (ledger, ids) = (plaza.ledger, plaza.ids)
            let owners = (1...Self.accountCount).map { LedgerOwner.person(ID(rawValue: $0)) }
            return try await plaza.database.write { tx in
                let world = try ledger.account(of: .platform, purpose: .adjustments, currency: currency, in: tx)
                let wallets = try ledger.accounts(
                    Set(owners.map { LedgerAccountKey($0, .wallet, currency) }), in: tx
                ).values.sorted()
                _ = try ledger.post(
                    wallets.map { wallet in
                        let gift = Transfer.Movement(debit: world, credit: wallet, amount: 1_000_000_000)
                        return Transfer(id: ids.next(), .post(gift))
                    }, in: tx)
                return wallets
            }
        }

        private func move(among accounts: [ID<LedgerAccount>], in plaza: Plaza) async throws {
            let (ledger, ids) = (plaza.ledger, plaza.ids)
            var random = SplitMix64(seed: 1)
            for start in stride(from: 0, to: count, by: batch) {
                let transfers = (start..<min(start + batch, count)).map { _ in
                    let from = hot ? 0 : Int.random(in: 0..<accounts.count, using: &random)
                    let to = (from + Int.random(in: 1..<accounts.count, using: &random)) % accounts.count
                    let movement = Transfer.Movement(debit: accounts[from], credit: accounts[to], amount: 5)
                    return Transfer(id: ids.next(), .post(movement))
                }
                let outcomes = try await plaza.database.write { tx in try ledger.post(transfers, in: tx) }
                guard outcomes.allSatisfy({ $0 == .applied }) else {
                    throw ValidationError("a transfer was refused: the figure would mean nothing")
                }
            }
        }
    }
}
