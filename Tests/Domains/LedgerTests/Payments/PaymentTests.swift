import Core
import HTTPTypes
import LedgerCore
import PlazaTesting
import Storage
import Synchronization
import Testing

@testable import Ledger

@Suite struct PaymentTests {
    typealias Token = TestPaymentProvider.Token

    // MARK: Top-ups

    @Test(arguments: [
        (Token.good, "completed"), (.decline, "failed"), (.delay, "completed"), (.duplicate, "completed"),
        (.contradict, "completed"), (.timeOutAfterCharge, "completed"),
    ])
    func aTopUpIsInTheWalletOnceIfTheProviderHasIt(token: Token, progress: String) async throws {
        try await withLedger { books in
            let ann = books.person()
            let topUp = try await books.topUp(ann, 1_000, token)
            try await books.runJobsForMinutes()
            try await books.deliverCallbacks()
            try await books.runJobsForMinutes()
            let ended = try await books.ledger.payment(topUp.id, of: ann)
            #expect(ended.progress == progress)
            #expect(ended.failure == (progress == "failed" ? "card_declined" : nil))
            #expect(!ended.isContradicted)
            let isThere = progress == "completed"
            #expect(try await books.balance(of: topUp.wallet) == (isThere ? 1_000 : 0))
            #expect(books.provider.timesMoved(topUp.providerKey) == (isThere ? 1 : 0))
            let clearing = try await books.account(.platform, .providerClearing)
            #expect(try await books.balance(of: clearing) == (isThere ? -1_000 : 0))
            #expect(try await books.events(LedgerEvent.paymentCompleted) == (isThere ? 1 : 0))
        }
    }

    @Test func nothingIsInTheWalletBeforeTheProviderHasIt() async throws {
        try await withLedger { books in
            let ann = books.person()
            let topUp = try await books.topUp(ann, 1_000, .delay)
            try await books.runJobs()
            #expect(try await books.ledger.payment(topUp.id, of: ann).progress == "pending")
            #expect(try await books.balance(of: topUp.wallet) == 0)
        }
    }

    /// The connection dies at the n-th call, after the provider has heard it or before.
    @Test(arguments: 1...5, [true, false])
    func anAnswerThatIsLostIsAskedForAgain(lost: Int, isHeard: Bool) async throws {
        for token in [Token.good, .delay, .timeOutAfterCharge] {
            try await withLedger(wrapping: { ForgetfulProvider(provider: $0, lost: lost, isHeard: isHeard) }) { books in
                let ann = books.person()
                let topUp = try await books.topUp(ann, 1_000, token)
                try await books.runJobsForMinutes()
                #expect(try await books.ledger.payment(topUp.id, of: ann).progress == "completed", "\(token)")
                #expect(books.provider.timesMoved(topUp.providerKey) == 1, "\(token)")
                #expect(try await books.balance(of: topUp.wallet) == 1_000, "\(token)")
                let payout = try await books.payOut(ann, 400, token)
                try await books.runJobsForMinutes()
                #expect(books.provider.timesMoved(payout.providerKey) == 1, "\(token)")
                #expect(try await books.balance(of: topUp.wallet) == 600, "\(token)")
            }
        }
    }

    @Test func aProviderThatIsDownForADayIsAskedStill() async throws {
        try await withLedger(wrapping: { ForgetfulProvider(provider: $0, lost: 1, until: 60) }) { books in
            let ann = books.person()
            let topUp = try await books.topUp(ann, 1_000, .good)
            for _ in 0..<80 {
                try await books.runJobs()
                #expect(try await books.findings() == [])
                books.clock.advance(seconds: 3_601)
            }
            #expect(try await books.ledger.payment(topUp.id, of: ann).progress == "completed")
            #expect(books.provider.timesMoved(topUp.providerKey) == 1)
        }
    }

    @Test func aFrozenWalletIsNotChargedFor() async throws {
        try await withLedger { books in
            let ann = books.person()
            let topUp = try await books.topUp(ann, 1_000, .good)
            _ = try await books.ledger.freeze(topUp.wallet, true)
            try await books.runJobsForMinutes()
            #expect(try await books.ledger.payment(topUp.id, of: ann).progress == "failed")
            #expect(books.provider.timesMoved(topUp.providerKey) == 0)
        }
    }

    @Test func whatWasTakenForAFrozenWalletComesWhenItThaws() async throws {
        try await withLedger { books in
            let ann = books.person()
            let topUp = try await books.topUp(ann, 1_000, .timeOutAfterCharge)
            _ = try await books.ledger.freeze(topUp.wallet, true)
            try await books.runJobsForMinutes()
            #expect(try await books.ledger.payment(topUp.id, of: ann).progress == "pending")
            #expect(try await books.balance(of: topUp.wallet) == 0)
            _ = try await books.ledger.freeze(topUp.wallet, false)
            try await books.runJobs()
            #expect(try await books.ledger.payment(topUp.id, of: ann).progress == "completed")
            #expect(try await books.balance(of: topUp.wallet) == 1_000)
        }
    }

