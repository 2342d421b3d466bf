import Core
import HTTP
import HTTPTypes

extension MarketService {
    var collectionRoutes: [Route] {
        [
            Route(
                .post, "/v1/shops/{shop}/collections", "Make a collection of a shop's products", tag: "products",
                access: .session,
                body: .init(
                    .object([.required("title", MarketShapes.name), .optional("handle", MarketShapes.name)]),
                    example: ["title": "Winter"]),
                answers: [
                    .init(.created, "The collection", MarketShapes.collection, example: MarketShapes.collectionExample),
                    .problem(.notFound, "shop_not_found"), .problem(.forbidden, "shop_role_required"),
                    .problem(.conflict, "handle_taken"), .problem(.conflict, "too_many_collections"),
                ], statementsMax: 6
            ) { request in
                let collection = try await createCollection(
                    handle: request.body["handle"]?.string, title: request.body["title"]?.string ?? "",
                    in: try await shopID(request), by: try request.caller().account)
                return .object(status: .created) { json in collection.members(to: &json) }
            },
            Route(
                .get, "/v1/shops/{shop}/collections", "A shop's collections", tag: "products", access: .visitor,
                answers: [
                    .init(
                        .ok, "All of them",
                        .object([
                            .required(
                                "items", .array(MarketShapes.collection, count: 0...CatalogLimits.collectionsMax))
                        ]), example: ["items": [MarketShapes.collectionExample]]),
                    .problem(.notFound, "shop_not_found"),
                ], statementsMax: 3
            ) { request in
                let collections = try await collections(of: try await shopID(request), viewer: request.viewer)
                return .object { json in
                    json.name("items")
                    json.array(collections) { json, collection in
                        json.object { json in collection.members(to: &json) }
                    }
                }
            },
            Route(
                .delete, "/v1/collections/{collection}", "Delete a collection; its products stay", tag: "products",
                access: .session,
                answers: [
                    .init(.noContent, "Deleted"), .problem(.notFound, "collection_not_found"),
                    .problem(.forbidden, "shop_role_required"),
                ], statementsMax: 4
            ) { request in
                try await delete(
                    try request.id("collection", of: ProductCollection.self), by: try request.caller().account)
                return .noContent
            },
            Route(
                .put, "/v1/collections/{collection}/products/{product}", "Put a product into a collection",
                tag: "products", access: .session,
                answers: [
                    .init(.noContent, "It is in the collection"), .problem(.notFound, "collection_not_found"),
                    .problem(.notFound, "product_not_found"), .problem(.forbidden, "shop_role_required"),
                    .problem(.conflict, "too_many_collections"),
                ], statementsMax: 5
            ) { request in
                try await add(
                    try request.id("product", of: Product.self), to: try request.id("collection"),
                    by: try request.caller().account)
                return .noContent
            },
            Route(
                .delete, "/v1/collections/{collection}/products/{product}", "Take a product out of a collection",
                tag: "products", access: .session,
                answers: [
                    .init(.noContent, "It is not in the collection"), .problem(.notFound, "collection_not_found"),
                    .problem(.notFound, "product_not_found"), .problem(.forbidden, "shop_role_required"),
                ], statementsMax: 3
            ) { request in
                try await remove(
                    try request.id("product", of: Product.self), from: try request.id("collection"),
                    by: try request.caller().account)
                return .noContent
            },
        ]
    }
}

extension CollectionProfile {
    fileprivate func members(to json: inout JSONWriter) {
        json.member("id", id)
        json.member("shop", shop)
        json.member("handle", handle)
        json.member("title", title)
    }
}
