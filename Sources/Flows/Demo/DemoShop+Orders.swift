import Core
import Ledger
import Market
import Storage

extension DemoShop {
    /// How far an order of the demonstration goes: one for each state that a part of an order can have.
    static let journeys: [[OrderEvent]] = [
        [], [.ship], [.ship, .deliver], [.ship, .deliver, .complete], [.cancel(nil)],
        [.ship, .deliver, .refund(nil, isRestocked: true)],
    ]

    /// One order for each journey, and one that waits for its money.
    /// - Returns: how many.
    func sell(_ listings: [Listing], of seller: ID<Account>, to buyers: [ID<Account>]) async throws -> Int {
        let sold = listings.filter { $0.price.amount < 5_000 }
        for (index, journey) in Self.journeys.enumerated() {
            try await buy(sold[index % sold.count], for: buyers[index % buyers.count], from: seller, journey: journey)
        }
        let wish = wish(for: sold[0], capture: .later)
        let (buyer, checkout) = (buyers[0], checkout)
        try await fund(buyer, with: sold[0].price, by: seller)
        _ = try await database.write { tx in try checkout.buy(wish, by: buyer, in: tx) }
        return Self.journeys.count + 1
    }

    private func buy(
        _ listing: Listing, for buyer: ID<Account>, from seller: ID<Account>, journey: [OrderEvent]
    ) async throws {
        let (wish, checkout) = (wish(for: listing, capture: .now), checkout)
        try await fund(buyer, with: listing.price, by: seller)
        let order = try await database.write { tx in try checkout.buy(wish, by: buyer, in: tx).id }
        for event in journey {
            _ = try await database.write { tx in
                try checkout.act(event, on: order, shop: nil, by: event.caller(buyer: buyer, seller: seller), in: tx)
            }
        }
    }

    private func wish(for listing: Listing, capture: Purchase.Capture) -> Purchase {
        Purchase(
            lines: [.init(variant: listing.variant, quantity: 1, price: listing.price)],
            address: ["name": "Demo", "street": "Dune Road 2", "city": "Delft", "country": "NL"], capture: capture)
    }

    /// Twice the price, so that something is left in the wallet.
    private func fund(_ buyer: ID<Account>, with price: Money, by seller: ID<Account>) async throws {
        let ledger = ledger
        let amount = Money(price.amount * 2, price.currency)
        _ = try await database.write { tx in
            try ledger.adjust(.person(buyer), by: amount, reason: "demonstration", administrator: seller, in: tx)
        }
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
