public import PlazaAPI

/// Products, the cart, checkout and orders.
extension PlazaClient {
    public func products(_ filter: ProductFilter = .init(), limit: Int? = nil) -> PageSequence<ProductCard> {
        var call = Call(.get, "/v1/products")
        call.query = [
            ("sort", filter.sort?.rawValue), ("query", filter.query), ("shop", filter.shop), ("type", filter.type),
            ("vendor", filter.vendor), ("tag", filter.tag), ("price_min", filter.priceMin.map { String($0) }),
            ("price_max", filter.priceMax.map { String($0) }), ("currency", filter.currency),
        ]
        return pages(call, limit: limit)
    }

    public func product(_ product: EntityID<Product>) async throws -> Product {
        try await send(Call(.get, "/v1/products/\(product.encoded)"))
    }

    /// Public posts that tag it, newest first.
    public func posts(tagging product: EntityID<Product>, limit: Int? = nil) -> PageSequence<Post> {
        pages(Call(.get, "/v1/products/\(product.encoded)/posts"), limit: limit)
    }

    public func cart() async throws -> Cart {
        try await send(Call(.get, "/v1/cart"))
    }

    /// - Parameter price: what a piece costs where it was shown.
    public func putInCart(_ variant: EntityID<Variant>, quantity: Int64, price: Money) async throws {
        try await perform(
            Call(.put, "/v1/cart/lines/\(variant.encoded)"), body: CartLineDraft(quantity: quantity, price: price))
    }

    public func takeOutOfCart(_ variant: EntityID<Variant>) async throws {
        try await perform(Call(.delete, "/v1/cart/lines/\(variant.encoded)"))
    }

    /// Buys.
    /// - Parameter key: the same for the same wish: it is done once, however often it is sent. One key for one checkout is made
    ///   and kept over its retries; give your own where the wish shall survive a restart of the app.
    public func checkOut(_ checkout: Checkout, key: IdempotencyKey = .random()) async throws -> OrderReceipt {
        var call = Call(.post, "/v1/checkout")
        call.idempotencyKey = key
        return try await send(call, body: checkout)
    }

    /// What one has bought, newest first.
    public func orders(limit: Int? = nil) -> PageSequence<Order> {
        pages(Call(.get, "/v1/orders"), limit: limit)
    }

    public func order(_ order: EntityID<Order>) async throws -> Order {
        try await send(Call(.get, "/v1/orders/\(order.encoded)"))
    }

    /// Pays, ships, cancels and so on.
    /// - Parameter key: as for ``checkOut(_:key:)``.
    public func act(
        _ kind: OrderAction.Kind, on order: EntityID<Order>, _ action: OrderAction = .init(),
        key: IdempotencyKey = .random()
    ) async throws -> OrderReceipt {
        var call = Call(.post, "/v1/orders/\(order.encoded)/\(kind.rawValue.percentEncoded)")
        call.idempotencyKey = key
        return try await send(call, body: action)
    }
}
