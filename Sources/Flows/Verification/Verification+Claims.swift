import Core
import Ledger
import Market
import Storage

extension Verification {
    private static let orderPageSize = 5_000

    /// An authorisation and the order that it was claimed for name each other, and what was captured is what the order
    /// was paid with and what went back.
    static var claimCheck: ConsistencyCheck {
        ConsistencyCheck("order.authorisation") { db, found in
            var after = ID<Order>(rawValue: 0)
            while true {
                let orders = try MarketService.awaitingOrders(after: after, limit: orderPageSize, in: db)
                let end = orders.count < orderPageSize ? ID(rawValue: .max) : orders.last?.order ?? ID(rawValue: .max)
                var claims = try LedgerService.claims(after: after, through: end, in: db)
                let authorisations = try LedgerService.authorisations(among: orders.map(\.payment), in: db)
                for order in orders {
                    let claim = claims.removeValue(forKey: order.order)
                    guard claim != nil || authorisations.contains(order.payment) else { continue }
                    guard let fault = fault(of: order, claim) else { continue }
                    found(.init(subject: "\(order.order)", expected: "what it has claimed", found: fault))
                }
                for claim in claims.values.sorted(by: { $0.order < $1.order }) {
                    found(.init(subject: "\(claim.order)", expected: "an order", found: "\(claim.payment) alone"))
                }
                guard end.rawValue < .max else { return .done }
                after = end
            }
        }
    }

    private static func fault(of order: AwaitingOrder, _ claim: Claim?) -> String? {
        guard let claim, claim.payment.rawValue == order.payment else { return "another order's authorisation" }
        guard claim.owner == .person(order.buyer) else { return "an authorisation of \(claim.owner)" }
        guard claim.authorised.currency == order.total.currency, claim.authorised.amount >= order.total.amount else {
            return "\(claim.authorised) for \(order.total)"
        }
        switch claim.state {
        case .pending: return order.paid == 0 ? nil : "paid before it was captured"
        case .failed: return order.paid == 0 && !order.isPlaced ? nil : "an order that goes on without money"
        case .captured:
            if order.isPlaced { return "an order that is not paid with what was captured" }
            let surplus = claim.captured - order.paid
            return surplus >= 0 && claim.returned >= surplus
                ? nil : "captured \(claim.captured), returned \(claim.returned), paid \(order.paid)"
        }
    }
}
