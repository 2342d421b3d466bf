import Core
import HTTPTypes
import LedgerCore
import PlazaTesting
import Storage
import Testing

@testable import Ledger

@Suite struct CallbackTests {
    private func send(
        _ id: String, _ status: ProviderStatus, of payment: Payment, amount: Int64? = nil, to books: LedgerFixture
    ) async throws {
        let amount = Money(amount ?? payment.amount.amount, .eur)
        try await books.deliver(books.provider.callback(id, status, of: payment.providerKey, amount: amount))
    }

    private func refusal(_ body: () async throws -> Void) async -> LedgerError? {
        do {
            try await body()
            return nil
        } catch {
            return error as? LedgerError
        }
    }

    @Test func aNoticeCompletesWhatTheProviderHasToldNobody() async throws {
        try await withLedger { books in
            let ann = books.person()
            let topUp = try await books.topUp(ann, 1_000, .delay)
            try await books.runJobs()
            try await send("evt_1", .completed, of: topUp, to: books)
            #expect(try await books.balance(of: topUp.wallet) == 1_000)
            #expect(try await books.ledger.payment(topUp.id, of: ann).progress == "completed")
            try await books.runJobsForMinutes()
            #expect(try await books.balance(of: topUp.wallet) == 1_000)
        }
    }

    @Test func aNoticeThatComesAgainChangesNothing() async throws {
        try await withLedger { books in
            let topUp = try await books.topUp(books.person(), 1_000, .delay)
            try await books.runJobs()
            for _ in 0..<3 { try await send("evt_1", .completed, of: topUp, to: books) }
            // Under another name as well.
            try await send("evt_2", .completed, of: topUp, to: books)
            #expect(try await books.balance(of: topUp.wallet) == 1_000)
            #expect(try await books.events(LedgerEvent.paymentCompleted) == 1)
        }
    }

    @Test func twentyCopiesAtTheSameInstantAreOne() async throws {
        try await withLedger { books in
            let topUp = try await books.topUp(books.person(), 1_000, .delay)
            try await books.runJobs()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for copy in 0..<20 {
                    group.addTask { try await send("evt_\(copy % 2)", .completed, of: topUp, to: books) }
                }
                try await group.waitForAll()
            }
            #expect(try await books.balance(of: topUp.wallet) == 1_000)
        }
    }

    @Test func noticesOutOfOrderEndAlike() async throws {
        try await withLedger { books in
            let ann = books.person()
            let topUp = try await books.topUp(ann, 1_000, .delay)
            try await books.runJobs()
            try await send("evt_3", .completed, of: topUp, to: books)
            try await send("evt_2", .authorised, of: topUp, to: books)
            try await send("evt_1", .pending, of: topUp, to: books)
            try await books.runJobsForMinutes()
            #expect(try await books.ledger.payment(topUp.id, of: ann).progress == "completed")
            #expect(try await books.balance(of: topUp.wallet) == 1_000)
        }
    }

    /// What is at odds with what is known is asked about, and the answer counts.
    @Test func aLateRefusalOfWhatIsThereIsNotBelieved() async throws {
        try await withLedger { books in
            let ann = books.person()
            let topUp = try await books.toppedUp(ann, 1_000)
            try await send("evt_1", .declined, of: topUp, to: books)
            try await books.runJobs()
            #expect(try await books.ledger.payment(topUp.id, of: ann).progress == "completed")
            #expect(try await !books.ledger.payment(topUp.id, of: ann).isContradicted)
            #expect(try await books.balance(of: topUp.wallet) == 1_000)
        }
    }

    @Test func anotherAmountIsNotBooked() async throws {
        try await withLedger { books in
            let topUp = try await books.topUp(books.person(), 1_000, .delay)
            try await books.runJobs()
            try await send("evt_1", .completed, of: topUp, amount: 1_000_000, to: books)
            #expect(try await books.balance(of: topUp.wallet) == 0)
            try await books.runJobsForMinutes()
            #expect(try await books.balance(of: topUp.wallet) == 1_000)
        }
    }

    @Test func whatIsForgedIsNotHeard() async throws {
        try await withLedger { books in
            let topUp = try await books.topUp(books.person(), 1_000, .delay)
            try await books.runJobs()
            let good = books.provider.callback("evt_1", .completed, of: topUp.providerKey, amount: topUp.amount)
            let stranger = TestPaymentProvider(secret: Array("another secret".utf8), clock: books.clock.wall)
                .callback("evt_1", .completed, of: topUp.providerKey, amount: topUp.amount)
            var changed = good.body
            changed[changed.count - 10] ^= 1
            let field = try #require(good.headers.first)
            let later = field.value.replacing("t=1", with: "t=2")
            let attempts: [(HTTPFields, [UInt8])] = [
                ([:], good.body), (stranger.headers, stranger.body), (good.headers, changed), (good.headers, []),
                ([field.name: "t=,v1="], good.body), ([field.name: "t=99999999999999999999,v1=00"], good.body),
                ([field.name: later], good.body), ([field.name: field.value + ",t=1"], good.body),
            ]
            for (headers, body) in attempts {
                let refused = await refusal {
                    try await books.ledger.receiveCallback(from: "test", headers: headers, body: body)
                }
                #expect(refused == .callbackRefused(.forged), "\(headers)")
            }
            #expect(try await books.balance(of: topUp.wallet) == 0)
        }
    }

    @Test(arguments: [(301, false), (300, true), (-300, true), (-301, false)] as [(Int64, Bool)])
    func aSignatureIsGoodForFiveMinutes(age: Int64, isGood: Bool) async throws {
        try await withLedger { books in
            let topUp = try await books.topUp(books.person(), 1_000, .delay)
            try await books.runJobs()
            let callback = books.provider.callback("evt_1", .completed, of: topUp.providerKey, amount: topUp.amount)
            books.clock.advance(seconds: age)
            let refused = await refusal { try await books.deliver(callback) }
            #expect(refused == (isGood ? nil : .callbackRefused(.outsideOfTolerance)))
            #expect(try await books.balance(of: topUp.wallet) == (isGood ? 1_000 : 0))
        }
    }

    @Test func unknownPaymentsAndProvidersAreNotFound() async throws {
        try await withLedger { books in
            for key in ["\(books.ids.next(Payment.self))", "acc_0000000000001", "", "pay_"] {
                let callback = books.provider.callback("evt_1", .completed, of: key, amount: Money(1, .eur))
                #expect(await refusal { try await books.deliver(callback) } == .paymentNotFound, "\(key)")
            }
            let callback = books.provider.callback("evt_1", .completed, of: "pay_0", amount: Money(1, .eur))
            let refused = await refusal {
                try await books.ledger.receiveCallback(from: "other", headers: callback.headers, body: callback.body)
            }
            #expect(refused == .providerNotFound)
        }
    }

    @Test func oldNoticesAreForgotten() async throws {
        try await withLedger { books in
            let topUp = try await books.toppedUp(books.person(), 1_000)
            for notice in 0..<3 { try await send("evt_\(notice)", .completed, of: topUp, to: books) }
            books.clock.advance(seconds: 2 * 86_400 - 1)
            try await books.ledger.pruneNotices()
            #expect(try await books.number("SELECT COUNT(*) FROM payment_notice /* scan: test */") == 3)
            books.clock.advance(seconds: 2)
            try await books.ledger.pruneNotices()
            #expect(try await books.number("SELECT COUNT(*) FROM payment_notice /* scan: test */") == 0)
        }
    }
}
