import Core
import HTTPTypes
import Testing

@Suite struct WalletRouteTests {
    private static let working = ["PLAZA_PAYMENT_PROVIDER": "test"]

    @Test func aKeyDoesItsWorkOnce() async throws {
        try await withPlaza(Self.working, isWorking: true) { plaza in
            let (ann, ben) = (try await plaza.signUp("ann"), try await plaza.signUp("ben"))
            try await plaza.topUp(ann, 1_000)
            let gift = Gift(ben, 300)
            let first = try await plaza.send(gift, as: ann, key: "gift-1")
            let again = try await plaza.send(gift, as: ann, key: "gift-1")
            #expect(first.status == .created && again.status == .created)
            #expect(first.bytes == again.bytes)
            #expect(again.headers[.replayed] == "true" && first.headers[.replayed] == nil)
            #expect(try await plaza.available(ann) == 700)
            let other = try await plaza.send(Gift(ben, 301), as: ann, key: "gift-1")
            #expect(other.code == "idempotency_key_reused")
            // Keys are each person's own.
            #expect(try await plaza.send(Gift(ann, 100), as: ben, key: "gift-1").status == .created)
            let missing = try await plaza.send(
                .post, "/v1/wallet/transfers", as: ann, body: gift.body)
            #expect(missing.code == "idempotency_key_missing")
            #expect(try await plaza.available(ann) == 800)
        }
    }

    @Test func aKeyAtTheSameInstantDoesItsWorkOnce() async throws {
        try await withPlaza(Self.working, isWorking: true) { plaza in
            let (ann, ben) = (try await plaza.signUp("ann"), try await plaza.signUp("ben"))
            try await plaza.topUp(ann, 1_000)
            let bodies = try await withThrowingTaskGroup(of: [UInt8].self) { group in
                for _ in 0..<30 { group.addTask { try await plaza.send(Gift(ben, 100), as: ann, key: "same").bytes } }
                return try await group.reduce(into: Set()) { $0.insert($1) }
            }
            #expect(bodies.count == 1)
            #expect(try await plaza.available(ann) == 900)
            #expect(try await plaza.available(ben) == 100)
        }
    }

    @Test func whatWasRefusedCanBeTriedAgainUnderTheSameKey() async throws {
        try await withPlaza(Self.working, isWorking: true) { plaza in
            let (ann, ben) = (try await plaza.signUp("ann"), try await plaza.signUp("ben"))
            #expect(try await plaza.send(Gift(ben, 300), as: ann, key: "gift").code == "insufficient_funds")
            try await plaza.topUp(ann, 1_000)
            #expect(try await plaza.send(Gift(ben, 300), as: ann, key: "gift").status == .created)
        }
    }

    @Test func amountsThatMakeNoSenseAreRefused() async throws {
        try await withPlaza(Self.working, isWorking: true) { plaza in
            let (ann, ben) = (try await plaza.signUp("ann"), try await plaza.signUp("ben"))
            try await plaza.topUp(ann, 1_000)
            for (amount, fault) in [
                ("0", "/amount/amount too_small"), ("-1", "/amount/amount too_small"),
                ("1000000000001", "/amount/amount too_large"), ("9223372036854775807", "/amount/amount too_large"),
                ("9223372036854775808", "/amount/amount wrong_type"), ("1.5", "/amount/amount wrong_type"),
                ("\"5\"", "/amount/amount wrong_type"), ("null", "/amount/amount wrong_type"),
            ] {
                for (path, other) in [
                    ("/v1/wallet/transfers", "\"payee\":\"\(ben.id)\""), ("/v1/wallet/top-ups", "\"token\":\"tok_ok\""),
                    ("/v1/wallet/payouts", "\"token\":\"tok_ok\""),
                ] {
                    let body = "{\"amount\":{\"amount\":\(amount),\"currency\":\"EUR\"},\(other)}"
                    let answer = try await plaza.send(
                        .post, path, as: ann, headers: [.contentType: "application/json", .idempotencyKey: "k"],
                        bytes: Array(body.utf8))
                    #expect(answer.faults == [fault], "\(path) \(amount)")
                }
            }
            for currency in ["XXX", "eur", "€€€"] {
                let answer = try await plaza.send(Gift(ben, 5, currency), as: ann, key: "k")
                #expect(answer.faults == ["/amount/currency unknown_currency"], "\(currency)")
            }
            #expect(try await plaza.send(.get, "/v1/wallet/entries?currency=XXX", as: ann).code == "invalid_fields")
            // A wallet of another currency is another wallet.
            #expect(try await plaza.send(Gift(ben, 5, "JPY"), as: ann, key: "k").code == "insufficient_funds")
            #expect(try await plaza.available(ann) == 1_000)
        }
    }

