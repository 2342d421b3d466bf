import Core
import Ledger
import Market
import Storage

extension Verification {
    private static let partPageSize = 5_000

    static var orderChecks: [ConsistencyCheck] { [orderTransferCheck, escrowCheck, claimCheck] }

    /// What orders say of their money is what their transfers come to, and no order's money moves without an order.
    private static var orderTransferCheck: ConsistencyCheck {
        ConsistencyCheck("order.transfers") { db, found in
            var after = ID<Order>(rawValue: 0)
            while true {
                let page = try MarketService.orderMoney(after: after, limit: partPageSize, in: db)
                let (parts, end) = whole(page)
                var sums = try LedgerService.orderSums(after: after, through: end, in: db)
                for part in parts {
                    let booked = sums[part.order]?.removeValue(forKey: part.shop) ?? OrderSums()
                    compare(part, booked, found)
                }
                for (order, rest) in sums.sorted(by: { $0.key < $1.key }) {
                    for shop in rest.keys.sorted() {
                        found(.init(subject: "\(order) \(shop)", expected: "an order", found: "transfers alone"))
                    }
                }
                guard end.rawValue < .max else { return .done }
                after = end
            }
        }
    }

    /// The page without an order that it may have only a part of, and the last order of which it has all.
    private static func whole(_ page: [OrderMoney]) -> ([OrderMoney], ID<Order>) {
        guard page.count == partPageSize, let torn = page.last?.order else { return (page, ID(rawValue: .max)) }
        let parts = page.prefix { $0.order != torn }
        guard let end = parts.last?.order else { preconditionFailure("an order has fewer parts than a page") }
        return (Array(parts), end)
    }

    private static func compare(
        _ part: OrderMoney, _ booked: OrderSums, _ found: (ConsistencyCheck.Finding) -> Void
    ) {
        let expected = OrderSums(
            paid: part.money.paid, refunded: part.money.refunded, released: part.money.released, fee: part.money.fee,
            held: part.held)
        guard booked != expected else { return }
        found(.init(subject: "\(part.order) \(part.shop)", expected: expected.text, found: booked.text))
    }

    /// A shop's escrow is what was paid for and is neither given back nor theirs.
    private static var escrowCheck: ConsistencyCheck {
        ConsistencyCheck("order.escrow") { db, found in
            let (owed, booked) = (try MarketService.escrow(in: db), try LedgerService.escrow(in: db))
            for shop in Set(owed.keys).union(booked.keys).sorted() where owed[shop] ?? 0 != booked[shop] ?? 0 {
                found(
                    .init(
                        subject: "\(shop)", expected: "\(owed[shop] ?? 0) in escrow", found: "\(booked[shop] ?? 0)"))
            }
            return .done
        }
    }
}

extension OrderSums {
    fileprivate var text: String {
        "paid \(paid), refunded \(refunded), released \(released), fee \(fee), held \(held)"
    }
}
