import Core
import Storage

/// A part of an order with what its readers want to know around it.
struct FoundPart {
    let part: OrderPart
    let buyer: ID<Account>
    let shopHandle: String
    let shopName: String
    let awaitedPayment: Int64?
    /// The viewer's, in the part's shop.
    let role: ShopRole?

    static let columns = """
        \(OrderPart.columns), purchase.buyer_id, shop.handle, shop.name, purchase.payment_id
        """

    init(_ row: Row, hasRole: Bool) throws {
        let next = OrderPart.columnCount
        part = try OrderPart(row)
        buyer = row.id(next)
        shopHandle = row.text(next + 1)
        shopName = row.text(next + 2)
        awaitedPayment = row.isNull(next + 3) ? nil : row.integer(next + 3)
        role = hasRole && !row.isNull(next + 4) ? ShopRole(rawValue: row.integer(next + 4)) : nil
    }

    func parties(of caller: OrderCaller) -> [OrderParty] {
        guard let account = caller.account else { return [.clock] }
        var parties: [OrderParty] = []
        if account == buyer { parties.append(.buyer) }
        if let role { parties.append(.seller(role)) }
        if case .administrator = caller { parties.append(.platform) }
        return parties
    }
}

extension Queryable {
    /// In the order of their shops.
    func parts(of order: ID<Order>, viewer: ID<Account>?) throws -> [FoundPart] {
        try rows(
            """
            SELECT \(unsafeRaw: FoundPart.columns), shop_staff.role
            FROM sub_order
            JOIN purchase ON purchase.id = sub_order.purchase_id
            JOIN shop ON shop.id = sub_order.shop_id
            LEFT JOIN shop_staff
                ON shop_staff.shop_id = sub_order.shop_id AND shop_staff.account_id = \(viewer?.rawValue ?? 0)
            WHERE sub_order.purchase_id = \(order)
            ORDER BY sub_order.shop_id
            """
        ) { try FoundPart($0, hasRole: true) }
    }

    /// Those of many orders, in the order of theirs and their shops.
    func parts(of orders: [ID<Order>]) throws -> [FoundPart] {
        guard !orders.isEmpty else { return [] }
        return try rows(
            """
            SELECT \(unsafeRaw: FoundPart.columns)
            FROM sub_order
            JOIN purchase ON purchase.id = sub_order.purchase_id
            JOIN shop ON shop.id = sub_order.shop_id
            WHERE sub_order.purchase_id IN (\(list: orders))
            ORDER BY sub_order.purchase_id, sub_order.shop_id
            """
        ) { try FoundPart($0, hasRole: false) }
    }

    /// - Parameter currencies: of each order.
    func lines(of orders: [ID<Order>], currencies: [ID<Order>: Currency]) throws -> [ID<Order>: [OrderLine]] {
        var lines: [ID<Order>: [OrderLine]] = [:]
        try forEach(in: orders) { part in
            """
            SELECT \(unsafeRaw: OrderLine.columns)
            FROM purchase_line
            WHERE purchase_id IN (\(list: part))
            ORDER BY purchase_id, position
            """
        } _: { row in
            let order = row.id(0, Order.self)
            guard let currency = currencies[order] else { return }
            lines[order, default: []].append(OrderLine(row, currency))
        }
        return lines
    }

    /// The newest, oldest first.
    func history(of order: ID<Order>, limit: Int) throws -> [OrderHistoryEntry] {
        try rows(
            """
            SELECT \(unsafeRaw: OrderHistoryEntry.columns)
            FROM order_history
            WHERE purchase_id = \(order)
            ORDER BY id DESC
            LIMIT \(limit)
            """
        ) { try OrderHistoryEntry($0) }.reversed()
    }
}
