package import Core
package import Ledger
import Market

/// What somebody wants to buy, and how.
package struct Purchase: Sendable {
    /// Nil: what is in the cart.
    package let lines: [Line]?
    /// Whom to send it to: JSON of the shape that the route takes.
    package let address: JSON
    /// A top-up of the buyer's that may still be under way, or an authorisation. Nil: what is in the wallet.
    package let payment: ID<Payment>?
    package let capture: Capture
    /// The post that led to it, as the buyer's client says.
    package let sourcePost: ID<Post>?

    package struct Line: Sendable {
        package let variant: ID<Variant>
        package let quantity: Int64
        /// What they were shown.
        package let price: Money

        package init(variant: ID<Variant>, quantity: Int64, price: Money) {
            self.variant = variant
            self.quantity = quantity
            self.price = price
        }

        init(_ line: CartLine) {
            self.init(variant: line.variant, quantity: line.quantity, price: line.price)
        }
    }

    package enum Capture: String, Sendable, CaseIterable {
        /// The money goes into escrow.
        case now
        /// It is set aside until the order is paid.
        case later
    }

    package init(
        lines: [Line]?, address: JSON, payment: ID<Payment>? = nil, capture: Capture = .now, sourcePost: ID<Post>? = nil
    ) {
        self.lines = lines
        self.address = address
        self.payment = payment
        self.capture = capture
        self.sourcePost = sourcePost
    }
}
