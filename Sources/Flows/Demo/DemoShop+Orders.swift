import Core
import Ledger
import Market
import Storage

extension DemoShop {
    /// How far an order of the demonstration goes: one for each state that a part of an order can have but the first.
    static let journeys: [[OrderEvent]] = [
        [], [.ship], [.ship, .deliver], [.ship, .deliver, .complete], [.cancel(nil)],
        [.ship, .deliver, .refund(nil, isRestocked: true)],
    ]

    /// One order for each journey, and one that waits for its money.
    /// - Returns: how many.
    func sell(_ listings: [Listing], to buyers: [ID<Account>], _ random: inout SplitMix64) async throws -> Int {
        let onSale = listings.filter(\.thing.isOnSale)
        for (index, journey) in Self.journeys.enumerated() {
            // What a post led to is bought through it.
            let listing = onSale[index % onSale.count]
            let buyer = buyers[index % buyers.count]
            let order = try await buy([wish(listing, &random)], through: listing.post, for: buyer)
            try await carryOut(journey, of: order, by: buyer, from: listing.seller)
        }
        _ = try await buy([wish(onSale[0], &random)], capture: .later, for: buyers[0])
        return Self.journeys.count + 1
    }

    /// What the one has who looks around: orders of other shops, a cart, and a place in a line.
    func shopAround(
        _ person: ID<Account>, _ shops: [[Listing]], _ report: inout DemoShopReport
    ) async throws {
        var random = SplitMix64(seed: 3)
        let onSale = shops.map { $0.filter(\.thing.isOnSale) }
        for (listings, journey) in zip(onSale, Self.journeys.dropFirst()) {
            let order = try await buy([wish(listings[1], &random)], through: listings[1].post, for: person)
            try await carryOut(journey, of: order, by: person, from: listings[1].seller)
        }
        _ = try await buy(onSale.map { wish($0[0], &random) }, for: person)
        report.orders += onSale.count + 1
        for listings in onSale.prefix(2) {
            let line = wish(listings[listings.count - 1], &random)
            try await market.putInCart(line.variant, quantity: line.quantity, price: line.price, of: person)
        }
        report.waiting += try await queue(for: shops[0], [person])
    }

    private func buy(
        _ lines: [Purchase.Line], through post: ID<Post>? = nil, capture: Purchase.Capture = .now,
        for buyer: ID<Account>
    ) async throws -> ID<Order> {
        let purchase = Purchase(
            lines: lines,
            address: ["name": "Demo", "street": "Dune Road 2", "city": "Delft", "country": "NL"], capture: capture,
            sourcePost: post)
        let total = lines.reduce(0) { $0 + $1.price.amount * $1.quantity }
        let (ledger, checkout) = (ledger, checkout)
        return try await database.write { tx in
            // Something is left in the wallet.
            let amount = Money(total + 5_000, lines[0].price.currency)
            _ = try ledger.adjust(
                .person(buyer), by: amount, reason: "demonstration", administrator: buyer, in: tx)
            return try checkout.buy(purchase, by: buyer, in: tx).id
        }
    }

    private func carryOut(
        _ journey: [OrderEvent], of order: ID<Order>, by buyer: ID<Account>, from seller: ID<Account>
    ) async throws {
        let checkout = checkout
        for event in journey {
            _ = try await database.write { tx in
                try checkout.act(event, on: order, shop: nil, by: event.caller(buyer: buyer, seller: seller), in: tx)
            }
        }
    }

    private func wish(_ listing: Listing, _ random: inout SplitMix64) -> Purchase.Line {
        let variant = random.pick(listing.variants.filter { $0.available > 2 })
        return Purchase.Line(
            variant: variant.id, quantity: Int64(1 + random.next(below: 2)), price: variant.price)
    }
}

extension OrderEvent {
    fileprivate func caller(buyer: ID<Account>, seller: ID<Account>) -> OrderCaller {
        switch self {
        case .ship, .refund: .person(seller)
        default: .person(buyer)
        }
    }
}