    @Test func moneyGoesToPeopleWhoAreThere() async throws {
        try await withPlaza(Self.working, isWorking: true) { plaza in
            let (ann, ben) = (try await plaza.signUp("ann"), try await plaza.signUp("ben"))
            try await plaza.topUp(ann, 1_000)
            #expect(try await plaza.send(Gift(ann, 5), as: ann, key: "self").code == "same_wallet")
            let nobody = try await plaza.send(
                .post, "/v1/wallet/transfers", as: ann, headers: [.idempotencyKey: "nobody"],
                body: Gift("acc_0000000000001", 5).body)
            #expect(nobody.code == "payee_not_found")
            #expect(try await plaza.send(.put, "/v1/accounts/\(ann.id)/block", as: ben).status == .noContent)
            #expect(try await plaza.send(Gift(ben, 5), as: ann, key: "block").code == "payee_not_found")
            #expect(try await plaza.available(ann) == 1_000)
        }
    }

    @Test func anotherPersonsMoneyIsNotToBeSeenOrMoved() async throws {
        try await withPlaza(Self.working, isWorking: true) { plaza in
            let (ann, eve) = (try await plaza.signUp("ann"), try await plaza.signUp("eve"))
            let topUp = try await plaza.topUp(ann, 1_000)
            #expect(try await plaza.send(.get, "/v1/wallet", as: eve).json["balances"]?.array == [])
            #expect(try await plaza.send(.get, "/v1/wallet/entries", as: eve).items == [])
            #expect(try await plaza.send(.get, "/v1/wallet/payments", as: eve).items == [])
            #expect(try await plaza.send(.get, "/v1/wallet/payments/\(topUp)", as: eve).code == "payment_not_found")
            let refund = try await plaza.send(
                .post, "/v1/wallet/top-ups/\(topUp)/refunds", as: eve, headers: [.idempotencyKey: "r"], body: [:])
            #expect(refund.code == "payment_not_found")
            let entries = try await plaza.send(.get, "/v1/wallet/entries?limit=1", as: ann)
            #expect(entries.items.count == 1)
            for (method, path) in [
                (.get, "/v1/admin/ledger/trial-balance"), (.get, "/v1/admin/ledger/accounts"),
                (.get, "/v1/admin/ledger/contradicted-payments"), (.post, "/v1/admin/ledger/adjustments"),
                (.patch, "/v1/admin/ledger/accounts/lac_0000000000001"),
            ] as [(HTTPRequest.Method, String)] {
                let body: JSON? = method == .get ? nil : [:]
                let answer = try await plaza.send(method, path, as: eve, headers: [.idempotencyKey: "a"], body: body)
                #expect(answer.code == "role_required", "\(path)")
            }
        }
    }

    @Test func whoeverHasMoneyIsNotErased() async throws {
        try await withPlaza(Self.working, isWorking: true) { plaza in
            let ann = try await plaza.signUp("ann")
            try await plaza.topUp(ann, 1_000)
            let password: JSON = ["password": .string(PlazaFixture.password)]
            #expect(try await plaza.send(.delete, "/v1/me", as: ann, body: password).code == "wallet_not_empty")
            #expect(try await plaza.send(.get, "/v1/me", as: ann).status == .ok)
            let payout = try await plaza.send(
                .post, "/v1/wallet/payouts", as: ann, headers: [.idempotencyKey: "out"],
                body: ["amount": ["amount": 1_000, "currency": "EUR"], "token": "tok_ok"])
            #expect(payout.status == .accepted)
            try await plaza.settle()
            let exported = try await plaza.send(.get, "/v1/me/export", as: ann)
            #expect(exported.json["payments"]?.array?.count == 2)
            #expect(exported.json["wallet_entries"]?.array?.count == 2)
            #expect(try await plaza.send(.delete, "/v1/me", as: ann, body: password).status == .noContent)
        }
    }

    @Test func aForgedCallbackMovesNothing() async throws {
        try await withPlaza(Self.working, isWorking: true) { plaza in
            let ann = try await plaza.signUp("ann")
            let topUp = try await plaza.topUp(ann, 1_000)
            let notice: JSON = [
                "id": "evt_1", "payment": .string(topUp), "status": "completed", "amount": 1_000, "currency": "EUR",
            ]
            let forged = try await plaza.send(.post, "/v1/payments/callbacks/test", body: notice)
            #expect(forged.code == "invalid_signature")
            let other = try await plaza.send(.post, "/v1/payments/callbacks/stripe", body: notice)
            #expect(other.code == "provider_not_found")
        }
    }

