package import Core
import Storage

/// What one shop sells of an order.
package struct OrderPart: Sendable, Equatable {
    package let order: ID<Order>
    package let shop: ID<Shop>
    package let state: OrderState
    /// What was ordered, before anything was given back.
    package let total: Money
    package let money: SettledMoney
    /// The money set aside for it, by the books' id of the hold; nil where it is not, or there is nothing to pay.
    package let hold: Int64?
    package let feeBasisPoints: Int64
    package let dueAt: Timestamp?

    /// What has moved in the books, in minor units.
    package struct SettledMoney: Sendable, Equatable {
        /// By the buyer, into escrow.
        package var paid: Int64 = 0
        /// To the buyer.
        package var refunded: Int64 = 0
        /// To the shop.
        package var released: Int64 = 0
        /// To the platform, and not given back.
        package var fee: Int64 = 0

        package init(paid: Int64 = 0) {
            self.paid = paid
        }
    }

    package init(
        order: ID<Order>, shop: ID<Shop>, state: OrderState, total: Money, money: SettledMoney, hold: Int64?,
        feeBasisPoints: Int64, dueAt: Timestamp?
    ) {
        self.order = order
        self.shop = shop
        self.state = state
        self.total = total
        self.money = money
        self.hold = hold
        self.feeBasisPoints = feeBasisPoints
        self.dueAt = dueAt
    }

    /// Columns that ``init(_:)`` reads, in order.
    static let columns = """
        sub_order.purchase_id, sub_order.shop_id, sub_order.state, sub_order.total, purchase.currency, sub_order.paid,
        sub_order.refunded, sub_order.released, sub_order.fee, sub_order.fee_basis_points, sub_order.hold_id,
        sub_order.due_at
        """
    static let columnCount = 12

    init(_ row: Row) throws {
        order = row.id(0)
        shop = row.id(1)
        guard let state = OrderState(rawValue: row.integer(2)) else {
            preconditionFailure("an order has a state that was known once")
        }
        self.state = state
        total = Money(row.integer(3), try row.currency(4))
        var money = SettledMoney()
        money.paid = row.integer(5)
        money.refunded = row.integer(6)
        money.released = row.integer(7)
        money.fee = row.integer(8)
        self.money = money
        feeBasisPoints = row.integer(9)
        hold = row.isNull(10) ? nil : row.integer(10)
        dueAt = row.timestampOrNil(11)
    }

    package func machine(_ lines: [OrderLine]) -> OrderStateMachine {
        OrderStateMachine(
            state,
            lines: lines.map {
                .init($0.variant, price: $0.price, quantity: $0.quantity, givenBack: $0.givenBack)
            },
            dueAt: dueAt, fee: Money(money.fee, total.currency), feeBasisPoints: feeBasisPoints)
    }
}

/// Pieces of one variant in an order, as they were when they were bought.
package struct OrderLine: Sendable, Equatable {
    package let shop: ID<Shop>
    package let variant: ID<Variant>
    package let product: ID<Product>
    package let title: String
    package let variantTitle: String
    package let sku: String
    /// An URL; empty without one.
    package let picture: String
    package let price: Money
    package let quantity: Int64
    package let givenBack: Int64

    package init(_ sold: SaleVariant, quantity: Int64) {
        shop = sold.shop
        variant = sold.id
        product = sold.product
        title = sold.title
        variantTitle = sold.variantTitle
        sku = sold.sku
        picture = sold.picture ?? ""
        price = sold.price
        self.quantity = quantity
        givenBack = 0
    }

    static let columns = """
        purchase_line.purchase_id, purchase_line.position, purchase_line.shop_id, purchase_line.variant_id,
        purchase_line.product_id, purchase_line.title, purchase_line.variant_title, purchase_line.sku,
        purchase_line.picture, purchase_line.price, purchase_line.quantity, purchase_line.given_back
        """

    init(_ row: Row, _ currency: Currency) {
        shop = row.id(2)
        variant = row.id(3)
        product = row.id(4)
        title = row.text(5)
        variantTitle = row.text(6)
        sku = row.text(7)
        picture = row.text(8)
        price = Money(row.integer(9), currency)
        quantity = row.integer(10)
        givenBack = row.integer(11)
    }

    /// What all of its pieces cost. It fits: the order's total did.
    package var total: Money { Money(price.amount * quantity, price.currency) }
}
