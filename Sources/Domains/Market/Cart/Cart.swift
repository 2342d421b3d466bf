package import Core

/// What somebody is about to buy, as it is now.
package struct Cart: Sendable {
    package let groups: [Group]

    /// The lines of one shop.
    package struct Group: Sendable {
        package let shop: ShopProfile
        /// In the order in which they were added.
        package let lines: [Line]
        /// What can be had of it.
        package let total: Money
    }

    package struct Line: Sendable {
        package let stored: CartLine
        package let variant: SaleVariant
        package let changes: [String]
        package let canBeHad: Bool
        /// At the price of now.
        package let total: Money?
    }

    /// What can be had, by currency.
    package var totals: [Money] {
        let byCurrency = Dictionary(grouping: groups, by: \.total.currency)
        return byCurrency.sorted { $0.key < $1.key }.map { currency, groups in
            groups.reduce(.zero(currency)) { sum, group in sum.adding(group.total) ?? sum }
        }
    }
}

/// A line as somebody has put it in.
package struct CartLine: Sendable, Equatable {
    package let variant: ID<Variant>
    package let quantity: Int64
    /// What they were shown.
    package let price: Money
    package let addedAt: Timestamp

    package init(_ variant: ID<Variant>, quantity: Int64, price: Money, addedAt: Timestamp) {
        self.variant = variant
        self.quantity = quantity
        self.price = price
        self.addedAt = addedAt
    }
}

extension Cart.Line {
    /// - Parameter ofProduct: what the cart has of its product in all.
    init(_ stored: CartLine, _ variant: SaleVariant, ofProduct: Int64, at now: Timestamp) {
        let refusal = variant.refusal(of: stored.quantity, ofProduct: ofProduct, at: now)
        self.stored = stored
        self.variant = variant
        canBeHad = refusal == nil
        total = variant.price.times(stored.quantity)
        var changes = refusal.map { [$0.changeInCart(of: variant)] } ?? []
        if variant.price != stored.price { changes.append("price_changed") }
        self.changes = changes
    }

    /// What may be among ``changes``.
    static let changeNames = [
        "archived", "not_for_sale", "shop_closed", "not_open", "person_limit", "sold_out", "price_changed",
        "invalid_quantity", "variant_not_found",
    ]
}

extension SaleRefusal {
    fileprivate func changeInCart(of variant: SaleVariant) -> String {
        self == .notForSale && variant.status == .archived ? "archived" : code
    }
}

extension Cart {
    func write(to json: inout JSONWriter) {
        json.name("shops")
        json.array(groups) { json, group in
            json.object { json in
                json.name("shop")
                json.object { json in
                    json.member("id", group.shop.id)
                    json.member("handle", group.shop.handle)
                    json.member("name", group.shop.name)
                    json.member("state", group.shop.state.name)
                }
                json.name("lines")
                json.array(group.lines) { json, line in line.write(to: &json) }
                json.member("total", group.total)
            }
        }
        json.name("totals")
        json.array(totals) { json, total in json.value(total) }
    }
}

extension Cart.Line {
    fileprivate func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("variant", variant.id)
            json.member("product", variant.product)
            json.member("title", variant.title)
            json.member("variant_title", variant.variantTitle)
            json.member("picture", variant.picture)
            json.member("quantity", stored.quantity)
            json.member("price", variant.price)
            json.member("shown_price", stored.price)
            json.integer("available", variant.available)
            json.name("total")
            if let total { json.value(total) } else { json.null() }
            json.name("changes")
            json.array(changes) { json, change in json.value(change) }
            json.member("added_at", stored.addedAt)
        }
    }
}
