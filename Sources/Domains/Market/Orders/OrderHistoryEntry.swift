package import Core
import Storage

/// Something that happened to a part of an order. Never changed.
package struct OrderHistoryEntry: EntityKind, Sendable, Equatable {
    package static let idPrefix = "ohe"

    package let id: ID<OrderHistoryEntry>
    package let shop: ID<Shop>
    package let event: OrderEvent.Kind
    /// An index of ``OrderParty/names``.
    let party: Int64
    package let account: ID<Account>?
    /// In minor units: what was paid, given back or released.
    package let amount: Int64
    /// Pieces that were given back.
    package let pieces: [SaleLine]

    init(
        id: ID<OrderHistoryEntry>, shop: ID<Shop>, event: OrderEvent.Kind, party: OrderParty, account: ID<Account>?,
        amount: Int64, pieces: [SaleLine] = []
    ) {
        self.id = id
        self.shop = shop
        self.event = event
        self.party = party.rawValue
        self.account = account
        self.amount = amount
        self.pieces = pieces
    }

    static let columns = "id, shop_id, event, party, account_id, amount, pieces"

    init(_ row: Row) throws {
        guard let event = OrderEvent.Kind(rawValue: row.integer(2)) else {
            preconditionFailure("what happened to an order was known once")
        }
        id = row.id(0)
        shop = row.id(1)
        self.event = event
        party = row.integer(3)
        account = row.integer(4) == 0 ? nil : row.id(4)
        amount = row.integer(5)
        pieces = try JSONParser.parse(row.text(6).utf8).pieces
    }

    func write(to json: inout JSONWriter, _ currency: Currency) {
        json.object { json in
            json.member("at", id.createdAt)
            json.member("shop", shop)
            json.member("event", event.name)
            json.member("by", OrderParty.names[Int(party)])
            json.member("amount", Money(amount, currency))
            json.name("lines")
            json.array(pieces) { json, piece in
                json.object { json in
                    json.member("variant", piece.variant)
                    json.member("quantity", piece.quantity)
                }
            }
        }
    }
}

extension JSON {
    static func pieces(_ lines: [SaleLine]) -> JSON {
        .array(lines.map { ["variant": .id($0.variant), "quantity": .integer($0.quantity)] })
    }

    /// Of a body or a row; what is no line is left out.
    package var pieces: [SaleLine] {
        (array ?? []).compactMap { line in
            guard let variant = line["variant"]?.string.flatMap({ ID<Variant>($0) }),
                let quantity = line["quantity"]?.integer
            else { return nil }
            return SaleLine(variant, quantity)
        }
    }
}
