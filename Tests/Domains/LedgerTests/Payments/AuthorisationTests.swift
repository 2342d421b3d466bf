import Core
import LedgerCore
import PlazaTesting
import Storage
import Testing

@testable import Ledger

@Suite struct AuthorisationTests {
    typealias Token = TestPaymentProvider.Token

    // MARK: Claimed

    /// Of 1,000 that were set aside an order claims 600. What moved at the provider is what it has not given back.
    @Test(
        arguments: [
            (Token.good, "completed", 600), (.decline, "failed", 0), (.declineCapture, "failed", 0),
            (.delay, "completed", 1_000), (.duplicate, "completed", 600), (.timeOutAfterCharge, "completed", 1_000),
            (.timeOutAfterCapture, "completed", 600),
        ] as [(Token, String, Int64)])
    func anOrderGetsWhatItWantsOrNothing(token: Token, progress: String, moved: Int64) async throws {
        try await withLedger { books in
            let ann = books.person()
            let (payment, order) = try await books.claimed(ann, 1_000, token, wanting: 600)
            try await books.runJobsForMinutes()
            try await books.deliverCallbacks()
            try await books.runJobsForMinutes()
            let ended = try await books.ledger.payment(payment.id, of: ann)
            #expect(ended.progress == progress)
            #expect(!ended.isContradicted)
            let isPaid = progress == "completed"
            #expect(books.orders[order]?.paid == (isPaid ? 600 : 0))
            #expect(books.orders[order]?.isGivenUp == !isPaid)
            #expect(books.provider.moved(payment.providerKey) == moved)
            #expect(ended.refundedAmount == (isPaid ? moved - 600 : 0))
            #expect(try await books.balance(of: payment.wallet) == 0)
            let clearing = try await books.account(.platform, .providerClearing)
            #expect(try await books.balance(of: clearing) == (isPaid ? -600 : 0))
            #expect(try await books.events(LedgerEvent.paymentContradicted) == 0)
        }
    }

    /// It was declined and the order given up; then the provider says that it has the money after all.
    @Test func whatWasTakenForNobodyDoesNotStay() async throws {
        try await withLedger { books in
            let ann = books.person()
            let (payment, order) = try await books.claimed(ann, 1_000, .contradict, wanting: 600)
            try await books.runJobs()
            #expect(books.orders[order]?.isGivenUp == true)
            try await books.deliverCallbacks()
            try await books.runJobs()
            let ended = try await books.ledger.payment(payment.id, of: ann)
            #expect(ended.progress == "completed" && ended.capturedAmount == 1_000)
            #expect(books.orders[order]?.paid == 0)
            let refunds = try await books.ledger.payments(of: ann, cursor: nil, limit: 10).items.filter {
                $0.refunded == payment.id
            }
            #expect(refunds.map(\.amount.amount) == [1_000])
        }
    }

    /// The connection dies at the n-th call, after the provider has heard it or before.
    @Test(arguments: 1...6, [true, false])
    func anAnswerThatIsLostIsAskedForAgain(lost: Int, isHeard: Bool) async throws {
        for token in [Token.good, .delay, .timeOutAfterCharge, .timeOutAfterCapture] {
            try await withLedger(wrapping: { ForgetfulProvider(provider: $0, lost: lost, isHeard: isHeard) }) { books in
                let ann = books.person()
                let (payment, order) = try await books.claimed(ann, 1_000, token, wanting: 600)
                try await books.runJobsForMinutes()
                #expect(try await books.ledger.payment(payment.id, of: ann).progress == "completed", "\(token)")
                #expect(books.provider.timesMoved(payment.providerKey) == 1, "\(token)")
                #expect(books.orders[order]?.paid == 600, "\(token)")
                #expect(try await books.balance(of: payment.wallet) == 0, "\(token)")
            }
        }
    }

    @Test func whatAnOrderGivesUpBeforeItIsTakenIsLetGoOf() async throws {
        try await withLedger { books in
            let ann = books.person()
            let (payment, order) = try await books.claimed(ann, 1_000, .good, wanting: 600)
            books.orders.cancel(order)
            try await books.runJobs()
            let ended = try await books.ledger.payment(payment.id, of: ann)
            #expect(ended.progress == "failed" && ended.failure == "voided")
            #expect(books.provider.timesMoved(payment.providerKey) == 0)
        }
    }

    /// The server was killed when it had asked for the money, and the order was cancelled before it came back.
    @Test(arguments: [true, false]) func whatWasTakenForACancelledOrderGoesBack(isHeard: Bool) async throws {
        try await withLedger { books in
            let ann = books.person()
            let payment = try await books.authorise(ann, 1_000, .good)
            try await books.runJobs()
            let order = books.ids.next(Order.self)
            try await books.claim(payment.id, of: ann, for: order, 600)
            try await books.database.write { tx in
                try tx.execute("UPDATE payment SET state = 3, captured_amount = 600 WHERE id = \(payment.id)")
                try books.ledger.reconsider(payment.id, in: tx)
            }
            if isHeard { _ = try await books.provider.capture(payment.providerKey, Money(600, .eur)) }
            books.orders.cancel(order)
            try await books.runJobsForMinutes()
            let ended = try await books.ledger.payment(payment.id, of: ann)
            #expect(ended.progress == (isHeard ? "completed" : "failed"))
            #expect(ended.refundedAmount == (isHeard ? 600 : 0))
            #expect(try await books.balance(of: payment.wallet) == 0)
            #expect(books.orders[order]?.paid == 0)
        }
    }