    // MARK: Payouts

    @Test(arguments: [
        (Token.good, "completed"), (.decline, "failed"), (.delay, "completed"), (.duplicate, "completed"),
        (.timeOutAfterCharge, "completed"),
    ])
    func aPayoutLeavesTheWalletAtOnceAndComesBackWhenRefused(token: Token, progress: String) async throws {
        try await withLedger { books in
            let ann = books.person()
            let topUp = try await books.toppedUp(ann, 1_000)
            let payout = try await books.payOut(ann, 700, token)
            #expect(try await books.balance(of: topUp.wallet) == 300)
            try await books.runJobsForMinutes()
            try await books.deliverCallbacks()
            try await books.runJobsForMinutes()
            #expect(try await books.ledger.payment(payout.id, of: ann).progress == progress)
            #expect(try await books.balance(of: topUp.wallet) == (progress == "failed" ? 1_000 : 300))
            #expect(books.provider.timesMoved(payout.providerKey) == (progress == "failed" ? 0 : 1))
        }
    }

    /// It has paid what it had refused and we had given back: nobody's wallet can set that right.
    @Test func aProviderThatContradictsItselfIsReported() async throws {
        try await withLedger { books in
            let ann = books.person()
            let topUp = try await books.toppedUp(ann, 1_000)
            let payout = try await books.payOut(ann, 700, .contradict)
            try await books.runJobs()
            #expect(try await books.ledger.payment(payout.id, of: ann).progress == "failed")
            #expect(try await books.balance(of: topUp.wallet) == 1_000)
            try await books.deliverCallbacks()
            try await books.runJobs()
            #expect(try await books.ledger.payment(payout.id, of: ann).isContradicted)
            let listed = try await books.ledger.contradictedPayments(cursor: nil, limit: 10).items
            #expect(listed.map(\.id) == [payout.id])
            #expect(try await books.events(LedgerEvent.paymentContradicted) == 1)
            #expect(try await books.balance(of: topUp.wallet) == 1_000)
        }
    }

    @Test func nobodyIsPaidOutWhatTheyDoNotHave() async throws {
        try await withLedger { books in
            let ann = books.person()
            _ = try await books.toppedUp(ann, 1_000)
            await #expect(throws: LedgerError.refused(.insufficientFunds(available: 1_000), at: 0)) {
                _ = try await books.payOut(ann, 1_001, .good)
            }
            #expect(try await books.number("SELECT COUNT(*) FROM payment WHERE kind = 2 /* scan: test */") == 0)
        }
    }

    // MARK: Refunds

    @Test func aTopUpIsGivenBackInPartsAndNoMore() async throws {
        try await withLedger { books in
            let ann = books.person()
            let topUp = try await books.toppedUp(ann, 1_000)
            _ = try await books.refund(topUp.id, of: ann, 400)
            let euros = { Money($0, .eur) }
            await #expect(throws: LedgerError.refundExceedsPayment(left: euros(600))) {
                _ = try await books.refund(topUp.id, of: ann, 601)
            }
            let rest = try await books.refund(topUp.id, of: ann, nil)
            #expect(rest.amount == euros(600))
            for amount in [1, nil] as [Int64?] {
                await #expect(throws: LedgerError.refundExceedsPayment(left: euros(0))) {
                    _ = try await books.refund(topUp.id, of: ann, amount)
                }
            }
            try await books.runJobsForMinutes()
            #expect(try await books.balance(of: topUp.wallet) == 0)
            #expect(try await books.ledger.payment(topUp.id, of: ann).refundedAmount == 1_000)
            #expect(books.provider.timesMoved(rest.providerKey) == 1)
        }
    }

    @Test func aRefundTwiceAtTheSameInstantIsOne() async throws {
        try await withLedger { books in
            let ann = books.person()
            let topUp = try await books.toppedUp(ann, 1_000)
            let done = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<20 {
                    group.addTask { (try? await books.refund(topUp.id, of: ann, 1_000)) != nil }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(done == 1)
            #expect(try await books.balance(of: topUp.wallet) == 0)
        }
    }

    @Test func whatWasSpentCannotBeGivenBack() async throws {
        try await withLedger { books in
            let (ann, ben) = (books.person(), try await books.wallet(with: 0))
            let topUp = try await books.toppedUp(ann, 1_000)
            try await books.together(books.moving(900, from: topUp.wallet, to: ben))
            await #expect(throws: LedgerError.refused(.insufficientFunds(available: 100), at: 0)) {
                _ = try await books.refund(topUp.id, of: ann, 200)
            }
            #expect(try await books.ledger.payment(topUp.id, of: ann).refundedAmount == 0)
        }
    }

    @Test func onlyOnesOwnArrivedTopUpsAreGivenBack() async throws {
        try await withLedger { books in
            let (ann, eve) = (books.person(), books.person())
            let topUp = try await books.toppedUp(ann, 1_000)
            await #expect(throws: LedgerError.paymentNotFound) { _ = try await books.refund(topUp.id, of: eve, 1) }
            await #expect(throws: LedgerError.paymentNotFound) {
                _ = try await books.refund(books.ids.next(), of: ann, 1)
            }
            let payout = try await books.payOut(ann, 100, .good)
            await #expect(throws: LedgerError.paymentNotFound) { _ = try await books.refund(payout.id, of: ann, 1) }
            let waiting = try await books.topUp(ann, 500, .delay)
            await #expect(throws: LedgerError.paymentNotCompleted) {
                _ = try await books.refund(waiting.id, of: ann, 1)
            }
        }
    }

    @Test func aRefundThatIsRefusedComesBackAndCanBeAskedForAgain() async throws {
        try await withLedger { books in
            let ann = books.person()
            let topUp = try await books.topUp(ann, 1_000, .contradict)
            try await books.runJobs()
            try await books.deliverCallbacks()
            try await books.runJobs()
            let refund = try await books.refund(topUp.id, of: ann, 300)
            try await books.runJobs()
            #expect(try await books.ledger.payment(refund.id, of: ann).progress == "failed")
            #expect(try await books.balance(of: topUp.wallet) == 1_000)
            #expect(try await books.ledger.payment(topUp.id, of: ann).refundedAmount == 0)
        }
    }
}

