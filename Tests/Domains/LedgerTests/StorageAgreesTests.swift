import Core
import LedgerCore
import PlazaTesting
import Storage
import Testing

@testable import Ledger

/// What is stored batch by batch is what the core comes to in memory.
@Suite struct StorageAgreesTests {
    @Test(arguments: [UInt64(1), 20_26, 77]) func aRandomWorkloadEndsAlikeInMemoryAndOnDisk(seed: UInt64) async throws {
        try await withLedger { books in
            var chance = SplitMix64(seed: seed)
            var accounts = [try await books.account(.platform, .adjustments)]
            for amount: Int64 in [0, 50, 500, 5_000] { accounts.append(try await books.wallet(with: amount)) }
            var memory = Books(
                accounts: try await books.states(of: accounts), transfers: try await books.allTransfers())
            var holds: [ID<Transfer>] = [books.ids.next()]
            for _ in 0..<120 {
                books.clock.advance(seconds: .random(in: 0...20, using: &chance))
                var batch: [Transfer] = []
                for _ in 0..<Int.random(in: 1...8, using: &chance) {
                    batch.append(books.anyTransfer(among: accounts, ending: &holds, &chance))
                }
                let wishes = batch
                let stored = try await books.database.write { tx in try books.ledger.post(wishes, in: tx) }
                #expect(memory.apply(batch, now: books.clock.now) == stored, "seed \(seed)")
            }
            let onDisk = try await books.states(of: accounts)
            #expect(onDisk == accounts.sorted().compactMap { memory.accounts[$0] }, "seed \(seed)")
            let transfers = try await books.allTransfers()
            #expect(Dictionary(uniqueKeysWithValues: transfers.map { ($0.id, $0) }) == memory.transfers, "seed \(seed)")
            #expect(transfers.count > 150)
        }
    }
}

extension LedgerFixture {
    fileprivate func states(of accounts: [ID<LedgerAccount>]) async throws -> [LedgerAccount] {
        try await database.read { db in try db.ledgerAccounts(Set(accounts)) }
    }

    fileprivate func allTransfers() async throws -> [RecordedTransfer] {
        try await database.read { db in
            try db.recordedTransfers(Set(try db.rows("SELECT id FROM transfer /* scan: test */") { $0.id(0) }))
        }
    }

    fileprivate func anyTransfer(
        among accounts: [ID<LedgerAccount>], ending holds: inout [ID<Transfer>], _ chance: inout SplitMix64
    ) -> Transfer {
        let id: ID<Transfer> = ids.next()
        let movement = Transfer.Movement(
            debit: accounts[Int.random(in: 0..<accounts.count, using: &chance)],
            credit: accounts[Int.random(in: 0..<accounts.count, using: &chance)],
            amount: .random(in: 1...300, using: &chance))
        let hold = holds[Int.random(in: 0..<holds.count, using: &chance)]
        let action: Transfer.Action
        switch Int.random(in: 0..<10, using: &chance) {
        case 0..<4: action = .post(movement)
        case 4..<7:
            action = .hold(movement, until: clock.now.advanced(bySeconds: .random(in: 1...60, using: &chance)))
            holds.append(id)
        case 7: action = .settle(hold, amount: Bool.random(using: &chance) ? nil : movement.amount)
        case 8: action = .void(hold)
        default: action = .expire(hold)
        }
        return Transfer(id: id, action, isLinkedToNext: Int.random(in: 0..<4, using: &chance) == 0)
    }
}
