/// Why a variant's stock changed. Stored by raw value, never renamed.
package enum StockReason: Int64, Sendable, CaseIterable {
    /// What a variant was made or imported with.
    case initial = 0
    /// Goods have come in.
    case received = 1
    /// Counted anew.
    case counted = 2
    /// Broken, stolen or lost.
    case lost = 3
    /// A file said so.
    case imported = 4
    /// Sold, not yet handed over.
    case reserved = 5
    /// Not sold after all.
    case released = 6
    /// Handed over to whoever bought it.
    case shipped = 7
    /// Came back from whoever bought it.
    case returned = 8
    /// Kept for somebody who waited.
    case offered = 9
    /// Not kept any more: the offer was taken up, or left, or has run out.
    case withdrawn = 10

    package var name: String {
        switch self {
        case .initial: "initial"
        case .received: "received"
        case .counted: "counted"
        case .lost: "lost"
        case .imported: "imported"
        case .reserved: "reserved"
        case .released: "released"
        case .shipped: "shipped"
        case .returned: "returned"
        case .offered: "offered"
        case .withdrawn: "withdrawn"
        }
    }

    /// What a shop's staff may say.
    package static let adjustments: [StockReason] = [.received, .counted, .lost]

    package init?(name: String) {
        guard let reason = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = reason
    }
}
