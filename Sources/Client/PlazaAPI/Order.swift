/// An order: all of it for its buyer, their part for its sellers.
public struct Order: Codable, Sendable, Identifiable {
    public let id: EntityID<Order>
    public let buyer: EntityID<Account>
    public let total: Money
    public let placedAt: Timestamp
    /// One for each seller.
    public let parts: [Part]
    /// Where one order was asked for.
    public let address: JSONValue?
    public let history: [HistoryEntry]?

    public struct Part: Codable, Sendable {
        public let shop: ShopShort
        public let state: State
        /// What was ordered.
        public let total: Money
        /// What of it the buyer has paid.
        public let paid: Money
        /// What of that was given back.
        public let refunded: Money
        public let dueAt: Timestamp?
        /// Where one order was asked for.
        public let lines: [Line]?

        private enum CodingKeys: String, CodingKey {
            case shop, state, total, paid, refunded, lines
            case dueAt = "due_at"
        }
    }

    public struct Line: Codable, Sendable {
        public let variant: EntityID<Variant>
        public let product: EntityID<Product>
        public let title: String
        public let variantTitle: String
        public let picture: String?
        public let price: Money
        public let quantity: Int64
        /// Pieces cancelled or refunded.
        public let givenBack: Int64
        public let total: Money

        private enum CodingKeys: String, CodingKey {
            case variant, product, title, picture, price, quantity, total
            case variantTitle = "variant_title"
            case givenBack = "given_back"
        }
    }

    public struct HistoryEntry: Codable, Sendable {
        public let at: Timestamp
        public let shop: EntityID<ShopShort>
        public let event: String
        public let by: String
        public let amount: Money
        public let lines: [Piece]
    }

    /// Some pieces of a line.
    public struct Piece: Codable, Sendable, Hashable {
        public var variant: EntityID<Variant>
        public var quantity: Int64

        public init(variant: EntityID<Variant>, quantity: Int64) {
            self.variant = variant
            self.quantity = quantity
        }
    }

    public struct State: Choice {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }
        public static let placed: State = "placed"
        public static let paid: State = "paid"
        public static let shipped: State = "shipped"
        public static let delivered: State = "delivered"
        public static let completed: State = "completed"
        public static let cancelled: State = "cancelled"
        public static let refunded: State = "refunded"
    }

    private enum CodingKeys: String, CodingKey {
        case id, buyer, total, parts, address, history
        case placedAt = "placed_at"
    }
}

/// What a checkout answers, and whatever is done with an order.
public struct OrderReceipt: Codable, Sendable, Identifiable {
    public let id: EntityID<Order>
    public let parts: [Part]

    public struct Part: Codable, Sendable {
        public let shop: EntityID<ShopShort>
        public let state: Order.State
        public let total: Money
        public let paid: Money
        public let refunded: Money
        public let dueAt: Timestamp?

        private enum CodingKeys: String, CodingKey {
            case shop, state, total, paid, refunded
            case dueAt = "due_at"
        }
    }
}

/// What is done with an order.
public struct OrderAction: Codable, Sendable {
    /// Whose part. Needed where an order has several, but to pay it or to cancel all of it.
    public var shop: EntityID<ShopShort>?
    /// For cancelling and refunding; nil is all that is left.
    public var lines: [Order.Piece]?
    /// For refunding: the pieces have come back and can be sold again.
    public var restock: Bool?

    public init(shop: EntityID<ShopShort>? = nil, lines: [Order.Piece]? = nil, restock: Bool? = nil) {
        self.shop = shop
        self.lines = lines
        self.restock = restock
    }

    public struct Kind: Choice {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }
        public static let pay: Kind = "pay"
        public static let ship: Kind = "ship"
        public static let deliver: Kind = "deliver"
        public static let complete: Kind = "complete"
        public static let cancel: Kind = "cancel"
        public static let refund: Kind = "refund"
    }
}