/// Does what it is asked, and loses some of its answers.
final class ForgetfulProvider: PaymentProvider {
    struct ConnectionLost: Error {}

    private let provider: TestPaymentProvider
    private let lost: ClosedRange<Int>
    private let isHeard: Bool
    private let calls = Counter()

    init(provider: TestPaymentProvider, lost: Int, until last: Int? = nil, isHeard: Bool = true) {
        self.provider = provider
        self.isHeard = isHeard
        self.lost = lost...(last ?? lost)
    }

    var name: String { provider.name }

    private func passing(_ call: () async throws -> ProviderReport) async throws -> ProviderReport {
        let isLost = lost.contains(calls.next())
        if isLost, !isHeard { throw ConnectionLost() }
        let report = try await call()
        if isLost { throw ConnectionLost() }
        return report
    }

    func authorise(_ order: ProviderOrder) async throws -> ProviderReport {
        try await passing { try await provider.authorise(order) }
    }

    func capture(_ key: String, _ amount: Money) async throws -> ProviderReport {
        try await passing { try await provider.capture(key, amount) }
    }

    func void(_ key: String) async throws -> ProviderReport { try await passing { try await provider.void(key) } }

    func refund(_ order: ProviderOrder, of original: String) async throws -> ProviderReport {
        try await passing { try await provider.refund(order, of: original) }
    }

    func payOut(_ order: ProviderOrder) async throws -> ProviderReport {
        try await passing { try await provider.payOut(order) }
    }

    func report(of key: String) async throws -> ProviderReport {
        try await passing { try await provider.report(of: key) }
    }

    func notice(headers: HTTPFields, body: [UInt8], now: Timestamp) throws -> ProviderNotice {
        try provider.notice(headers: headers, body: body, now: now)
    }
}

private final class Counter: Sendable {
    private let count = Mutex(0)

    func next() -> Int {
        count.withLock { count in
            count += 1
            return count
        }
    }
}

extension LedgerFixture {
    func person() -> LedgerOwner { .person(ids.next()) }

    func topUp(_ owner: LedgerOwner, _ amount: Int64, _ token: TestPaymentProvider.Token) async throws -> Payment {
        try await database.write { tx in
            try ledger.topUp(owner, by: Money(amount, .eur), token: token.rawValue, in: tx)
        }
    }

    /// The money is there.
    func toppedUp(_ owner: LedgerOwner, _ amount: Int64) async throws -> Payment {
        let payment = try await topUp(owner, amount, .good)
        try await runJobs()
        return payment
    }

    func payOut(_ owner: LedgerOwner, _ amount: Int64, _ token: TestPaymentProvider.Token) async throws -> Payment {
        try await database.write { tx in
            try ledger.payOut(Money(amount, .eur), of: owner, token: token.rawValue, in: tx)
        }
    }

    func refund(_ id: ID<Payment>, of owner: LedgerOwner, _ amount: Int64?) async throws -> Payment {
        try await database.write { tx in try ledger.refund(id, of: owner, amount: amount, in: tx) }
    }
}
