import Core
import HTTP

/// Shapes and examples of what Market's routes take and answer.
enum MarketShapes {
    static let name = Schema.text(1...CatalogLimits.nameLengthMax)
    static let nameOrNothing = Schema.text(0...CatalogLimits.nameLengthMax)
    static let body = Schema.text(0...CatalogLimits.bodyLengthMax, multiline: true)
    static let url = Schema.text(8...CatalogLimits.urlLengthMax, format: .url)
    static let amount = Schema.integer(0...CatalogLimits.priceMax)
    static let currency = Schema.text(3...3)
    static let status = Schema.choice(ProductStatus.allCases.map(\.name))
    static let policy = Schema.choice(StockPolicy.allCases.map(\.name))
    static let weightUnit = Schema.choice(WeightUnit.allCases.map(\.rawValue))
    static let shopState = Schema.choice(["open", "closed"])
    static let quantity = Schema.integer(1...CatalogLimits.stockMax)
    static let money = Schema.named(
        "Money",
        .object([
            .required("amount", .integer(.min...(.max)), "In the currency's minor unit: cents."),
            .required("currency", currency, "ISO 4217."),
        ]))
    static let count = Schema.integer(0...(.max))

    static let shop = Schema.named(
        "Shop",
        .object([
            .required("id", .id(of: Shop.self)), .required("handle", .text(1...60)), .required("name", name),
            .required("owner", .id(of: Account.self)), .required("currency", currency),
            .required("state", shopState), .required("created_at", .time),
        ]))

    static let ownShop = Schema.named(
        "OwnShop",
        .object([.required("shop", shop), .required("role", .choice(ShopRole.allCases.map(\.name)))]))

    static let staff = Schema.object([
        .required(
            "items",
            .array(
                .object([
                    .required("account", .id(of: Account.self)),
                    .required("role", .choice(ShopRole.allCases.map(\.name))),
                ]), count: 0...CatalogLimits.staffMax))
    ])

    static let picture = Schema.named(
        "Picture",
        .object([
            .required("url", url, "Where it is; Plaza stores the reference."),
            .optional("alt", .text(0...CatalogLimits.altLengthMax), "What it shows, for those who cannot see it."),
        ]))

    private static let cardFields: [Schema.Field] = [
        .required("id", .id(of: Product.self)),
        .required(
            "shop",
            .object([
                .required("id", .id(of: Shop.self)), .required("handle", .text(1...60)), .required("name", name),
            ])),
        .required("handle", name), .required("title", name), .required("vendor", nameOrNothing),
        .required("type", nameOrNothing), .required("status", status),
        .required("picture", .nullable(.text(1...CatalogLimits.urlLengthMax)), "The first one."),
        .required("price", money, "Of the cheapest variant."), .required("price_max", money, "Of the dearest."),
        .required("available", .nullable(count), "Pieces that can be bought; null is any number."),
        .required("opens_at", .nullable(.time), "Nothing is sold before."),
        .required("per_person_max", .nullable(count), "Pieces that one person may have."),
        .required("counts", .object([.required("sales", .integer(.min...(.max))), .required("views", count)])),
        .required("score", .integer(.min...(.max)), "Place in trending: millionths of log2 of interest that fades."),
        .required("created_at", .time),
    ]

    static let card = Schema.named("ProductCard", .object(cardFields))

    static let variant = Schema.named(
        "Variant",
        .object([
            .required("id", .id(of: Variant.self)),
            .required("options", .array(nameOrNothing, count: 0...CatalogLimits.optionsMax)),
            .required("sku", nameOrNothing), .required("barcode", nameOrNothing), .required("price", money),
            .required("compare_at", .nullable(money), "What it cost, or costs elsewhere."),
            .required("grams", count), .required("weight_unit", weightUnit, "In which the weight is shown."),
            .required("picture", .nullable(.text(1...CatalogLimits.urlLengthMax))),
            .required("stock_policy", policy), .required("available", .nullable(count)),
        ]))

    static let product = Schema.named(
        "Product",
        .object(
            cardFields + [
                .required("body", body, "HTML."),
                .required("options", .array(name, count: 0...CatalogLimits.optionsMax)),
                .required("pictures", .array(picture, count: 0...CatalogLimits.picturesMax)),
                .required("tags", .array(name, count: 0...CatalogLimits.tagsMax)),
                .required("variants", .array(variant, count: 1...CatalogLimits.variantsMax)),
                .required(
                    "posts",
                    .object([
                        .required("count", count, "Public posts that tag it; no more than 1,000 are counted."),
                        .required("url", .text(1...100), "Where they are."),
                    ])),
                .required("updated_at", .time),
                .optional(
                    "waiting", MarketService.placesShape,
                    "Where you stand in line for what of it is sold out; left out when nowhere."),
            ]))

