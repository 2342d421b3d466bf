import Core
import HTTP
import HTTPTypes
import Idempotency
import Storage

extension MarketService {
    /// Every picture, variant and tag at its longest, and a description.
    private static var productBytesMax: Int { 8 << 20 }

    private static let refusals: [Route.Answer] = [
        .problem(.notFound, "product_not_found"), .problem(.forbidden, "shop_role_required"),
    ]

    var productRoutes: [Route] {
        [
            Route(
                .post, "/v1/shops/{shop}/products", "Make a product", tag: "products", access: .session,
                body: .init(
                    .object(
                        [
                            .required("title", MarketShapes.name),
                            .required(
                                "variants",
                                .array(.object(VariantDraft.newFields), count: 1...CatalogLimits.variantsAtOnceMax)),
                        ] + ProductDraft.fields),
                    example: [
                        "title": "Blue bowl", "type": "Bowls", "status": "active", "tags": ["blue"],
                        "variants": [["price": 1_999, "on_hand": 12, "sku": "BB-1"]],
                    ], bytesMax: Self.productBytesMax),
                answers: [
                    .init(.created, "The product", MarketShapes.product, example: MarketShapes.productExample),
                    .problem(.notFound, "shop_not_found"), .problem(.forbidden, "shop_role_required"),
                    .problem(.conflict, "handle_taken"), .problem(.conflict, "duplicate_variant"),
                ],
                // Batches are powers of two: seven of variants, of their stock and of its journal, nine of labels.
                statementsMax: 40
            ) { request in
                let draft = try ProductDraft(new: request.body)
                let page = try await create(
                    draft, in: try await shopID(request), by: try request.caller().account)
                return .product(page, status: .created)
            },
            Route(
                .get, "/v1/products/{product}", "A product with its variants, prices and stock as they are now",
                tag: "products", access: .visitor,
                answers: [
                    .init(.ok, "The product", MarketShapes.product, example: MarketShapes.productExample),
                    .init(.notModified, "It is still what If-None-Match names"),
                    .problem(.notFound, "product_not_found"),
                ],
                // Warm none, cold three; one more for who sees what is not for everybody, and one where they may stand in
                // line.
                statementsMax: 5, hasETag: true
            ) { request in
                let page = try await product(try request.id("product"), viewer: request.viewer)
                guard page.isSoldOut, let viewer = request.viewer else { return .product(page) }
                return .product(page, waiting: try await places(of: viewer, for: page.id))
            },
            Route(
                .patch, "/v1/products/{product}", "Change a product", tag: "products", access: .session,
                body: .init(
                    .object([.optional("title", MarketShapes.name)] + ProductDraft.fields),
                    example: ["status": "archived"], bytesMax: Self.productBytesMax),
                answers: [
                    .init(.ok, "The product", MarketShapes.product, example: MarketShapes.productExample),
                    .problem(.conflict, "handle_taken"), .problem(.conflict, "product_barred"),
                ] + Self.refusals, statementsMax: 21
            ) { request in
                let input = try ProductInput(request.body)
                let page = try await change(
                    try request.id("product", of: Product.self), by: try request.caller().account
                ) { $0.apply(input) }
                return .product(page)
            },
            Route(
                .post, "/v1/products/{product}/variants", "Add a variant", tag: "products", access: .session,
                body: .init(
                    .object(VariantDraft.newFields),
                    example: ["price": 2_499, "on_hand": 3, "options": ["Large"]], bytesMax: 32 * 1_024),
                answers: [
                    .init(.created, "The product", MarketShapes.product, example: MarketShapes.productExample),
                    .problem(.conflict, "duplicate_variant"),
                ] + Self.refusals, statementsMax: 12
            ) { request in
                var draft = VariantDraft(price: 0)
                draft.apply(VariantInput(request.body))
                let page = try await add(
                    draft, to: try request.id("product"), by: try request.caller().account)
                return .product(page, status: .created)
            },
            Route(
                .post, "/v1/product-views", "Report products that one has looked at", tag: "products",
                access: .session,
                body: .init(
                    .object([
                        .required("products", .array(.id(of: Product.self), count: 1...Self.viewsMax))
                    ]),
                    example: ["products": ["prd_0D3PZ7XGQW4K1"]]),
                answers: [
                    .init(
                        .accepted, "How many count: not those seen within a day, nor one's own shop's",
                        .object([.required("counted", MarketShapes.count)]), example: ["counted": 1])
                ],
                // Batches are powers of two.
                statementsMax: 9
            ) { request in
                let products = request.body["products"]?.ids(of: Product.self) ?? []
                let counted = try await view(products, by: try request.caller().account)
                return .object(status: .accepted) { json in json.member("counted", Int64(counted)) }
            },
        ]
    }

