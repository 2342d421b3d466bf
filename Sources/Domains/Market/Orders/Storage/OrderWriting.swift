import Core
import Storage

extension WriteTransaction {
    /// Four statements however many lines.
    func insert(_ order: NewOrder) throws {
        try execute(
            """
            INSERT INTO purchase (id, buyer_id, currency, total, address, source_post_id, payment_id)
            VALUES (
                \(order.id), \(order.buyer), \(order.total.currency.rawValue), \(order.total.amount),
                \(order.address.text), \(order.attribution?.post), \(order.awaitedPayment))
            """)
        try insert(order.parts)
        try insert(order.lines, of: order)
    }

    private func insert(_ parts: [OrderPart]) throws {
        try executeMany(parts, as: "(?, ?, ?, ?, ?, 0, 0, 0, ?, ?, ?)") { part, values in
            values.append(part.order.sqlValue)
            values.append(part.shop.sqlValue)
            values.append(.integer(part.state.rawValue))
            values.append(.integer(part.total.amount))
            values.append(.integer(part.money.paid))
            values.append(.integer(part.feeBasisPoints))
            values.append(part.hold.map { .integer($0) } ?? .null)
            values.append(part.dueAt?.sqlValue ?? .null)
        } statement: { values in
            """
            INSERT INTO sub_order
                (purchase_id, shop_id, state, total, paid, refunded, released, fee, fee_basis_points, hold_id, due_at)
            \(values)
            """
        }
    }

    private func insert(_ lines: [OrderLine], of order: NewOrder) throws {
        try executeMany(Array(lines.enumerated()), as: "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)") { line, values in
            values.append(order.id.sqlValue)
            values.append(.integer(Int64(line.offset)))
            values.append(line.element.shop.sqlValue)
            values.append(line.element.variant.sqlValue)
            values.append(line.element.product.sqlValue)
            values.append(.text(line.element.title))
            values.append(.text(line.element.variantTitle))
            values.append(.text(line.element.sku))
            values.append(.text(line.element.picture))
            values.append(.integer(line.element.price.amount))
            values.append(.integer(line.element.quantity))
            values.append(order.attribution?.author(of: line.element)?.sqlValue ?? .null)
        } statement: { values in
            """
            INSERT INTO purchase_line
                (purchase_id, position, shop_id, variant_id, product_id, title, variant_title, sku, picture, price,
                 quantity, attributed_to)
            \(values)
            """
        }
    }

    /// Two statements at most.
    /// - Returns: what was given back of lines that came from a post; nil when nothing was.
    func save(_ change: OrderChange) throws -> AttributedSum? {
        let (part, machine, money) = (change.part, change.machine, change.money)
        try execute(
            """
            UPDATE sub_order
            SET state = \(machine.state.rawValue), paid = \(money.paid), refunded = \(money.refunded),
                released = \(money.released), fee = \(money.fee), due_at = \(machine.dueAt)
            WHERE purchase_id = \(part.order) AND shop_id = \(part.shop)
            """)
        let changed = change.pieces
        let quantities = Dictionary(uniqueKeysWithValues: changed.map { ($0.variant, $0.quantity) })
        var sum: AttributedSum?
        try executeMany(changed, as: "(CAST(? AS BIGINT), CAST(? AS BIGINT))") { piece, values in
            values.append(piece.variant.sqlValue)
            values.append(.integer(piece.quantity))
        } statement: { values in
            """
            WITH returned (variant_id, quantity) AS (\(values))
            UPDATE purchase_line
            SET given_back = given_back + returned.quantity
            FROM returned
            WHERE purchase_line.purchase_id = \(part.order) AND purchase_line.variant_id = returned.variant_id
            RETURNING variant_id, price, attributed_to
            """
        } returning: { row in
            guard let author = row.idOrNil(2, Account.self), let quantity = quantities[row.id(0)] else { return }
            sum = (sum ?? AttributedSum(author: author)).adding(quantity, at: row.integer(1))
        }
        return sum
    }

    /// Adds to what an author's posts have sold.
    func addSold(_ sum: AttributedSum, _ currency: Currency) throws {
        try execute(
            """
            INSERT INTO attribution_total
                (account_id, currency, quantity, amount, given_back_quantity, given_back_amount)
            VALUES (\(sum.author), \(currency.rawValue), \(sum.quantity), \(sum.amount), 0, 0)
            ON CONFLICT (account_id, currency)
            DO UPDATE SET quantity = attribution_total.quantity + excluded.quantity,
                amount = attribution_total.amount + excluded.amount
            """)
    }

    func addGivenBack(_ sum: AttributedSum, _ currency: Currency) throws {
        try execute(
            """
            UPDATE attribution_total
            SET given_back_quantity = given_back_quantity + \(sum.quantity),
                given_back_amount = given_back_amount + \(sum.amount)
            WHERE account_id = \(sum.author) AND currency = \(currency.rawValue)
            """)
    }

    func insert(_ entries: [OrderHistoryEntry], of order: ID<Order>) throws {
        try executeMany(entries, as: "(?, ?, ?, ?, ?, ?, ?, ?)") { entry, values in
            values.append(order.sqlValue)
            values.append(entry.id.sqlValue)
            values.append(entry.shop.sqlValue)
            values.append(.integer(entry.event.rawValue))
            values.append(.integer(entry.party))
            values.append(.integer(entry.account?.rawValue ?? 0))
            values.append(.integer(entry.amount))
            values.append(.text(JSON.pieces(entry.pieces).text))
        } statement: { values in
            """
            INSERT INTO order_history (purchase_id, id, shop_id, event, party, account_id, amount, pieces)
            \(values)
            """
        }
    }
}
