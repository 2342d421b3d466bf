package import Core
import Realtime
import Storage

/// Somebody shows something to whoever wants to watch, and those chat.
package struct LiveRoom: EntityKind, Sendable {
    package static let idPrefix = "liv"
    package static let slowModeSecondsMax: Int64 = 3_600

    package let id: ID<LiveRoom>
    package let host: ID<Account>
    let title: String
    let shop: ID<Shop>?
    package let pinnedProduct: ID<Product>?
    package let slowModeSeconds: Int64
    /// Nil while it is open.
    package let closedAt: Timestamp?
    /// Sockets that heard it at once; 0 while it is open.
    let viewerPeak: Int64

    /// Columns that ``init(_:)`` reads, in order.
    static let columns = """
        live_room.id, live_room.host_id, live_room.title, live_room.shop_id, live_room.pinned_product_id,
        live_room.slow_mode_seconds, live_room.closed_at, live_room.viewer_peak
        """

    init(_ row: Row) {
        id = row.id(0)
        host = row.id(1)
        title = row.text(2)
        shop = row.idOrNil(3)
        pinnedProduct = row.idOrNil(4)
        slowModeSeconds = row.integer(5)
        closedAt = row.timestampOrNil(6)
        viewerPeak = row.integer(7)
    }

    var isOpen: Bool { closedAt == nil }
}

/// How somebody stands in a live room, beside its host. Stored by raw value.
enum LiveStanding: Int64, Sendable {
    case moderator = 1
    /// Neither hears nor says anything there.
    case muted = 2
}

/// A line of a live room's chat.
package struct LiveMessage: EntityKind, Sendable {
    package static let idPrefix = "lvm"
    package static let textLengthMax = 500

    package let id: ID<LiveMessage>
    let sender: ID<Account>
    package let text: String

    func json(_ people: People) -> JSON {
        [
            "id": .string(id.description), "sender": people.card(of: sender), "text": .string(text),
            "created_at": .string(id.createdAt.description),
        ]
    }
}