    var variantRoutes: [Route] {
        [
            Route(
                .patch, "/v1/variants/{variant}", "Change a variant", tag: "products", access: .session,
                body: .init(
                    .object([.optional("price", MarketShapes.amount, "In minor units.")] + VariantDraft.fields),
                    example: ["price": 1_799, "compare_at": 1_999], bytesMax: 32 * 1_024),
                answers: [
                    .init(.ok, "Its product", MarketShapes.product, example: MarketShapes.productExample),
                    .problem(.notFound, "variant_not_found"), .problem(.conflict, "duplicate_variant"),
                    .problem(.conflict, "stock_reserved"),
                ] + Self.refusals, statementsMax: 10
            ) { request in
                let input = VariantInput(request.body)
                let page = try await change(
                    try request.id("variant", of: Variant.self), by: try request.caller().account
                ) { $0.apply(input) }
                return .product(page)
            },
            Route(
                .delete, "/v1/variants/{variant}", "Take a variant out of its product", tag: "products",
                access: .session,
                answers: [
                    .init(.ok, "Its product", MarketShapes.product, example: MarketShapes.productExample),
                    .problem(.notFound, "variant_not_found"), .problem(.conflict, "last_variant"),
                ] + Self.refusals, statementsMax: 10
            ) { request in
                .product(
                    try await delete(try request.id("variant", of: Variant.self), by: try request.caller().account))
            },
            Route(
                .get, "/v1/variants/{variant}/stock", "A variant's stock and its journal, for the shop's staff",
                tag: "products", access: .session, query: Route.Parameter.page,
                answers: [
                    .init(
                        .ok, "The stock", MarketShapes.journal,
                        example: MarketShapes.extended(
                            MarketShapes.stockExample, "movements", ["items": [], "next": nil])),
                    .problem(.notFound, "variant_not_found"), .problem(.forbidden, "shop_role_required"),
                    .problem(.badRequest, "invalid_cursor"),
                ], statementsMax: 3
            ) { request in
                let (stock, movements) = try await journal(
                    of: try request.id("variant"), cursor: request.cursor, limit: request.limit,
                    viewer: try request.caller().account)
                return .object { json in
                    stock.stockMembers(to: &json)
                    json.name("movements")
                    json.object { json in
                        json.name("items")
                        json.array(movements.items) { json, entry in entry.write(to: &json) }
                        json.member("next", movements.next)
                    }
                }
            },
            Route(
                .post, "/v1/variants/{variant}/stock", "Say what is on hand, and why it changed", tag: "products",
                access: .session,
                body: .init(
                    .object([
                        .required("reason", .choice(StockReason.adjustments.map(\.name))),
                        .optional(
                            "change", .integer(-CatalogLimits.stockMax...CatalogLimits.stockMax),
                            "By how many; this or on_hand."),
                        .optional("on_hand", .integer(0...CatalogLimits.stockMax), "To how many."),
                    ]),
                    example: ["reason": "received", "change": 12]),
                answers: [
                    .init(.ok, "The stock", MarketShapes.stock, example: MarketShapes.stockExample),
                    .problem(.notFound, "variant_not_found"), .problem(.forbidden, "shop_role_required"),
                    .problem(.conflict, "stock_reserved"),
                ],
                // With a whole line that is offered a piece each: their rows of the journal are written in batches.
                statementsMax: 24, needsIdempotencyKey: true
            ) { request in
                let adjustment = try StockAdjustment(request.body)
                let (variant, account) = (try request.id("variant", of: Variant.self), try request.caller().account)
                return try await database.write { tx in
                    try idempotency.answer(request, in: tx) {
                        let stock = try adjust(variant, adjustment, by: account, in: tx)
                        return .object { json in stock.stockMembers(to: &json) }
                    }
                }
            },
        ]
    }
}

extension StockAdjustment {
    fileprivate init(_ body: JSON) throws {
        let reason = body["reason"]?.string.flatMap { StockReason(name: $0) } ?? .counted
        switch (body["change"]?.integer, body["on_hand"]?.integer) {
        case (let change?, nil): self.init(reason: reason, amount: .change(change))
        case (nil, let onHand?): self.init(reason: reason, amount: .onHand(onHand))
        default: throw Problem.invalidField("/change", "required", "or on_hand is needed, and not both")
        }
    }
}

extension SaleVariant {
    fileprivate func stockMembers(to json: inout JSONWriter) {
        json.member("variant", id)
        json.member("policy", policy.name)
        json.member("on_hand", onHand)
        json.member("reserved", reserved)
        json.integer("available", available)
    }
}

extension JournalEntry {
    fileprivate func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("id", id)
            json.member("reason", reason.name)
            json.member("on_hand_change", onHandChange)
            json.member("reserved_change", reservedChange)
            json.member("subject", subject)
            json.member("created_at", id.createdAt)
        }
    }
}
