import Core
import LedgerCore
import PlazaTesting
import Storage
import Testing

@testable import Ledger

@Suite struct VerificationTests {
    /// What somebody has done to the tables, and the check that must notice.
    struct Damage: Sendable, CustomTestStringConvertible {
        let check: String
        let sql: @Sendable (World) -> SQL

        var testDescription: String { check }
    }

    struct World: Sendable {
        let ann: ID<LedgerAccount>
        let ben: ID<LedgerAccount>
        let gift: ID<Transfer>
        let pending: ID<Transfer>
        let settled: ID<Transfer>
        let topUp: ID<Payment>
    }

    private static let damages: [Damage] = [
        Damage(check: "ledger.balance") {
            "UPDATE ledger_account SET credits_posted = credits_posted + 1 WHERE id = \($0.ann)"
        },
        Damage(check: "ledger.replay") {
            "UPDATE ledger_account SET credits_posted = credits_posted + 1 WHERE id = \($0.ann)"
        },
        Damage(check: "ledger.replay") {
            "UPDATE ledger_account SET debits_pending = debits_pending + 1 WHERE id = \($0.ann)"
        },
        Damage(check: "ledger.replay") { "DELETE FROM transfer WHERE id = \($0.gift)" },
        Damage(check: "ledger.floor") {
            "UPDATE ledger_account SET rule = 0, debits_posted = 99999 WHERE id = \($0.ben)"
        },
        Damage(check: "ledger.replay") {
            "UPDATE transfer SET debit_balance = debit_balance + 1 WHERE id = \($0.gift)"
        },
        Damage(check: "ledger.replay") { "UPDATE transfer SET amount = amount + 1 WHERE id = \($0.gift)" },
        Damage(check: "ledger.replay") {
            "UPDATE transfer SET created_at = created_at - 10000000 WHERE id = \($0.gift)"
        },
        Damage(check: "transfer.pending") { "UPDATE transfer SET expires_at = created_at WHERE id = \($0.pending)" },
        Damage(check: "transfer.hold_state") { "UPDATE transfer SET hold_state = 2 WHERE id = \($0.settled)" },
        Damage(check: "transfer.hold_state") { "UPDATE transfer SET hold_state = 0 WHERE id = \($0.settled)" },
        Damage(check: "transfer.hold_state") { "UPDATE transfer SET hold_state = 3 WHERE id = \($0.pending)" },
        Damage(check: "transfer.accounts") { "UPDATE ledger_account SET currency = 'JPY' WHERE id = \($0.ben)" },
        Damage(check: "payment.transfers") { "UPDATE payment SET state = 8 WHERE id = \($0.topUp)" },
        Damage(check: "payment.transfers") { "UPDATE payment SET amount = amount + 1 WHERE id = \($0.topUp)" },
        Damage(check: "payment.refunded_amount") { "UPDATE payment SET refunded_amount = 1 WHERE id = \($0.topUp)" },
        Damage(check: "payment.job") { "UPDATE payment SET state = 1 WHERE id = \($0.topUp)" },
    ]

    @Test func everyCheckIsSeenToFind() {
        #expect(Set(Self.damages.map(\.check)) == Set(LedgerService.consistencyChecks.map(\.name)))
    }

    @Test(arguments: damages) func damageIsFound(damage: Damage) async throws {
        try await withLedger(isSound: false) { books in
            let topUp = try await books.toppedUp(.person(books.ids.next()), 1_000)
            let (ann, ben) = (topUp.wallet, try await books.wallet(with: 10))
            let (gift, pending) = (books.moving(100, from: ann, to: ben), books.holding(50, from: ann, to: ben))
            let settled = books.holding(60, from: ann, to: ben)
            books.clock.advance(seconds: 1)
            try await books.together(gift, pending, settled)
            try await books.together(
                Transfer(id: books.ids.next(), .settle(settled.id, amount: 20), for: .orderPayment))
            #expect(try await books.findings() == [])
            let world = World(
                ann: ann, ben: ben, gift: gift.id, pending: pending.id, settled: settled.id, topUp: topUp.id)
            let sql = damage.sql(world)
            try await books.database.write { tx in _ = try tx.execute(sql) }
            let findings = try await books.findings()
            #expect(findings.contains { $0.hasPrefix(damage.check + " ") }, "\(findings)")
        }
    }
}
