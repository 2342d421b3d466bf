import Core
import LedgerCore
import PlazaTesting
import Storage
import Testing

@testable import Ledger

@Suite struct HoldTests {
    @Test func overdueHoldsAreGivenBackAndTheOthersStay() async throws {
        try await withLedger { books in
            let (ann, ben) = (try await books.wallet(with: 2_000), try await books.wallet(with: 0))
            let holds = (0..<1_100).map { books.holding(1, from: ann, to: ben, seconds: 1 + $0 % 60) }
            let longer = books.holding(100, from: ann, to: ben, seconds: 61)
            try await books.database.write { tx in try books.ledger.postTogether(holds + [longer], in: tx) }
            try await books.ledger.expireHolds()
            #expect(try await books.state(of: ann)?.available == 800)
            books.clock.advance(seconds: 60)
            try await books.ledger.expireHolds()
            #expect(try await books.state(of: ann)?.available == 1_900)
            #expect(try await books.state(of: ann)?.balance == 2_000)
            #expect(try await books.transfer(longer.id)?.holdState == .pending)
            #expect(try await books.events(LedgerEvent.holdExpired) == 1_100)
        }
    }

    @Test func aHoldOnAFrozenAccountIsGivenBackToo() async throws {
        try await withLedger { books in
            let (ann, ben) = (try await books.wallet(with: 1_000), try await books.wallet(with: 0))
            let hold = books.holding(400, from: ann, to: ben)
            try await books.together(hold)
            _ = try await books.ledger.freeze(ann, true)
            #expect(try await books.post(books.moving(1, from: ann, to: ben)) == [.refused(.debitAccountFrozen)])
            #expect(try await books.post(books.moving(1, from: ben, to: ann)) == [.refused(.creditAccountFrozen)])
            let settlement = Transfer(id: books.ids.next(), .settle(hold.id, amount: nil), for: .orderPayment)
            #expect(try await books.post(settlement) == [.refused(.debitAccountFrozen)])
            books.clock.advance(seconds: 61)
            try await books.ledger.expireHolds()
            #expect(try await books.state(of: ann)?.available == 1_000)
            _ = try await books.ledger.freeze(ann, false)
            #expect(try await books.post(books.moving(1, from: ann, to: ben)) == [.applied])
        }
    }

    /// A clock that has jumped ahead and back does not keep money from those whose time was over.
    @Test func holdsExpireByTheBooksTime() async throws {
        try await withLedger { books in
            let (ann, ben) = (try await books.wallet(with: 1_000), try await books.wallet(with: 0))
            try await books.together(books.holding(400, from: ann, to: ben))
            let start = books.clock.now
            books.clock.advance(seconds: 100)
            try await books.together(books.moving(1, from: ann, to: ben))
            books.clock.set(start)
            try await books.ledger.expireHolds()
            #expect(try await books.state(of: ann)?.debitsPending == 0)
        }
    }
}
