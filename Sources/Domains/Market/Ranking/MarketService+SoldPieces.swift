import Core
import Events
import Storage

/// Tells how many pieces of each product were paid for, and given back after that. What was never paid is not told.
extension MarketService {
    /// Of an order that is paid as it is placed.
    func tellOfSale(_ order: NewOrder, in tx: WriteTransaction) throws {
        let paid = Set(order.parts.filter { $0.state == .paid }.map(\.shop))
        let pieces = order.lines.filter { paid.contains($0.shop) }.map { ($0.product, $0.quantity) }
        try tell(MarketEvent.productsSold, pieces, of: order.id, by: order.buyer, in: tx)
    }

    /// Of what has become of parts of an order.
    func tellOfSales(_ changes: [OrderChange], of order: ID<Order>, in tx: WriteTransaction) throws {
        let sold = changes.filter { $0.event == .pay }.flatMap { change in
            change.machine.lines.map { SaleLine($0.variant, $0.quantity - $0.givenBack) }
        }
        let returned = changes.filter { $0.before.state != .placed }.flatMap(\.pieces)
        guard !sold.isEmpty || !returned.isEmpty else { return }
        var products: [ID<Variant>: ID<Product>] = [:]
        var buyer = ID<Account>(rawValue: 0)
        try tx.forEach(
            """
            SELECT purchase_line.variant_id, purchase_line.product_id, purchase.buyer_id
            FROM purchase
            JOIN purchase_line ON purchase_line.purchase_id = purchase.id
            WHERE purchase.id = \(order)
            """
        ) { row in
            products[row.id(0)] = row.id(1)
            buyer = row.id(2)
        }
        for (type, lines) in [(MarketEvent.productsSold, sold), (MarketEvent.productsReturned, returned)] {
            let pieces = lines.compactMap { line in products[line.variant].map { ($0, line.quantity) } }
            try tell(type, pieces, of: order, by: buyer, in: tx)
        }
    }

    private func tell(
        _ type: String, _ pieces: [(product: ID<Product>, quantity: Int64)], of order: ID<Order>, by buyer: ID<Account>,
        in tx: WriteTransaction
    ) throws {
        var quantities: [ID<Product>: Int64] = [:]
        for piece in pieces where piece.quantity > 0 { quantities[piece.product, default: 0] += piece.quantity }
        guard !quantities.isEmpty else { return }
        let sold: [JSON] = quantities.sorted { $0.key < $1.key }.map { product, quantity in
            ["product": .id(product), "quantity": .integer(quantity)]
        }
        try tell(type, about: order, ["sold": .array(sold), "buyer": .id(buyer)], in: tx)
    }
}
