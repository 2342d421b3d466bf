import Core
import HTTPTypes
import Testing

/// Buying with what a provider has set aside, over the routes.
@Suite struct AuthorisationRouteTests {
    private static let working = ["PLAZA_PAYMENT_PROVIDER": "test"]

    @Test func anOrderIsPaidWithWhatWasSetAside() async throws {
        try await withPlaza(Self.working, isWorking: true) { plaza in
            let (cat, dan) = (try await plaza.signUp("cat"), try await plaza.signUp("dan"))
            let bowl = try await plaza.variant(in: try await plaza.shop("loom", by: dan))
            let payment = try await plaza.authorise(5_000, as: cat)
            try await plaza.settle()
            let path = "/v1/wallet/payments/\(payment)"
            #expect(try await plaza.send(.get, path, as: cat).json["state"] == "authorised")
            let small = try await plaza.checkOut([PlazaFixture.line(bowl, 6)], as: cat, key: "six", payment: payment)
            #expect(small.code == "authorisation_too_small")
            let lines = [PlazaFixture.line(bowl, 3)]
            let answers = [
                try await plaza.checkOut(lines, as: cat, key: "three", payment: payment),
                try await plaza.checkOut(lines, as: cat, key: "three", payment: payment),
            ]
            #expect(answers.map(\.status) == [.created, .created] && answers[0].bytes == answers[1].bytes)
            let order = try #require(answers[0].json["id"]?.string)
            let other = try await plaza.checkOut(lines, as: cat, key: "other", payment: payment)
            #expect(other.code == "authorisation_used")
            try await plaza.settle()
            let paid = try await plaza.send(.get, "/v1/orders/\(order)", as: cat).json
            #expect(paid["parts"]?.array?.first?["state"] == "paid")
            let ended = try await plaza.send(.get, path, as: cat).json
            #expect(ended["state"] == "completed" && ended["order"]?.string == order)
            #expect(ended["captured"] == PlazaFixture.euros(3_000))
            #expect(try await plaza.act("pay", on: order, as: cat).code == "wrong_order_state")
            #expect(try await plaza.verify() == [])
        }
    }

    @Test func whatNobodyHasClaimedIsLetGoOf() async throws {
        try await withPlaza(Self.working, isWorking: true) { plaza in
            let (cat, eve) = (try await plaza.signUp("cat"), try await plaza.signUp("eve"))
            let payment = try await plaza.authorise(5_000, as: cat)
            let path = "/v1/wallet/authorisations/\(payment)"
            #expect(try await plaza.send(.delete, path, as: eve).code == "payment_not_found")
            #expect(try await plaza.send(.delete, path, as: cat).status == .accepted)
            try await plaza.settle()
            let ended = try await plaza.send(.get, "/v1/wallet/payments/\(payment)", as: cat).json
            #expect(ended["state"] == "failed" && ended["failure"] == "voided")
            let bowl = try await plaza.variant(in: try await plaza.shop("loom", by: eve))
            let late = try await plaza.checkOut([PlazaFixture.line(bowl)], as: cat, key: "late", payment: payment)
            #expect(late.code == "authorisation_ended")
            #expect(try await plaza.verify() == [])
        }
    }

    @Test func withoutAProviderNothingIsSetAside() async throws {
        try await withPlaza { plaza in
            let ann = try await plaza.signUp("ann")
            let answer = try await plaza.send(
                .post, "/v1/wallet/authorisations", as: ann, headers: [.idempotencyKey: "k"],
                body: ["amount": PlazaFixture.euros(1), "token": "tok_ok"])
            #expect(answer.code == "payments_unavailable")
        }
    }
}

extension PlazaFixture {
    /// - Returns: the payment's id.
    func authorise(_ amount: Int64, as person: Person, key: String = "authorise") async throws -> String {
        let answer = try await send(
            .post, "/v1/wallet/authorisations", as: person, headers: [.idempotencyKey: key],
            body: ["amount": Self.euros(amount), "token": "tok_ok"])
        #expect(answer.status == .accepted)
        return try #require(answer.json["id"]?.string)
    }
}
