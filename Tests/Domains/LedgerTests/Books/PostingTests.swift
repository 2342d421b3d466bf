import Core
import LedgerCore
import PlazaTesting
import Storage
import Testing

@testable import Ledger

@Suite struct PostingTests {
    @Test func whatIsMovedIsThereInBothAccountsAndInTheRecord() async throws {
        try await withLedger { books in
            let (ann, ben) = (try await books.wallet(with: 1_000), try await books.wallet(with: 0))
            let gift = books.moving(300, from: ann, to: ben, of: 42)
            #expect(try await books.post(gift) == [.applied])
            #expect(try await books.balance(of: ann) == 700)
            #expect(try await books.balance(of: ben) == 300)
            let record = try #require(try await books.transfer(gift.id))
            #expect(record.debitBalance == 700 && record.creditBalance == 300)
            #expect(record.subject == 42 && record.purpose == TransferPurpose.personal.rawValue)
            #expect(record.createdAt == books.clock.now)
        }
    }

    @Test func anIdMovesMoneyOnce() async throws {
        try await withLedger { books in
            let (ann, ben) = (try await books.wallet(with: 1_000), try await books.wallet(with: 0))
            let gift = books.moving(300, from: ann, to: ben)
            #expect(try await books.post(gift) == [.applied])
            #expect(try await books.post(gift) == [.exists])
            #expect(try await books.post(books.moving(301, from: ann, to: ben, id: gift.id)) == [.refused(.idTaken)])
            #expect(try await books.balance(of: ann) == 700)
            #expect(try await books.number("SELECT COUNT(*) FROM transfer /* scan: test */") == 2)
        }
    }

    @Test func oneOfABatchIsRefusedAlone() async throws {
        try await withLedger { books in
            let (ann, ben) = (try await books.wallet(with: 1_000), try await books.wallet(with: 0))
            let outcomes = try await books.post(
                books.moving(900, from: ann, to: ben), books.moving(200, from: ann, to: ben),
                books.moving(100, from: ann, to: ben))
            #expect(outcomes == [.applied, .refused(.insufficientFunds(available: 100)), .applied])
            #expect(try await books.balance(of: ben) == 1_000)
        }
    }

