package import Core
package import HTTP
import HTTPTypes

/// Everything that carts and orders refuse, beside what ``MarketError`` says of the catalog.
package enum OrderError: Error, Equatable {
    /// Also when it is somebody else's.
    case orderNotFound
    case cartEmpty
    case cartFull
    /// Of a cart's line or an order: the shop sells in another currency.
    case currenciesDiffer
    case totalTooLarge
    /// A variant is named twice.
    case duplicateLine(ID<Variant>)
    /// Nothing was bought: these cost something else by now.
    case priceChanged([PriceChange])
    /// The top-up that was to pay for it will not come.
    case paymentFailed
    /// Of a top-up that is under way and brings less than the order comes to.
    case paymentTooSmall(Money, needed: Money)
    /// Another order waits for the same top-up.
    case paymentBacksAnother
    /// The buyer has as many unpaid orders as they may have at once.
    case unpaidOrdersHeld(max: Int64)
    /// Of this product the buyer would hold more than this many pieces unpaid.
    case unpaidPiecesHeld(ID<Product>, max: Int64)
    /// A provider was asked for what it has set aside for the order.
    case paymentUnderWay
    /// An order has parts of several sellers, of which one must be chosen.
    case shopNeeded
    case refused(OrderRefusal)
    /// Of a buyer who leaves.
    case ordersUnderWay
    /// Of the shop of an owner who leaves.
    case shopOrdersUnderWay
    /// The seller has spent what a refund would give back.
    case sellerFundsShort(available: Money)
}

package struct PriceChange: Sendable, Equatable {
    package let variant: ID<Variant>
    package let price: Money

    package init(variant: ID<Variant>, price: Money) {
        self.variant = variant
        self.price = price
    }
}

extension OrderError: ProblemConvertible {
    package var problem: Problem {
        switch self {
        case .orderNotFound: .notFound("order_not_found", "There is no such order of yours.")
        case .cartEmpty:
            Problem(.conflict, "cart_empty", "There is nothing in the cart: put something in, or name lines.")
        case .cartFull:
            Problem(
                .conflict, "cart_full", "A cart has \(CartLimits.linesMax) lines at most: buy or remove some first.")
        case .currenciesDiffer:
            Problem(
                .unprocessableContent, "currencies_differ",
                "An order is of one currency: check out the lines of each currency by themselves.")
        case .totalTooLarge:
            Problem(.unprocessableContent, "total_too_large", "The lines come to more than an order can be.")
        case .duplicateLine(let variant):
            .invalidField("/lines/\(variant)", "duplicate_line", "is named twice: add up its pieces")
        case .priceChanged(let changes): Self.priceChanged(changes)
        case .paymentFailed:
            Problem(.conflict, "payment_failed", "The payment was declined: begin another one, or pay from the wallet.")
        case .paymentTooSmall(let amount, let needed):
            Problem(
                .conflict, "payment_too_small",
                "The top-up brings \(amount) and the order comes to \(needed): begin one that covers it, or wait until it "
                    + "has come and pay from the wallet.")
        case .paymentBacksAnother:
            Problem(
                .conflict, "payment_used",
                "Another order waits for this top-up: begin one for this order, or cancel the other.")
        case .unpaidOrdersHeld(let max):
            Problem(
                .conflict, "unpaid_orders_held",
                "You may have \(max) unpaid orders now: pay or cancel one, or pay this one at once. Each order that was "
                    + "not paid within the last day halves the number.")
        case .unpaidPiecesHeld(let product, let max):
            Problem(
                .conflict, "unpaid_pieces_held",
                "You may hold \(max) unpaid pieces of \(product) now: order fewer, or pay at once. Each order that was "
                    + "not paid within the last day halves the number.")
        case .paymentUnderWay:
            Problem(
                .conflict, "payment_under_way",
                "The payment that was authorised for it is being captured: wait for it, or cancel the order.")
        case .shopNeeded:
            .invalidField("/shop", "required", "is needed: the order has parts of several sellers")
        case .refused(let refusal): refusal.problem
        case .ordersUnderWay:
            Problem(
                .conflict, "orders_under_way", "Orders of yours are not completed yet: wait for them, or cancel them.")
        case .shopOrdersUnderWay:
            Problem(
                .conflict, "shop_orders_under_way",
                "Orders in a shop of yours are not completed yet: fulfil them and wait, or cancel them.")
        case .sellerFundsShort(let available):
            Problem(
                .conflict, "seller_funds_short",
                "The shop's wallet has \(available) left after payouts: it must have what is to be given back.")
        }
    }

    private static func priceChanged(_ changes: [PriceChange]) -> Problem {
        var problem = Problem(
            .conflict, "price_changed", "Nothing was bought: see errors for what the lines cost by now, and agree.")
        problem.errors = changes.map { change in
            FieldProblem(
                pointer: "/lines/\(change.variant)/price", code: "price_changed", message: "is \(change.price) now",
                current: [
                    "amount": .integer(change.price.amount), "currency": .string(change.price.currency.rawValue),
                ])
        }
        return problem
    }
}

extension OrderRefusal {
    fileprivate var problem: Problem {
        switch self {
        case .notAllowed(let event):
            Problem(.forbidden, "not_yours_to_do", "It is not for you to \(event.name) this.")
        case .wrongState(let event, let state):
            Problem(.conflict, "wrong_order_state", "What is \(state.name) cannot \(event.past) any more, or not yet.")
        case .paymentTimedOut:
            Problem(.conflict, "payment_timed_out", "The time to pay is over: order again.")
        case .notDue: Problem(.conflict, "not_due", "Its time has not come yet.")
        case .unknownLine(let variant):
            .invalidField("/lines/\(variant)", "line_not_found", "is not in this part of the order")
        case .moreThanLeft(let variant, let left):
            .invalidField("/lines/\(variant)", "more_than_left", "takes 1 to \(left) pieces: no more are left")
        case .linesNotDistinct:
            .invalidField("/lines", "duplicate_line", "must name each variant once, and one at least")
        }
    }
}

extension OrderEvent.Kind {
    fileprivate var past: String {
        switch self {
        case .place: "be placed"
        case .pay: "be paid"
        case .expire: "time out"
        case .ship: "be shipped"
        case .deliver: "be delivered"
        case .complete: "be completed"
        case .cancel: "be cancelled"
        case .refund: "be refunded"
        case .decline: "be declined"
        }
    }
}
