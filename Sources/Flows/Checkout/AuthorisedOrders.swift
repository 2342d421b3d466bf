package import Core
package import Ledger
package import Market
package import Storage

/// Orders that are paid by what a provider has set aside: what Ledger asks and tells of them.
package struct AuthorisedOrders: ClaimingOrders {
    private let market: MarketService
    /// Ledger is given these orders before there is a ledger to check out with.
    private let checkout: @Sendable (LedgerService) -> Checkout

    package init(market: MarketService, checkout: @escaping @Sendable (LedgerService) -> Checkout) {
        self.market = market
        self.checkout = checkout
    }

    package func wanted(by order: ID<Order>, _ ledger: LedgerService, in tx: WriteTransaction) throws -> Int64 {
        let now = try ledger.now(in: tx)
        return try market.parts(of: order, for: .clock, in: tx).reduce(0) { sum, part in
            guard part.part.state == .placed, part.part.dueAt.map({ now < $0 }) ?? true else { return sum }
            return sum + part.part.machine(part.lines).left.amount
        }
    }

    package func pay(
        _ order: ID<Order>, with captured: Money, _ ledger: LedgerService, in tx: WriteTransaction
    ) throws -> Int64 {
        let wanted = try wanted(by: order, ledger, in: tx)
        // A provider may have taken less than it was asked for: nobody pays the rest from their wallet unasked.
        guard wanted > 0, wanted <= captured.amount, try isPaid(order, ledger, in: tx) else {
            try giveUp(order, ledger, in: tx)
            return 0
        }
        return wanted
    }

    /// False when the money cannot be moved, because the seller's account is frozen. Nothing has moved then.
    private func isPaid(_ order: ID<Order>, _ ledger: LedgerService, in tx: WriteTransaction) throws -> Bool {
        let buyer = try market.parts(of: order, for: .clock, in: tx)[0].buyer
        do {
            _ = try checkout(ledger).carryOut(
                .pay, on: order, shop: nil, by: .person(buyer), isCaptured: true, in: tx)
            return true
        } catch LedgerError.refused {
            return false
        }
    }

    package func giveUp(_ order: ID<Order>, _ ledger: LedgerService, in tx: WriteTransaction) throws {
        do {
            _ = try checkout(ledger).carryOut(
                .decline, on: order, shop: nil, by: .clock, isCaptured: false, in: tx)
        } catch OrderError.refused(.wrongState) {
            // Nothing of it waits to be paid.
        }
    }
}