    /// Less than it was asked for, which is more than nothing.
    @Test func anOrderIsNotPaidInPart() async throws {
        try await withLedger { books in
            let ann = books.person()
            let (payment, order) = try await books.claimed(ann, 1_000, .delay, wanting: 600)
            try await books.runJobs()
            let less = books.provider.callback("evt_1", .completed, of: payment.providerKey, amount: Money(599, .eur))
            try await books.deliver(less)
            #expect(books.orders[order]?.isGivenUp == true)
            #expect(try await books.ledger.payment(payment.id, of: ann).refundedAmount == 599)
            #expect(try await books.balance(of: payment.wallet) == 0)
        }
    }

    @Test func moreThanWasSetAsideIsNotBelieved() async throws {
        try await withLedger { books in
            let ann = books.person()
            let (payment, order) = try await books.claimed(ann, 1_000, .delay, wanting: 600)
            try await books.runJobs()
            let more = books.provider.callback("evt_1", .completed, of: payment.providerKey, amount: Money(1_001, .eur))
            try await books.deliver(more)
            #expect(try await books.ledger.payment(payment.id, of: ann).progress == "pending")
            #expect(books.orders[order]?.paid == 0)
            try await books.runJobsForMinutes()
            #expect(books.orders[order]?.paid == 600)
        }
    }

    @Test func noticesThatComeLateTwiceAndOutOfOrderChangeNothing() async throws {
        try await withLedger { books in
            let ann = books.person()
            let (payment, order) = try await books.claimed(ann, 1_000, .good, wanting: 600)
            try await books.runJobs()
            #expect(books.orders[order]?.paid == 600)
            let notices: [(ProviderStatus, Int64)] = [
                (.completed, 600), (.authorised, 1_000), (.pending, 1_000), (.completed, 600),
            ]
            for (index, (status, amount)) in notices.enumerated() {
                let notice = books.provider.callback(
                    "evt_\(index)", status, of: payment.providerKey, amount: Money(amount, .eur))
                for _ in 0..<2 { try await books.deliver(notice) }
            }
            try await books.runJobsForMinutes()
            let ended = try await books.ledger.payment(payment.id, of: ann)
            #expect(ended.progress == "completed" && ended.refundedAmount == 0 && !ended.isContradicted)
            #expect(try await books.events(LedgerEvent.paymentCompleted) == 1)
        }
    }