    @Test func withoutAProviderNoMoneyComesOrGoes() async throws {
        try await withPlaza { plaza in
            let ann = try await plaza.signUp("ann")
            for path in ["/v1/wallet/top-ups", "/v1/wallet/payouts"] {
                let answer = try await plaza.send(
                    .post, path, as: ann, headers: [.idempotencyKey: "k"],
                    body: ["amount": ["amount": 1, "currency": "EUR"], "token": "tok_ok"])
                #expect(answer.code == "payments_unavailable")
            }
        }
    }

    @Test func administratorsFreezeAndPutRight() async throws {
        try await withPlaza(Self.working, isWorking: true) { plaza in
            let (ann, ben) = (try await plaza.signUp("ann"), try await plaza.signUp("ben"))
            let admin = try await plaza.administrator()
            try await plaza.topUp(ann, 1_000)
            let listed = try await plaza.send(.get, "/v1/admin/ledger/accounts?owner=\(ann.id)", as: admin)
            let wallet = try #require(listed.items.first?["id"]?.string)
            let path = "/v1/admin/ledger/accounts/\(wallet)"
            let frozen = try await plaza.send(.patch, path, as: admin, body: ["is_frozen": true])
            #expect(frozen.json["is_frozen"]?.bool == true)
            #expect(try await plaza.send(Gift(ben, 5), as: ann, key: "k").code == "wallet_frozen")
            _ = try await plaza.send(.patch, path, as: admin, body: ["is_frozen": false])
            #expect(try await plaza.send(Gift(ben, 5), as: ann, key: "k").status == .created)
            for (owner, direction, code) in [
                (ann.id, "debit", nil), ("platform", "credit", "invalid_fields"), ("acc_1", "credit", "invalid_fields"),
                (ben.id, "debit", "insufficient_funds"),
            ] as [(String, String, String?)] {
                let adjusted = try await plaza.send(
                    .post, "/v1/admin/ledger/adjustments", as: admin, headers: [.idempotencyKey: owner + direction],
                    body: [
                        "owner": .string(owner), "direction": .string(direction),
                        "amount": ["amount": 95, "currency": "EUR"], "reason": "Charged twice",
                    ])
                #expect(adjusted.code == code, "\(owner)")
            }
            #expect(try await plaza.available(ann) == 900)
            let balance = try await plaza.send(.get, "/v1/admin/ledger/trial-balance", as: admin)
            #expect(balance.json["is_balanced"]?.bool == true)
        }
    }
}

/// Money for somebody.
struct Gift: Sendable {
    let body: JSON

    init(_ payee: Person, _ amount: Int64, _ currency: String = "EUR") {
        self.init(payee.id, amount, currency)
    }

    init(_ payee: String, _ amount: Int64, _ currency: String = "EUR") {
        body = [
            "payee": .string(payee), "amount": ["amount": .integer(amount), "currency": .string(currency)],
            "note": "For you",
        ]
    }
}

extension HTTPField.Name {
    static let idempotencyKey = HTTPField.Name("Idempotency-Key") ?? .from
    static let replayed = HTTPField.Name("Idempotent-Replayed") ?? .from
}

extension PlazaFixture {
    func send(_ gift: Gift, as person: Person, key: String) async throws -> Answer {
        try await send(
            .post, "/v1/wallet/transfers", as: person, headers: [.idempotencyKey: key], body: gift.body)
    }

    /// Fills somebody's wallet.
    /// - Returns: the payment's id.
    @discardableResult
    func topUp(_ person: Person, _ amount: Int64) async throws -> String {
        let answer = try await send(
            .post, "/v1/wallet/top-ups", as: person, headers: [.idempotencyKey: "top-up-\(amount)"],
            body: ["amount": ["amount": .integer(amount), "currency": "EUR"], "token": "tok_ok"])
        #expect(answer.status == .accepted)
        try await settle()
        let id = try #require(answer.json["id"]?.string)
        let payment = try await send(.get, "/v1/wallet/payments/\(id)", as: person)
        #expect(payment.json["state"]?.string == "completed")
        return id
    }

    func available(_ person: Person) async throws -> Int64? {
        try await send(.get, "/v1/wallet", as: person).json["balances"]?.array?.first?["available"]?["amount"]?.integer
    }
}
