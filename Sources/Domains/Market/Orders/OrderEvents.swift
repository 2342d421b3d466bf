import Core

/// What Market tells of orders. The subject is the order; `shops` lists whose parts it is about, `amount` is what was
/// paid, given back or released of them.
extension MarketEvent {
    /// With `buyer`, `lines`, and `source_post`, the post that led to it.
    package static let orderPlaced = "order.placed"
    /// Something of it came from a `post` of `author`: its `lines`, and what they come to. Nothing of the buyer.
    package static let orderAttributed = "order.attributed"
    package static let orderPaid = "order.paid"
    package static let orderShipped = "order.shipped"
    package static let orderDelivered = "order.delivered"
    package static let orderCompleted = "order.completed"
    /// `by` the clock: it was not paid in time, or not at all.
    package static let orderCancelled = "order.cancelled"
    package static let orderRefunded = "order.refunded"
}

extension JSON {
    static func money(_ money: Money) -> JSON {
        ["amount": .integer(money.amount), "currency": .string(money.currency.rawValue)]
    }
}
