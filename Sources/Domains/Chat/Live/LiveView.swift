import Core
import Realtime

/// A live room with the people it shows.
package struct LiveView: Sendable {
    package let room: LiveRoom
    let people: People
    let viewers: LiveViewers
    /// Of the room's channel, before it was read; nil in lists.
    let position: ChannelPosition?

    func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("id", room.id)
            json.member("host", people.card(of: room.host))
            json.member("title", room.title)
            json.member("shop", room.shop.map { .string($0.description) } ?? JSON.null)
            json.member("state", room.isOpen ? "open" : "closed")
            json.member("pinned_product", room.pinnedProduct.map { .string($0.description) } ?? JSON.null)
            json.member("slow_mode_seconds", room.slowModeSeconds)
            json.member("viewers", viewers.count)
            json.member("viewer_peak", viewers.peak)
            json.member("opened_at", room.id.createdAt)
            json.member("closed_at", room.closedAt)
            if let position { json.realtime(.live(room.id), position) }
        }
    }
}

/// Sockets that hear a room.
struct LiveViewers: Sendable {
    let count: Int64
    /// The most at once.
    let peak: Int64
}
