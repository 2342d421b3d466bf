package import Core
import Storage

/// A line of somebody's order that came from an author's post, as the author sees it: nothing says who has bought it.
package struct AttributedLine: Sendable {
    package let post: ID<Post>
    package let product: ID<Product>
    /// As it was when it was bought.
    package let title: String
    package let quantity: Int64
    package let givenBack: Int64
    package let price: Money
    package let part: OrderState
    package let boughtAt: Timestamp

    /// What has become of it. An author need not know where a parcel is.
    package var state: State {
        guard givenBack == quantity else { return part == .placed ? .placed : .sold }
        switch part {
        case .placed, .paid, .cancelled: return .cancelled
        case .shipped, .delivered, .completed, .refunded: return .refunded
        }
    }

    package enum State: String, CaseIterable, Sendable {
        /// Not paid yet.
        case placed
        /// In whole or in part: ``AttributedLine/givenBack`` tells.
        case sold
        /// All of it was given back before it was sent.
        case cancelled
        /// All of it was given back after it was sent.
        case refunded
    }
}

/// What an author's posts have sold in a currency, ever.
package struct AttributionTotal: Sendable, Equatable {
    package let sold: Money
    package let quantity: Int64
    /// Of what was sold.
    package let givenBack: Money
    package let givenBackQuantity: Int64
}

extension MarketService {
    /// What came from an author's posts, newest first, and what all of it comes to by currency. Two statements.
    package func attributions(
        of author: ID<Account>, cursor: String?, limit: Int
    ) async throws -> (lines: Page<AttributedLine>, totals: [AttributionTotal]) {
        let filter = "attributions:\(author)"
        let start = try cursor.map { try cursors.open($0, fields: 2, filter: filter) } ?? [.max, .max]
        return try await database.read { db in
            let lines = try attributedLines(of: author, before: start, limit: limit + 1, in: db)
            let page = cursors.page(lines, limit: limit, filter: filter) { [$0.order.rawValue, $0.position] }
            return (Page(items: page.items.map(\.line), next: page.next), try attributionTotals(of: author, in: db))
        }
    }

    private func attributedLines(
        of author: ID<Account>, before start: [Int64], limit: Int, in db: some Queryable
    ) throws -> [(line: AttributedLine, order: ID<Order>, position: Int64)] {
        try db.rows(
            """
            SELECT purchase_line.purchase_id, purchase_line.position, purchase.source_post_id,
                purchase_line.product_id, purchase_line.title, purchase_line.quantity, purchase_line.given_back,
                purchase_line.price, purchase.currency, sub_order.state
            FROM purchase_line
            JOIN purchase ON purchase.id = purchase_line.purchase_id
            JOIN sub_order
                ON sub_order.purchase_id = purchase_line.purchase_id AND sub_order.shop_id = purchase_line.shop_id
            WHERE purchase_line.attributed_to = \(author)
                AND (purchase_line.purchase_id, purchase_line.position) < (\(start[0]), \(start[1]))
            ORDER BY purchase_line.purchase_id DESC, purchase_line.position DESC
            LIMIT \(limit)
            """
        ) { row in
            let order = row.id(0, Order.self)
            let line = AttributedLine(
                post: row.id(2), product: row.id(3), title: row.text(4), quantity: row.integer(5),
                givenBack: row.integer(6), price: Money(row.integer(7), try row.currency(8)),
                part: OrderState(rawValue: row.integer(9)) ?? .placed, boughtAt: order.createdAt)
            return (line, order, row.integer(1))
        }
    }

    /// In the order of their currencies.
    private func attributionTotals(of author: ID<Account>, in db: some Queryable) throws -> [AttributionTotal] {
        try db.rows(
            """
            SELECT currency, amount, quantity, given_back_amount, given_back_quantity
            FROM attribution_total
            WHERE account_id = \(author)
            ORDER BY currency
            """
        ) { row in
            let currency = try row.currency(0)
            return AttributionTotal(
                sold: Money(row.integer(1), currency), quantity: row.integer(2),
                givenBack: Money(row.integer(3), currency), givenBackQuantity: row.integer(4))
        }
    }
}
