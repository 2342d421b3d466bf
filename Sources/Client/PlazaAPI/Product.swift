/// A product as lists show it.
public struct ProductCard: Codable, Sendable, Identifiable {
    public let id: EntityID<Product>
    public let shop: ShopShort
    public let handle: String
    public let title: String
    public let vendor: String
    public let type: String
    public let status: Product.Status
    public let picture: String?
    /// Of the cheapest variant.
    public let price: Money
    /// Of the dearest.
    public let priceMax: Money
    /// Pieces that can be bought; nil is any number.
    public let available: Int64?
    /// Nothing is sold before.
    public let opensAt: Timestamp?
    public let perPersonMax: Int64?
    public let createdAt: Timestamp

    private enum CodingKeys: String, CodingKey {
        case id, shop, handle, title, vendor, type, status, picture, price, available
        case priceMax = "price_max"
        case opensAt = "opens_at"
        case perPersonMax = "per_person_max"
        case createdAt = "created_at"
    }
}

/// A product with all that can be bought of it.
public struct Product: Codable, Sendable, Identifiable {
    public let id: EntityID<Product>
    public let shop: ShopShort
    public let title: String
    public let status: Status
    /// HTML.
    public let body: String
    /// Names of what its variants differ in.
    public let options: [String]
    public let pictures: [Picture]
    public let tags: [String]
    public let variants: [Variant]
    public let price: Money
    public let available: Int64?
    public let opensAt: Timestamp?
    public let perPersonMax: Int64?
    public let createdAt: Timestamp
    public let updatedAt: Timestamp

    public struct Status: Choice {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }
        public static let active: Status = "active"
        public static let draft: Status = "draft"
        public static let archived: Status = "archived"
        /// For sale to whoever has its link; in no list, feed or search.
        public static let unlisted: Status = "unlisted"
    }

    public struct Picture: Codable, Sendable, Hashable {
        public let url: String
        public let alt: String?
    }

    private enum CodingKeys: String, CodingKey {
        case id, shop, title, status, body, options, pictures, tags, variants, price, available
        case opensAt = "opens_at"
        case perPersonMax = "per_person_max"
        case createdAt = "created_at"
        case updatedAt = "updated_at"
    }
}

/// What of a product is bought: a size, a colour.
public struct Variant: Codable, Sendable, Identifiable {
    public let id: EntityID<Variant>
    /// Values of the product's options.
    public let options: [String]
    public let sku: String
    public let price: Money
    public let compareAt: Money?
    public let picture: String?
    public let available: Int64?

    private enum CodingKeys: String, CodingKey {
        case id, options, sku, price, picture, available
        case compareAt = "compare_at"
    }
}

/// Who sells.
public struct ShopShort: Codable, Sendable, Hashable, Identifiable {
    public let id: EntityID<ShopShort>
    public let handle: String
    public let name: String
}

/// Which products a list shows.
public struct ProductFilter: Sendable {
    public var sort: Sort?
    /// Words that they must have.
    public var query: String?
    /// Id or handle.
    public var shop: String?
    public var type: String?
    public var vendor: String?
    public var tag: String?
    /// Minor units.
    public var priceMin: Int64?
    public var priceMax: Int64?
    /// ISO 4217.
    public var currency: String?

    public init(sort: Sort? = nil, query: String? = nil, shop: String? = nil) {
        self.sort = sort
        self.query = query
        self.shop = shop
    }

    public struct Sort: Choice {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }
        public static let trending: Sort = "trending"
        public static let newest: Sort = "newest"
        public static let price: Sort = "price"
    }
}