    private static let facetValues = Schema.array(
        .object([.required("value", nameOrNothing), .required("count", count)]), count: 0...ProductFacets.valuesMax)

    static let products = Schema.object([
        .required("items", .array(card, count: 0...100)),
        .required("next", .nullable(.text(1...512)), "For the next page; null at the end. A page may come short."),
        .optional(
            "facets",
            .object([
                .required("counted", count, "The first products of the list, on which the counts are."),
                .required("is_complete", .boolean, "Whether these are all."),
                .required("types", facetValues), .required("vendors", facetValues),
                .required(
                    "prices",
                    .array(
                        .object([
                            .required("from", money), .required("below", .nullable(money)), .required("count", count),
                        ]), count: 0...20)),
            ])),
    ])

    static let collection = Schema.named(
        "Collection",
        .object([
            .required("id", .id(of: ProductCollection.self)), .required("shop", .id(of: Shop.self)),
            .required("handle", name), .required("title", name),
        ]))

    private static let stockFields: [Schema.Field] = [
        .required("variant", .id(of: Variant.self)), .required("policy", policy), .required("on_hand", count),
        .required("reserved", count, "Sold and not yet handed over."), .required("available", .nullable(count)),
    ]

    static let stock = Schema.named("Stock", .object(stockFields))

    static let journal = Schema.object(
        stockFields + [
            .required(
                "movements",
                .page(
                    of: .object([
                        .required("id", .id(of: StockMovement.self)),
                        .required("reason", .choice(StockReason.allCases.map(\.name))),
                        .required("on_hand_change", .integer(.min...(.max))),
                        .required("reserved_change", .integer(.min...(.max))),
                        .required("subject", .text(1...40), "Who or what moved it: a person, an import, an order."),
                        .required("created_at", .time),
                    ])))
        ])

    private static let importFields: [Schema.Field] = [
        .required("id", .id(of: CatalogImport.self)), .required("shop", .id(of: Shop.self)),
        .required("account", .id(of: Account.self)), .required("is_dry_run", .boolean),
        .required("state", .choice(["running", "done", "failed"])),
        .required("failure", .nullable(.text(1...500)), "Why the file could not be read on."),
        .required("bytes", count), .required("bytes_done", count), .required("rows", count, "That were read."),
        .required(
            "products",
            .object([
                .required("created", count), .required("updated", count), .required("unchanged", count),
                .required("skipped", count),
                .required("warned", count, "Taken with warnings; among those created, updated and unchanged."),
            ])),
        .required("created_at", .time), .required("finished_at", .nullable(.time)),
        .required(
            "format", .nullable(.choice(CatalogFormat.allCases.map(\.rawValue))),
            "Null until a file whose format was not told has been opened."),
        .required(
            "notes",
            .array(
                .object([
                    .required("code", .choice(CatalogNote.Kind.allCases.map(\.rawValue))),
                    .required("value", .text(0...400)), .required("reason", .text(1...400)),
                ]), count: 0...1_000), "What to know about the file: columns that nobody reads, its encoding."),
    ]

    private static let finding: [Schema.Field] = [
        .required("column", .nullable(.text(1...400)), "As the file names it."),
        .required("value", .nullable(.text(0...400)), "As it is in the file, its start at least."),
    ]

    static let catalogImport = Schema.named("CatalogImport", .object(importFields))

    static let importReport = Schema.object(
        importFields + [
            .required(
                "report",
                .page(
                    of: .object(
                        [
                            .required("line", count, "The first line of the file is 1."),
                            .required("outcome", .choice(["created", "updated", "unchanged", "skipped"])),
                            .required("handle", .text(0...100_000)),
                            .required("code", .nullable(.choice(CatalogFault.allCases.map(\.rawValue)))),
                            .required("reason", .nullable(.text(1...400)), "Why it was skipped, and what to do."),
                            .required(
                                "warnings",
                                .array(
                                    .object(
                                        [.required("code", .choice(CatalogFault.allCases.map(\.rawValue)))] + finding
                                            + [.required("reason", .text(1...400))]), count: 0...1_000),
                                "What was left out of it."),
                        ] + finding)))
        ])
}
