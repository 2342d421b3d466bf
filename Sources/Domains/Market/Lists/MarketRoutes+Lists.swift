import Core
import HTTP
import HTTPTypes

extension MarketService {
    var listRoutes: [Route] {
        [
            Route(
                .get, "/v1/products", "What is for sale", tag: "products", access: .visitor,
                query: [
                    .init("sort", .choice(ProductFilter.Order.allCases.map(\.rawValue)), "trending unless told."),
                    .init("query", .text(1...200), "Words that it must have.", example: "blue bowl"),
                    .init("shop", .text(1...60), "Of this shop, by its id or handle.", example: "kiln"),
                    .init("collection", .id(of: ProductCollection.self), "In this collection."),
                    .init("type", MarketShapes.name, "Of this type, whatever the case."),
                    .init("vendor", MarketShapes.name, "Of this vendor, whatever the case."),
                    .init("tag", MarketShapes.name, "With this tag, whatever the case."),
                    .init("price_min", MarketShapes.amount, "In minor units of the currency, or of the shop's."),
                    .init("price_max", MarketShapes.amount, "In minor units."),
                    .init("currency", MarketShapes.currency, "Sold in this currency.", example: "EUR"),
                    .init("facets", .boolean, "Whether to count what the list can be narrowed by."),
                ] + Route.Parameter.page,
                answers: [
                    .init(
                        .ok, "A page of products", MarketShapes.products,
                        example: MarketShapes.page(of: MarketShapes.cardExample)),
                    .problem(.notFound, "shop_not_found"), .problem(.badRequest, "invalid_cursor"),
                ],
                // A page that is in memory takes none, a plain one else one, and one for cards that are not.
                statementsMax: 9
            ) { request in
                let filter = try Self.filter(request)
                guard request.queryValue("facets") == "true" else {
                    return .json(
                        try await encodedProducts(filter, cursor: request.cursor, limit: request.limit))
                }
                let (page, facets) = try await products(
                    filter, cursor: request.cursor, limit: request.limit, withFacets: true)
                return .products(page, facets)
            },
            Route(
                .get, "/v1/shops/{shop}/products", "Everything that a shop has, drafts too, for its staff",
                tag: "products", access: .session,
                query: [.init("status", MarketShapes.status, "All unless told.")] + Route.Parameter.page,
                answers: [
                    .init(
                        .ok, "A page of products, newest first", .page(of: MarketShapes.card),
                        example: MarketShapes.page(of: MarketShapes.cardExample)),
                    .problem(.notFound, "shop_not_found"), .problem(.forbidden, "shop_role_required"),
                    .problem(.badRequest, "invalid_cursor"),
                ], statementsMax: 5
            ) { request in
                let page = try await allProducts(
                    of: try await shopID(request),
                    status: request.queryValue("status").flatMap { ProductStatus(name: $0) }, cursor: request.cursor,
                    limit: request.limit, viewer: try request.caller().account)
                return .products(page, nil)
            },
        ]
    }

    private static func filter(_ request: RouteRequest) throws -> ProductFilter {
        var filter = ProductFilter()
        filter.order = request.queryValue("sort").flatMap { ProductFilter.Order(rawValue: $0) } ?? .trending
        filter.query = request.queryValue("query")
        filter.shop = request.queryValue("shop").map { RouteRequest.shopName($0) }
        filter.collection = request.queryValue("collection").flatMap { ID($0) }
        filter.type = request.queryValue("type")
        filter.vendor = request.queryValue("vendor")
        filter.tag = request.queryValue("tag")
        filter.priceMin = request.queryValue("price_min").flatMap { Int64($0) }
        filter.priceMax = request.queryValue("price_max").flatMap { Int64($0) }
        filter.currency = try request.queryValue("currency").map { try currency($0, "currency") }
        return filter
    }
}

extension Reply {
    /// Splices the cards' bytes.
    fileprivate static func products(_ page: Page<ProductCard>, _ facets: ProductFacets?) -> Reply {
        var json = JSONWriter(capacity: 64 + page.items.reduce(0) { $0 + $1.json.count + 1 })
        json.object { json in
            json.name("items")
            json.array(page.items) { json, card in json.raw(card.json) }
            json.member("next", page.next)
            if let facets {
                json.name("facets")
                facets.write(to: &json)
            }
        }
        return .json(json.finish())
    }
}

extension ProductFacets {
    fileprivate func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("counted", counted)
            json.member("is_complete", isComplete)
            json.name("types")
            json.array(types) { json, value in value.write(to: &json) }
            json.name("vendors")
            json.array(vendors) { json, value in value.write(to: &json) }
            json.name("prices")
            json.array(prices) { json, range in
                json.object { json in
                    json.member("from", range.from)
                    json.name("below")
                    if let below = range.below { json.value(below) } else { json.null() }
                    json.member("count", range.count)
                }
            }
        }
    }
}

extension ProductFacets.Value {
    fileprivate func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("value", value)
            json.member("count", count)
        }
    }
}