    @Test func nothingIsTakenForAWalletThatIsFrozen() async throws {
        try await withLedger { books in
            let ann = books.person()
            let (payment, order) = try await books.claimed(ann, 1_000, .good, wanting: 600)
            _ = try await books.ledger.freeze(payment.wallet, true)
            try await books.runJobs()
            #expect(books.orders[order]?.isGivenUp == true)
            #expect(books.provider.timesMoved(payment.providerKey) == 0)
            let other = try await books.authorise(ann, 1_000, .good)
            await #expect(throws: LedgerError.refused(.debitAccountFrozen, at: 0)) {
                try await books.claim(other.id, of: ann, for: books.ids.next(), 600)
            }
        }
    }

    @Test func whatWasTakenForAFrozenWalletPaysWhenItThaws() async throws {
        try await withLedger { books in
            let ann = books.person()
            let (payment, order) = try await books.claimed(ann, 1_000, .delay, wanting: 600)
            try await books.runJobs()
            _ = try await books.ledger.freeze(payment.wallet, true)
            try await books.runJobsForMinutes()
            #expect(try await books.ledger.payment(payment.id, of: ann).state == .taken)
            _ = try await books.ledger.freeze(payment.wallet, false)
            try await books.runJobsForMinutes()
            #expect(books.orders[order]?.paid == 600)
            #expect(try await books.balance(of: payment.wallet) == 0)
        }
    }

    // MARK: Claiming

    @Test func twentyOrdersAtTheSameInstantClaimItOnce() async throws {
        try await withLedger { books in
            let ann = books.person()
            let payment = try await books.authorise(ann, 1_000, .good)
            let done = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<20 {
                    group.addTask { (try? await books.claim(payment.id, of: ann, for: books.ids.next(), 600)) != nil }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(done == 1)
            await #expect(throws: LedgerError.authorisationUsed) {
                try await books.claim(payment.id, of: ann, for: books.ids.next(), 1)
            }
            try await books.runJobs()
        }
    }

    @Test func onlyOnesOwnAuthorisationOfEnoughIsClaimed() async throws {
        try await withLedger { books in
            let (ann, eve) = (books.person(), books.person())
            let payment = try await books.authorise(ann, 1_000, .good)
            let topUp = try await books.topUp(ann, 1_000, .good)
            for (id, owner) in [(payment.id, eve), (books.ids.next(), ann), (topUp.id, ann)] {
                await #expect(throws: LedgerError.paymentNotFound) {
                    try await books.claim(id, of: owner, for: books.ids.next(), 600)
                }
            }
            await #expect(throws: LedgerError.authorisationTooSmall(authorised: Money(1_000, .eur))) {
                try await books.claim(payment.id, of: ann, for: books.ids.next(), 1_001)
            }
            await #expect(throws: LedgerError.refused(.currenciesDiffer, at: 0)) {
                try await books.claim(payment.id, of: ann, for: books.ids.next(), 600, .jpy)
            }
            try await books.runJobs()
            #expect(try await books.ledger.payment(payment.id, of: ann).progress == "authorised")
        }
    }

    // MARK: Let go of

    @Test func whatNobodyClaimsInTimeIsLetGoOf() async throws {
        try await withLedger { books in
            let ann = books.person()
            let payment = try await books.authorise(ann, 1_000, .good)
            books.clock.advance(seconds: LedgerService.authorisedForSeconds - 1)
            try await books.runJobs()
            #expect(try await books.ledger.payment(payment.id, of: ann).progress == "authorised")
            #expect(try await books.findings() == [])
            books.clock.advance(seconds: 1)
            await #expect(throws: LedgerError.authorisationEnded) {
                try await books.claim(payment.id, of: ann, for: books.ids.next(), 600)
            }
            try await books.runJobs()
            let ended = try await books.ledger.payment(payment.id, of: ann)
            #expect(ended.progress == "failed" && ended.failure == "expired")
            let said = try await books.provider.report(of: payment.providerKey)
            #expect(said.status == .voided)
        }
    }

    @Test(arguments: [true, false]) func itsOwnerLetsGoOfIt(isAuthorised: Bool) async throws {
        try await withLedger { books in
            let (ann, eve) = (books.person(), books.person())
            let payment = try await books.authorise(ann, 1_000, .good)
            if isAuthorised { try await books.runJobs() }
            await #expect(throws: LedgerError.paymentNotFound) { try await books.letGo(payment.id, of: eve) }
            for _ in 0..<2 { try await books.letGo(payment.id, of: ann) }
            await #expect(throws: LedgerError.authorisationEnded) {
                try await books.claim(payment.id, of: ann, for: books.ids.next(), 600)
            }
            try await books.runJobs()
            let ended = try await books.ledger.payment(payment.id, of: ann)
            #expect(ended.progress == "failed" && ended.failure == "voided")
            try await books.letGo(payment.id, of: ann)
            let said = try await books.provider.report(of: payment.providerKey)
            #expect(said.status == (isAuthorised ? .voided : .unknown))
        }
    }

    @Test func whatIsClaimedIsNotLetGoOf() async throws {
        try await withLedger { books in
            let ann = books.person()
            let (payment, order) = try await books.claimed(ann, 1_000, .good, wanting: 600)
            await #expect(throws: LedgerError.authorisationUsed) { try await books.letGo(payment.id, of: ann) }
            try await books.runJobs()
            #expect(books.orders[order]?.paid == 600)
        }
    }

    /// The provider has taken what it was to set aside.
    @Test func whatIsTakenUnaskedGoesBack() async throws {
        try await withLedger { books in
            let ann = books.person()
            let payment = try await books.authorise(ann, 1_000, .timeOutAfterCharge)
            try await books.runJobsForMinutes()
            let ended = try await books.ledger.payment(payment.id, of: ann)
            #expect(ended.capturedAmount == 1_000 && ended.refundedAmount == 1_000)
            #expect(try await books.balance(of: payment.wallet) == 0)
            await #expect(throws: LedgerError.authorisationEnded) {
                try await books.claim(payment.id, of: ann, for: books.ids.next(), 600)
            }
        }
    }
}

extension LedgerFixture {
    fileprivate func authorise(
        _ owner: LedgerOwner, _ amount: Int64, _ token: TestPaymentProvider.Token
    ) async throws -> Payment {
        try await database.write { tx in
            try ledger.authorise(Money(amount, .eur), for: owner, token: token.rawValue, in: tx)
        }
    }

    fileprivate func claim(
        _ id: ID<Payment>, of owner: LedgerOwner, for order: ID<Order>, _ total: Int64, _ currency: Currency = .eur
    ) async throws {
        try await database.write { tx in
            try ledger.claim(id, of: owner, for: order, Money(total, currency), in: tx)
        }
        orders.place(order, wanting: total)
    }

    /// An order has claimed it before the provider has heard of it.
    fileprivate func claimed(
        _ owner: LedgerOwner, _ amount: Int64, _ token: TestPaymentProvider.Token, wanting wanted: Int64
    ) async throws -> (Payment, ID<Order>) {
        let (payment, order) = (try await authorise(owner, amount, token), ids.next(Order.self))
        try await claim(payment.id, of: owner, for: order, wanted)
        return (payment, order)
    }

    fileprivate func letGo(_ id: ID<Payment>, of owner: LedgerOwner) async throws {
        _ = try await database.write { tx in try ledger.letGo(id, of: owner, in: tx) }
    }
}
