package import Core

/// Somebody's place in the line for a variant that is sold out.
package enum WaitingPlace: EntityKind {
    package static let idPrefix = "wai"
}

/// A place in a waiting list: for one person and one piece.
package struct PlaceInLine: Sendable, Equatable {
    /// People who wait for one variant: more pieces than these seldom come back, and each would wait in vain.
    package static let lineMax = 1_000
    /// Lines that one person stands in.
    package static let perPersonMax = 20
    /// A piece is kept for so long; what a job passes on it finds up to a minute later.
    package static let offerSeconds: Int64 = 1_800

    /// Lines are in the order of their ids.
    package let id: ID<WaitingPlace>
    package let variant: ID<Variant>
    /// A piece is kept until then, and until it is passed on; nil for who waits.
    package let offeredUntil: Timestamp?
    /// 1 is next; nil where it was not counted, and for whom a piece is kept.
    package var number: Int64?

    package var isOffered: Bool { offeredUntil != nil }

    /// The kept piece is free again; nil when none is kept.
    var withdrawal: StockMove? {
        guard isOffered else { return nil }
        return StockMove(
            change: StockChange(variant: variant, reserved: -1), reason: .withdrawn, subject: id.rawValue)
    }

    func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("variant", variant)
            json.integer("place", number)
            json.member("offered_until", offeredUntil)
            json.member("joined_at", id.createdAt)
        }
    }
}
