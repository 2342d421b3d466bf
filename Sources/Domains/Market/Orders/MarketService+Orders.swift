package import Core
import Storage

/// Reading orders.
extension MarketService {
    /// More has happened to no order that anybody reads through; the newest is shown.
    private static let historyShownMax = 500

    /// Four statements however many lines.
    /// - Throws: ``OrderError/orderNotFound`` for who is neither its buyer nor of one of its shops.
    package func order(_ id: ID<Order>, for caller: OrderCaller) async throws -> OrderView {
        try await database.read { db in
            let parts = try db.parts(of: id, viewer: caller.account).compactMap { found in
                let parties = found.parties(of: caller)
                return parties.isEmpty ? nil : (found: found, parties: parties)
            }
            guard let first = parts.first?.found else { throw OrderError.orderNotFound }
            let shops = Set(parts.map(\.found.part.shop))
            let lines = try db.lines(of: [id], currencies: [id: first.part.total.currency])[id] ?? []
            let history = try db.history(of: id, limit: Self.historyShownMax).filter { shops.contains($0.shop) }
            let address = try db.first("SELECT address FROM purchase WHERE id = \(id)") { $0.text(0) } ?? "{}"
            return OrderView(
                id: id, buyer: first.buyer,
                parts: parts.map { found, parties in
                    OrderView.Part(
                        found: found, lines: lines.filter { $0.shop == found.part.shop },
                        showsFee: parties.contains { $0 != .buyer })
                },
                detail: .init(address: try JSONParser.parse(address.utf8), history: history))
        }
    }

    /// What somebody has bought, newest first. Two statements.
    package func orders(of buyer: ID<Account>, cursor: String?, limit: Int) async throws -> Page<OrderView> {
        let filter = "orders:\(buyer)"
        let before = try cursors.position(cursor, filter: filter, start: .max)
        let views = try await database.read { db in
            let orders = try db.rows(
                """
                SELECT id
                FROM purchase
                WHERE buyer_id = \(buyer) AND id < \(before)
                ORDER BY id DESC
                LIMIT \(limit + 1)
                """
            ) { $0.id(0, Order.self) }
            let parts = Dictionary(grouping: try db.parts(of: orders), by: \.part.order)
            return orders.compactMap { order in parts[order].map { Self.listed($0, showsFee: false) } }
        }
        return cursors.page(views, limit: limit, filter: filter) { [$0.id.rawValue] }
    }

    /// A shop's parts of orders, newest first, for its staff. Two statements.
    /// - Parameter state: only those in it.
    /// - Throws: ``MarketError/shopNotFound`` for everybody else.
    package func orders(
        of shop: ID<Shop>, in state: OrderState?, viewer: ID<Account>, cursor: String?, limit: Int
    ) async throws -> Page<OrderView> {
        let filter = "shop-orders:\(shop):\(state?.name ?? "")"
        let before = try cursors.position(cursor, filter: filter, start: .max)
        let views = try await database.read { db in
            guard try role(of: viewer, in: shop, db) != nil else { throw MarketError.shopNotFound }
            let isWanted: SQL = state.map { "AND sub_order.state = \($0.rawValue)" } ?? ""
            return try db.rows(
                """
                SELECT \(unsafeRaw: FoundPart.columns)
                FROM sub_order
                JOIN purchase ON purchase.id = sub_order.purchase_id
                JOIN shop ON shop.id = sub_order.shop_id
                WHERE sub_order.shop_id = \(shop) \(isWanted) AND sub_order.purchase_id < \(before)
                ORDER BY sub_order.purchase_id DESC
                LIMIT \(limit + 1)
                """
            ) { Self.listed([try FoundPart($0, hasRole: false)], showsFee: true) }
        }
        return cursors.page(views, limit: limit, filter: filter) { [$0.id.rawValue] }
    }

    private static func listed(_ parts: [FoundPart], showsFee: Bool) -> OrderView {
        OrderView(
            id: parts[0].part.order, buyer: parts[0].buyer,
            parts: parts.map { .init(found: $0, lines: nil, showsFee: showsFee) }, detail: nil)
    }
}