    @Test func togetherMeansAllOrNone() async throws {
        try await withLedger { books in
            let (ann, ben) = (try await books.wallet(with: 1_000), try await books.wallet(with: 0))
            let first = books.moving(900, from: ann, to: ben)
            await #expect(throws: LedgerError.refused(.insufficientFunds(available: 100), at: 1)) {
                try await books.together(first, books.moving(200, from: ann, to: ben))
            }
            // Also where the caller goes on: the chain itself left nothing behind.
            try await books.database.write { tx in
                #expect(throws: LedgerError.self) {
                    try books.ledger.postTogether([first, books.moving(200, from: ann, to: ben)], in: tx)
                }
            }
            #expect(try await books.balance(of: ann) == 1_000)
            #expect(try await books.transfer(first.id) == nil)
            try await books.together(first, books.moving(100, from: ann, to: ben))
            #expect(try await books.balance(of: ben) == 1_000)
        }
    }

    @Test func aHoldIsSettledInPartByALaterTransaction() async throws {
        try await withLedger { books in
            let (ann, ben) = (try await books.wallet(with: 1_000), try await books.wallet(with: 0))
            let hold = books.holding(800, from: ann, to: ben)
            try await books.together(hold)
            #expect(try await books.state(of: ann)?.available == 200)
            #expect(
                try await books.post(books.moving(201, from: ann, to: ben)) == [
                    .refused(.insufficientFunds(available: 200))
                ])
            let settlement = Transfer(id: books.ids.next(), .settle(hold.id, amount: 500), for: .orderPayment)
            #expect(try await books.post(settlement) == [.applied])
            #expect(try await books.state(of: ann)?.available == 500)
            #expect(try await books.transfer(hold.id)?.holdState == .settled)
            let void = Transfer(id: books.ids.next(), .void(hold.id), for: .orderPayment)
            #expect(try await books.post(void) == [.refused(.holdAlreadySettled)])
        }
    }

    @Test func timeOfTheBooksNeverRunsBackwards() async throws {
        try await withLedger { books in
            let (ann, ben) = (try await books.wallet(with: 1_000), try await books.wallet(with: 0))
            let hold = books.holding(800, from: ann, to: ben, seconds: 60)
            try await books.together(hold)
            let start = books.clock.now
            books.clock.advance(seconds: 3_600)
            try await books.together(books.moving(1, from: ann, to: ben))
            books.clock.set(start)
            // It was over an hour ago, whatever the clock says now.
            let late = Transfer(id: books.ids.next(), .settle(hold.id, amount: nil), for: .orderPayment)
            #expect(try await books.post(late) == [.refused(.holdExpired)])
            let next = books.moving(1, from: ann, to: ben)
            try await books.together(next)
            #expect(try await books.transfer(next.id)?.createdAt == start.advanced(bySeconds: 3_600))
            let now = try await books.database.read { db in try books.ledger.now(in: db) }
            #expect(now == start.advanced(bySeconds: 3_600))
        }
    }

    @Test func aBatchOfThousandsIsWritten() async throws {
        try await withLedger { books in
            let ann = try await books.wallet(with: 10_000)
            let keys = (1...3_000).map { LedgerAccountKey(.person(ID(rawValue: $0)), .wallet, .eur) }
            let wallets = try await books.database.write { tx in try books.ledger.accounts(Set(keys), in: tx) }
            let transfers = keys.compactMap { wallets[$0] }.map { books.moving(3, from: ann, to: $0) }
            #expect(transfers.count == 3_000)
            let outcomes = try await books.database.write { tx in try books.ledger.post(transfers, in: tx) }
            #expect(outcomes == Array(repeating: .applied, count: 3_000))
            #expect(try await books.balance(of: ann) == 1_000)
            let credited = try await books.number(
                "SELECT COUNT(*) FROM ledger_account WHERE credits_posted = 3 /* scan: test */")
            #expect(credited == 3_000)
        }
    }

    @Test func accountsAreOpenedOnce() async throws {
        try await withLedger { books in
            let person: ID<Account> = books.ids.next()
            let ids = try await withThrowingTaskGroup(of: ID<LedgerAccount>.self) { group in
                for _ in 0..<20 { group.addTask { try await books.wallet(of: person) } }
                return try await group.reduce(into: Set()) { $0.insert($1) }
            }
            #expect(ids.count == 1)
            #expect(try await books.wallet(of: person, .jpy) != ids.first)
            #expect(try await books.account(.shop(ID(rawValue: person.rawValue)), .wallet) != ids.first)
            #expect(try await books.account(.person(person), .escrow) != ids.first)
        }
    }

    @Test(arguments: [0, -1, Int64.min]) func anAmountThatIsNotPositiveIsRefused(amount: Int64) async throws {
        try await withLedger { books in
            let (ann, ben) = (try await books.wallet(with: 1_000), try await books.wallet(with: 1_000))
            #expect(try await books.post(books.moving(amount, from: ann, to: ben)) == [.refused(.amountNotPositive)])
        }
    }

    @Test func whatDoesNotFitIsRefused() async throws {
        try await withLedger { books in
            let rich = try await books.wallet(with: .max)
            let ben = try await books.wallet(of: books.ids.next())
            let adjustments = try await books.account(.platform, .adjustments)
            #expect(
                try await books.post(books.moving(1, from: adjustments, to: rich)) == [.refused(.balanceOverflow)])
            #expect(try await books.post(books.moving(.max, from: rich, to: ben)) == [.applied])
            #expect(try await books.balance(of: ben) == .max)
        }
    }

    @Test func currenciesAreNotMixed() async throws {
        try await withLedger { books in
            let (ann, yui) = (try await books.wallet(with: 1_000), try await books.wallet(with: 0, .jpy))
            #expect(try await books.post(books.moving(1, from: ann, to: yui)) == [.refused(.currenciesDiffer)])
        }
    }

    /// What the core has let pass by mistake, the tables do not.
    @Test func theTablesRefuseWhatCannotBe() async throws {
        try await withLedger { books in
            let ann = try await books.wallet(with: 1_000)
            for change: SQL in [
                "UPDATE ledger_account SET debits_posted = 1001 WHERE id = \(ann)",
                "UPDATE ledger_account SET debits_pending = 1001 WHERE id = \(ann)",
                "UPDATE ledger_account SET credits_pending = -1 WHERE id = \(ann)",
                "UPDATE transfer SET amount = 0 WHERE credit_id = \(ann)",
                "UPDATE transfer SET hold_state = 0 WHERE credit_id = \(ann)",
                "UPDATE transfer SET debit_id = credit_id WHERE credit_id = \(ann)",
            ] {
                await #expect(throws: StorageError.self, "\(change.text)") {
                    try await books.database.write { tx in _ = try tx.execute(change) }
                }
            }
        }
    }
}
