import Core
import HTTP

/// What a request says of a product or a variant, already checked against its schema.
extension ProductDraft {
    /// Fields that can be given when a product is made and when it is changed.
    static let fields: [Schema.Field] = [
        .optional("handle", MarketShapes.name, "In its URL; made of the title unless told."),
        .optional("body", MarketShapes.body, "HTML."),
        .optional("vendor", MarketShapes.nameOrNothing), .optional("type", MarketShapes.nameOrNothing),
        .optional(
            "status", MarketShapes.status,
            "A draft unless told. An unlisted product is for sale to whoever has its link, and in no list, feed or search."
        ),
        .optional(
            "options", .array(MarketShapes.name, count: 0...CatalogLimits.optionsMax), "Such as size and colour."),
        .optional("pictures", .array(MarketShapes.picture, count: 0...CatalogLimits.picturesMax)),
        .optional("tags", .array(MarketShapes.name, count: 0...CatalogLimits.tagsMax), "Without commas."),
        .optional("opens_at", .nullable(.time), "Nothing is sold before."),
        .optional("per_person_max", .nullable(MarketShapes.quantity), "Pieces that one person may have."),
    ]

    /// - Throws: a problem for what a schema cannot tell.
    init(new body: JSON) throws {
        self.init(title: body["title"]?.string ?? "")
        apply(try ProductInput(body))
        variants = try (body["variants"]?.array ?? []).enumerated().map { index, variant in
            var draft = VariantDraft(price: 0)
            draft.apply(VariantInput(variant))
            guard draft.options.count == options.count else {
                throw Problem.invalidField(
                    "/variants/\(index)/options", "wrong_count", "must have a value for each option")
            }
            return draft
        }
        guard Set(variants.map(\.options)).count == variants.count else { throw MarketError.duplicateVariant }
    }

    mutating func apply(_ input: ProductInput) {
        title = input.title ?? title
        handle = input.handle ?? handle
        body = input.body ?? body
        vendor = input.vendor ?? vendor
        type = input.type ?? type
        status = input.status ?? status
        options = input.options ?? options
        pictures = input.pictures ?? pictures
        tags = input.tags ?? tags
        opensAt = input.opensAt ?? opensAt
        perPersonMax = input.perPersonMax ?? perPersonMax
    }
}

/// The fields of a product that a request gives; nil leaves what is.
struct ProductInput: Sendable {
    let title, handle, body, vendor, type: String?
    let status: ProductStatus?
    let options, tags: [String]?
    let pictures: [ProductPicture]?
    let opensAt: Timestamp??
    let perPersonMax: Int64??

    init(_ json: JSON) throws {
        title = json["title"]?.string
        handle = json["handle"]?.string
        body = json["body"]?.string
        vendor = json["vendor"]?.string
        type = json["type"]?.string
        status = json["status"]?.string.flatMap { ProductStatus(name: $0) }
        options = json["options"]?.strings
        pictures = json["pictures"]?.pictures
        tags = try json["tags"].map(Self.tags)
        opensAt = try json["opens_at"].map(Self.time)
        perPersonMax = json["per_person_max"].map(\.integer)
        guard let options, Set(options).count < options.count else { return }
        throw Problem.invalidField("/options", "repeated", "must each have a name of its own")
    }

    /// A file of products has them with commas between.
    private static func tags(_ json: JSON) throws -> [String] {
        let tags = json.strings
        guard !tags.contains(where: { $0.utf8.contains(UInt8(ascii: ",")) }) else {
            throw Problem.invalidField("/tags", "invalid_tag", "must not have commas")
        }
        var seen: Set<String> = []
        return tags.map(\.trimmed).filter { !$0.isEmpty && seen.insert($0).inserted }
    }

    private static func time(_ json: JSON) throws -> Timestamp? {
        guard let text = json.string else { return nil }
        guard let time = Timestamp(text) else {
            throw Problem.invalidField("/opens_at", "invalid_time", "must be a time in UTC: 2026-03-01T12:00:00Z")
        }
        return time
    }
}

extension VariantDraft {
    /// Fields that can be given when a variant is made and when it is changed.
    static let fields: [Schema.Field] = [
        .optional(
            "options", .array(MarketShapes.name, count: 0...CatalogLimits.optionsMax),
            "A value for each of the product's options."),
        .optional("sku", MarketShapes.nameOrNothing), .optional("barcode", MarketShapes.nameOrNothing),
        .optional("compare_at", .nullable(MarketShapes.amount), "In minor units."),
        .optional("grams", .integer(0...CatalogLimits.stockMax)),
        .optional("weight_unit", MarketShapes.weightUnit, "In which the weight is shown."),
        .optional("picture", .nullable(MarketShapes.url)),
        .optional(
            "stock_policy", MarketShapes.policy,
            "counted sells what is there; untracked any number; backorder beyond what is there."),
    ]

    static let newFields: [Schema.Field] =
        [
            .required("price", MarketShapes.amount, "In minor units of the shop's currency."),
            .optional("on_hand", .integer(0...CatalogLimits.stockMax), "Pieces that are there."),
        ] + fields

    mutating func apply(_ input: VariantInput) {
        options = input.options ?? options
        sku = input.sku ?? sku
        barcode = input.barcode ?? barcode
        price = input.price ?? price
        compareAt = input.compareAt ?? compareAt
        if let given = input.grams, given != grams { (grams, gramsExact) = (given, "") }
        weightUnit = input.weightUnit ?? weightUnit
        picture = input.picture ?? picture
        policy = input.policy ?? policy
        onHand = input.onHand ?? onHand
    }
}

/// The fields of a variant that a request gives; nil leaves what is.
struct VariantInput: Sendable {
    let options: [String]?
    let sku, barcode: String?
    let price, grams, onHand: Int64?
    let compareAt: Int64??
    let weightUnit: WeightUnit?
    let picture: String?
    let policy: StockPolicy?

    init(_ json: JSON) {
        options = json["options"]?.strings
        sku = json["sku"]?.string
        barcode = json["barcode"]?.string
        price = json["price"]?.integer
        compareAt = json["compare_at"].map(\.integer)
        grams = json["grams"]?.integer
        weightUnit = json["weight_unit"]?.string.flatMap { WeightUnit(rawValue: $0) }
        picture = json["picture"].map { $0.string ?? "" }
        policy = json["stock_policy"]?.string.flatMap { StockPolicy(name: $0) }
        onHand = json["on_hand"]?.integer
    }
}
