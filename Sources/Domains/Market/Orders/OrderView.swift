package import Core

/// An order as one of its readers sees it: the buyer all of it, a seller their part.
package struct OrderView: Sendable {
    let id: ID<Order>
    let buyer: ID<Account>
    let parts: [Part]
    /// Nil in lists.
    let detail: Detail?

    struct Part: Sendable {
        let found: FoundPart
        /// Nil in lists.
        let lines: [OrderLine]?
        /// Fees are between the platform and the seller.
        let showsFee: Bool
    }

    struct Detail: Sendable {
        let address: JSON
        let history: [OrderHistoryEntry]
    }

    var currency: Currency { parts[0].found.part.total.currency }

    /// Of the parts that are seen.
    var total: Money {
        Money(parts.reduce(0) { $0 + $1.found.part.total.amount }, currency)
    }

    package func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("id", id)
            json.member("buyer", buyer)
            json.member("total", total)
            json.member("placed_at", id.createdAt)
            json.name("parts")
            json.array(parts) { json, part in part.write(to: &json) }
            guard let detail else { return }
            json.member("address", detail.address)
            json.name("history")
            json.array(detail.history) { json, entry in entry.write(to: &json, currency) }
        }
    }
}

extension OrderView.Part {
    fileprivate func write(to json: inout JSONWriter) {
        let part = found.part
        json.object { json in
            json.name("shop")
            json.object { json in
                json.member("id", part.shop)
                json.member("handle", found.shopHandle)
                json.member("name", found.shopName)
            }
            json.member("state", part.state.name)
            json.member("total", part.total)
            json.member("paid", Money(part.money.paid, part.total.currency))
            json.member("refunded", Money(part.money.refunded, part.total.currency))
            if showsFee {
                json.member("released", Money(part.money.released, part.total.currency))
                json.member("fee", Money(part.money.fee, part.total.currency))
            }
            json.member("due_at", part.dueAt)
            guard let lines else { return }
            json.name("lines")
            json.array(lines) { json, line in line.write(to: &json) }
        }
    }
}

extension OrderLine {
    fileprivate func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("variant", variant)
            json.member("product", product)
            json.member("title", title)
            json.member("variant_title", variantTitle)
            json.member("sku", sku)
            json.member("picture", picture.isEmpty ? nil : picture)
            json.member("price", price)
            json.member("quantity", quantity)
            json.member("given_back", givenBack)
            json.member("total", total)
        }
    }
}

extension OrderPart {
    /// What somebody has done with it, as the answer to that.
    package func writeReceipt(to json: inout JSONWriter) {
        json.object { json in
            json.member("shop", shop)
            json.member("state", state.name)
            json.member("total", total)
            json.member("paid", Money(money.paid, total.currency))
            json.member("refunded", Money(money.refunded, total.currency))
            json.member("due_at", dueAt)
        }
    }
}
