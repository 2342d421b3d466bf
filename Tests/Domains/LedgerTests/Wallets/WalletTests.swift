import Core
import LedgerCore
import PlazaTesting
import Storage
import Testing

@testable import Ledger

@Suite struct WalletTests {
    @Test func aStatementTellsEveryMovementWithItsRunningBalance() async throws {
        try await withLedger { books in
            let (ann, ben): (ID<Account>, ID<Account>) = (books.ids.next(), books.ids.next())
            let topUp = try await books.toppedUp(.person(ann), 1_000)
            for amount: Int64 in 1...30 {
                _ = try await books.database.write { tx in
                    try books.ledger.send(Money(amount, .eur), from: ann, to: ben, note: "No. \(amount)", in: tx)
                }
            }
            let entries = try await books.all(of: .person(ann))
            #expect(entries.count == 31)
            #expect(entries.map(\.amount.amount) == (1...30).reversed() + [1_000])
            #expect(entries.last?.subject == topUp.id.rawValue)
            #expect(entries.last?.isDebit == false)
            #expect(entries.last?.counterpart == .platform)
            #expect(entries.first?.note == "No. 30")
            #expect(entries.first?.counterpart == .person(ben))
            var balance: Int64 = 0
            for entry in entries.reversed() {
                balance += entry.isDebit ? -entry.amount.amount : entry.amount.amount
                #expect(entry.balance.amount == balance)
            }
            #expect(try await books.all(of: .person(ben)).first?.balance.amount == 465)
            let balances = try await books.ledger.balances(of: .person(ann))
            #expect(balances.map(\.available) == [Money(535, .eur)])
        }
    }

    @Test func aPageStaysTrueWhileMoneyMoves() async throws {
        try await withLedger { books in
            let (ann, ben) = (books.person(), try await books.wallet(with: 0))
            let wallet = try await books.toppedUp(ann, 1_000).wallet
            for amount: Int64 in 1...10 { try await books.together(books.moving(amount, from: wallet, to: ben)) }
            let first = try await books.ledger.entries(of: ann, currency: .eur, cursor: nil, limit: 4)
            try await books.together(books.moving(77, from: wallet, to: ben))
            let second = try await books.ledger.entries(of: ann, currency: .eur, cursor: first.next, limit: 4)
            #expect(first.items.map(\.amount.amount) == [10, 9, 8, 7])
            #expect(second.items.map(\.amount.amount) == [6, 5, 4, 3])
            await #expect(throws: CursorError.invalid) {
                _ = try await books.ledger.entries(of: books.person(), currency: .eur, cursor: first.next, limit: 4)
            }
            await #expect(throws: CursorError.invalid) {
                _ = try await books.ledger.entries(of: ann, currency: .jpy, cursor: first.next, limit: 4)
            }
        }
    }

    @Test func holdsShowAsHeld() async throws {
        try await withLedger { books in
            let (ann, ben) = (books.person(), try await books.wallet(with: 0))
            let wallet = try await books.toppedUp(ann, 1_000).wallet
            try await books.together(books.holding(300, from: wallet, to: ben))
            let balance = try #require(try await books.ledger.balances(of: ann).first)
            #expect(balance.held == Money(300, .eur))
            #expect(balance.available == Money(700, .eur))
            #expect(balance.balance == Money(1_000, .eur))
        }
    }

    @Test func whoeverLeavesHasNothingLeft() async throws {
        try await withLedger { books in
            let ann: ID<Account> = books.ids.next()
            let topUp = try await books.topUp(.person(ann), 1_000, .delay)
            await #expect(throws: LedgerError.paymentsUnderWay) { try await books.close(ann) }
            try await books.runJobsForMinutes()
            await #expect(throws: LedgerError.walletNotEmpty) { try await books.close(ann) }
            let ben = try await books.wallet(with: 0)
            let hold = books.holding(1_000, from: topUp.wallet, to: ben)
            try await books.together(hold)
            await #expect(throws: LedgerError.walletNotEmpty) { try await books.close(ann) }
            try await books.together(Transfer(id: books.ids.next(), .settle(hold.id, amount: nil), for: .orderPayment))
            try await books.close(ann)
            // Nothing comes in any more, and what was there is still on record.
            #expect(
                try await books.post(books.moving(1, from: ben, to: topUp.wallet)) == [.refused(.creditAccountFrozen)])
            #expect(try await books.all(of: .person(ann)).count == 3)
        }
    }

    @Test func whatSomebodyWroteIsForgottenWithThem() async throws {
        try await withLedger { books in
            let (ann, ben): (ID<Account>, ID<Account>) = (books.ids.next(), books.ids.next())
            _ = try await books.toppedUp(.person(ann), 100)
            for (payer, payee) in [(ann, ben), (ben, ann), (ann, ben)] {
                _ = try await books.database.write { tx in
                    try books.ledger.send(Money(100, .eur), from: payer, to: payee, note: "dear you", in: tx)
                }
            }
            try await books.close(ann)
            #expect(try await books.all(of: .person(ben)).map(\.note) == ["", "dear you", ""])
        }
    }

    @Test func anAdjustmentIsSignedByItsAdministrator() async throws {
        try await withLedger { books in
            let (ann, admin): (ID<Account>, ID<Account>) = (books.ids.next(), books.ids.next())
            try await books.adjust(ann, 500, by: admin)
            try await books.adjust(ann, -200, by: admin)
            await #expect(throws: LedgerError.refused(.insufficientFunds(available: 300), at: 0)) {
                try await books.adjust(ann, -301, by: admin)
            }
            let entries = try await books.all(of: .person(ann))
            #expect(entries.map(\.balance.amount) == [300, 500])
            #expect(entries.map(\.subject) == [admin.rawValue, admin.rawValue])
            #expect(entries.map(\.note) == ["a slip", "a slip"])
        }
    }

    @Test func theTrialBalanceAddsUp() async throws {
        try await withLedger { books in
            let ann = books.person()
            _ = try await books.toppedUp(ann, 1_000)
            let yen = try await books.wallet(with: 700, .jpy)
            try await books.together(
                books.holding(300, from: yen, to: try await books.wallet(with: 0, .jpy)))
            let balance = try await books.ledger.trialBalance()
            #expect(balance.isBalanced)
            #expect(balance.totals.map(\.currency) == [.eur, .jpy])
            #expect(balance.totals.map(\.sums.debitsPosted) == [1_000, 700])
            #expect(balance.totals.map(\.sums.creditsPending) == [0, 300])
            let line = balance.lines.first { $0.currency == .jpy && $0.ownerKind == "person" }
            #expect(line?.accountCount == 2 && line?.sums.creditsPosted == 700)
        }
    }
}

extension LedgerFixture {
    fileprivate func all(of owner: LedgerOwner) async throws -> [StatementEntry] {
        var entries: [StatementEntry] = []
        var cursor: String?
        repeat {
            let page = try await ledger.entries(of: owner, currency: .eur, cursor: cursor, limit: 7)
            entries += page.items
            cursor = page.next
        } while cursor != nil
        return entries
    }

    fileprivate func close(_ person: ID<Account>) async throws {
        try await database.write { tx in try ledger.close(.person(person), in: tx) }
    }

    fileprivate func adjust(_ person: ID<Account>, _ amount: Int64, by administrator: ID<Account>) async throws {
        try await database.write { tx in
            _ = try ledger.adjust(
                .person(person), by: Money(amount, .eur), reason: "a slip", administrator: administrator, in: tx)
        }
    }
}
