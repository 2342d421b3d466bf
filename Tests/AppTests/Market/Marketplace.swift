import App
import Core
import Flows
import HTTPTypes
import Ledger
import Market
import Storage
import StorageSQLite
import Testing

/// Sellers and their goods, made behind the routes.
extension PlazaFixture {
    func shop(_ handle: String, by owner: Person) async throws -> ShopProfile {
        let euro = try #require(Currency("EUR"))
        let account = try #require(ID<Account>(owner.id))
        return try await plaza.market.openShop(handle: handle, name: handle, currency: euro, by: account)
    }

    /// Gives somebody a seat in a shop, which they take.
    func hire(_ person: Person, as role: String, in shop: ShopProfile, by owner: Person) async throws {
        let seat = "/v1/shops/\(shop.id)/staff/\(person.id)"
        #expect(try await send(.put, seat, as: owner, body: ["role": .string(role)]).status == .noContent)
    }

    /// The only variant of a new product, by its id.
    func variant(in shop: ShopProfile, price: Int64 = 1_000, stock: Int64 = 10) async throws -> String {
        var draft = ProductDraft(title: "Bowl of \(price)")
        draft.handle = "bowl-\(plaza.ids.next(Product.self))".lowercased().replacing("_", with: "-")
        draft.status = .active
        var variant = VariantDraft(price: price)
        variant.onHand = stock
        draft.variants = [variant]
        let product = try await plaza.market.create(draft, in: shop.id, by: shop.owner).id
        let id = try await plaza.database.read { db in
            try db.first("SELECT id FROM variant WHERE product_id = \(product) AND is_deleted = 0") {
                $0.id(0, Variant.self)
            }
        }
        return try #require(id).description
    }

    func give(_ amount: Int64, to person: Person) async throws {
        let money = Money(amount, try #require(Currency("EUR")))
        let (ledger, account) = (plaza.ledger, try #require(ID<Account>(person.id)))
        _ = try await plaza.database.write { tx in
            try ledger.adjust(.person(account), by: money, reason: "test", administrator: account, in: tx)
        }
    }

    static func euros(_ amount: Int64) -> JSON { ["amount": .integer(amount), "currency": "EUR"] }

    static func line(_ variant: String, _ quantity: Int64 = 1, price: Int64 = 1_000) -> JSON {
        ["variant": .string(variant), "quantity": .integer(quantity), "price": euros(price)]
    }

    /// - Parameter lines: nil for the cart.
    func checkOut(
        _ lines: [JSON]?, as person: Person, key: String, capture: String? = nil, payment: String = "wallet",
        from post: String? = nil
    ) async throws -> Answer {
        var members: [JSON.Member] = [
            .init(
                name: "address",
                value: ["name": "Ann", "street": "Kiln Lane 1", "city": "Delft", "country": "NL"]),
            .init(name: "payment", value: .string(payment)),
        ]
        if let lines { members.append(.init(name: "lines", value: .array(lines))) }
        if let post { members.append(.init(name: "source_post", value: .string(post))) }
        if let capture { members.append(.init(name: "capture", value: .string(capture))) }
        return try await send(
            .post, "/v1/checkout", as: person, headers: [.idempotencyKey: key], body: .object(members))
    }

    func act(_ action: String, on order: String, as person: Person, _ body: JSON = [:]) async throws -> Answer {
        try await send(
            .post, "/v1/orders/\(order)/\(action)", as: person,
            headers: [.idempotencyKey: "\(action):\(order):\(body.text)"], body: body)
    }

    func verify() async throws -> [String] {
        try await Verification(database: plaza.database).run().findings.map { "\($0)" }
    }
}
