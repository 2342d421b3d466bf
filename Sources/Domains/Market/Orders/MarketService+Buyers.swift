package import Core
package import Storage

/// What is held about somebody as a buyer.
extension MarketService {
    /// Orders that a person's export holds.
    private static let exportedMax = 10_000

    /// Writes the members `cart`, `waiting` and `orders`: everything that is known here of what they buy.
    package func exportPurchases(of buyer: ID<Account>, in db: some Queryable, to json: inout JSONWriter) throws {
        json.name("cart")
        json.array(try cartLines(of: buyer, in: db)) { json, line in
            json.object { json in
                json.member("variant", line.variant)
                json.member("quantity", line.quantity)
                json.member("added_at", line.addedAt)
            }
        }
        json.name("waiting")
        json.array(try places(of: buyer, in: db)) { json, place in place.write(to: &json) }
        let orders = try db.rows(
            """
            SELECT id, currency, total, address
            FROM purchase
            WHERE buyer_id = \(buyer)
            ORDER BY id DESC
            LIMIT \(Self.exportedMax)
            """
        ) { row in
            (
                id: row.id(0, Order.self), total: Money(row.integer(2), try row.currency(1)),
                address: try JSONParser.parse(row.text(3).utf8)
            )
        }
        json.name("orders")
        json.array(orders) { json, order in
            json.object { json in
                json.member("id", order.id)
                json.member("total", order.total)
                json.member("address", order.address)
            }
        }
    }

    /// Empties the cart of somebody who leaves, takes them out of every waiting list, and forgets where they had things sent. Orders stay: they are books.
    /// - Throws: ``OrderError/ordersUnderWay`` while money of theirs is in escrow or set aside.
    package func forgetBuyer(_ buyer: ID<Account>, in tx: WriteTransaction) throws {
        let isOpen = try tx.exists(
            """
            SELECT 1
            FROM purchase
            JOIN sub_order ON sub_order.purchase_id = purchase.id
            WHERE purchase.buyer_id = \(buyer) AND sub_order.state IN (0, 1, 2, 3)
            LIMIT 1
            """)
        guard !isOpen else { throw OrderError.ordersUnderWay }
        try withdraw(try places(of: buyer, in: tx), in: tx)
        try tx.execute("DELETE FROM cart_line WHERE account_id = \(buyer)")
        try tx.execute("UPDATE purchase SET address = '{}' WHERE buyer_id = \(buyer)")
        dropReadOrders(after: tx)
    }
}
