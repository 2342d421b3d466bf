/// What one means to buy, at the prices and stock of now.
public struct Cart: Codable, Sendable {
    public let shops: [Group]
    /// By currency.
    public let totals: [Money]

    public struct Group: Codable, Sendable {
        public let shop: ShopShort
        public let lines: [Line]
        /// Of the lines that can be had.
        public let total: Money
    }

    public struct Line: Codable, Sendable {
        public let variant: EntityID<Variant>
        public let product: EntityID<Product>
        public let title: String
        public let variantTitle: String
        public let picture: String?
        public let quantity: Int64
        /// What a piece costs now.
        public let price: Money
        /// What it cost when the line was set: set it anew to agree to another.
        public let shownPrice: Money
        public let available: Int64?
        /// At the price of now; nil when it cannot be had.
        public let total: Money?
        /// What keeps the line from being bought as it is; empty when nothing does.
        public let changes: [String]
        public let addedAt: Timestamp

        private enum CodingKeys: String, CodingKey {
            case variant, product, title, picture, quantity, price, available, total, changes
            case variantTitle = "variant_title"
            case shownPrice = "shown_price"
            case addedAt = "added_at"
        }
    }
}

/// How many of a variant shall be in the cart, at a price that was shown.
public struct CartLineDraft: Codable, Sendable {
    public var quantity: Int64
    public var price: Money

    public init(quantity: Int64, price: Money) {
        self.quantity = quantity
        self.price = price
    }
}

/// A purchase.
public struct Checkout: Codable, Sendable {
    /// Nil is everything that is in the cart.
    public var lines: [Line]?
    public var address: Address
    /// `wallet`, or the id of a top-up or authorisation.
    public var payment: String
    public var capture: Capture?
    /// The post that led to it.
    public var sourcePost: EntityID<Post>?

    public init(
        lines: [Line]? = nil, address: Address, payment: String = "wallet", capture: Capture? = nil,
        sourcePost: EntityID<Post>? = nil
    ) {
        self.lines = lines
        self.address = address
        self.payment = payment
        self.capture = capture
        self.sourcePost = sourcePost
    }

    public struct Line: Codable, Sendable {
        public var variant: EntityID<Variant>
        public var quantity: Int64
        /// What a piece costs where it was shown: another price is refused.
        public var price: Money

        public init(variant: EntityID<Variant>, quantity: Int64, price: Money) {
            self.variant = variant
            self.quantity = quantity
            self.price = price
        }
    }

    public struct Capture: Choice {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }
        public static let now: Capture = "now"
        /// Sets money of the wallet aside, until the order is paid or half an hour is over.
        public static let later: Capture = "later"
    }

    private enum CodingKeys: String, CodingKey {
        case lines, address, payment, capture
        case sourcePost = "source_post"
    }
}

/// Where something is sent.
public struct Address: Codable, Sendable, Hashable {
    public var name: String
    public var street: String
    public var postalCode: String?
    public var city: String
    public var region: String?
    /// ISO 3166-1, two letters.
    public var country: String
    public var phone: String?

    public init(name: String, street: String, postalCode: String? = nil, city: String, country: String) {
        self.name = name
        self.street = street
        self.postalCode = postalCode
        self.city = city
        self.country = country
    }

    private enum CodingKeys: String, CodingKey {
        case name, street, city, region, country, phone
        case postalCode = "postal_code"
    }
}
