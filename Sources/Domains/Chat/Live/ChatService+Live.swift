package import Core
import Jobs
import Realtime
import Storage

extension ChatService {
    /// Opens a room. A host has one at a time; for a shop, who works there.
    package func openLive(
        _ title: String, shop: ID<Shop>?, by host: ID<Account>
    ) async throws -> LiveView {
        try await database.write { tx in
            if let shop, try !storefront.isStaff(host, of: shop, in: tx) { throw ChatError.shopNotFound }
            guard try !tx.exists("SELECT 1 FROM live_room WHERE host_id = \(host) AND is_open = 1") else {
                throw ChatError.alreadyLive
            }
            let id = ids.next(LiveRoom.self)
            try tx.execute(
                "INSERT INTO live_room (id, host_id, title, shop_id) VALUES (\(id), \(host), \(title), \(shop))")
            var data: JSON = ["host": .id(host)]
            if let shop { data = data.adding("shop", .id(shop)) }
            try tell(ChatEvent.liveOpened, about: id, data, in: tx)
            return try view(of: id, for: host, in: tx)
        }
    }

    package func live(_ id: ID<LiveRoom>, for viewer: ID<Account>) async throws -> LiveView {
        let position = publisher.position(of: .live(id))
        return try await database.read { db in try view(of: id, for: viewer, from: position, in: db) }
    }

    /// Open rooms, newest first. A page comes short by what a block keeps from the viewer.
    package func openLives(
        for viewer: ID<Account>, cursor: String?, limit: Int
    ) async throws -> Page<LiveView> {
        let filter = "live"
        let before = try cursors.position(cursor, filter: filter, start: .max)
        return try await database.read { db in
            let rows = try db.rows(
                """
                SELECT \(unsafeRaw: LiveRoom.columns)
                FROM live_room
                WHERE is_open = 1 AND id < \(before)
                ORDER BY id DESC
                LIMIT \(limit + 1)
                """
            ) { LiveRoom($0) }
            let page = cursors.page(rows, limit: limit, filter: filter) { [$0.id.rawValue] }
            let people = try people.people(Set(page.items.map(\.host)), seenBy: viewer, in: db)
            let views = page.items.filter { people.canReach($0.host) }.map {
                LiveView(room: $0, people: people, viewers: viewers(of: $0), position: nil)
            }
            return Page(items: views, next: page.next)
        }
    }

    /// Closes a room, for good: its host does, or a moderator of the house. Again is the same.
    package func closeLive(
        _ id: ID<LiveRoom>, by account: ID<Account>, isModerator: Bool
    ) async throws -> LiveView {
        try await database.write { tx in
            let view = try view(of: id, for: account, in: tx)
            guard view.room.host == account || isModerator else { throw ChatError.notHost }
            if view.room.isOpen { try close(id, of: view.room.host, in: tx) }
            return try self.view(of: id, for: account, in: tx)
        }
    }

    func close(_ id: ID<LiveRoom>, of host: ID<Account>, in tx: WriteTransaction) throws {
        let now = clock.now()
        try tx.execute(
            """
            UPDATE live_room
            SET is_open = 0, closed_at = \(now), viewer_peak = \(Int64(online.subscriberPeak(of: .live(id))))
            WHERE id = \(id)
            """)
        try jobs.enqueue(
            PurgeLiveChat(room: id), priority: .low, at: now.advanced(bySeconds: limits.liveChatKeptSeconds),
            in: tx)
        try tell(ChatEvent.liveClosed, about: id, ["host": .id(host)], in: tx)
        push("live.closed", to: .live(id), .urgent, after: tx)
    }

    // MARK: In a transaction

    func room(_ id: ID<LiveRoom>, in db: some Queryable) throws -> LiveRoom {
        let room = try db.first("SELECT \(unsafeRaw: LiveRoom.columns) FROM live_room WHERE id = \(id)") {
            LiveRoom($0)
        }
        guard let room else { throw ChatError.liveNotFound }
        return room
    }

    private func view(
        of id: ID<LiveRoom>, for viewer: ID<Account>, from position: ChannelPosition? = nil, in db: some Queryable
    ) throws -> LiveView {
        // What this transaction is about to push comes after where the channel stands now.
        let position = position ?? publisher.position(of: .live(id))
        let room = try room(id, in: db)
        let people = try people.people([room.host], seenBy: viewer, in: db)
        // The room of a host who has left can still be seen; that of one whom a block keeps away cannot.
        guard people[room.host]?.isBarred != true else { throw ChatError.liveNotFound }
        return LiveView(room: room, people: people, viewers: viewers(of: room), position: position)
    }

    private func viewers(of room: LiveRoom) -> LiveViewers {
        guard room.isOpen else { return LiveViewers(count: 0, peak: room.viewerPeak) }
        let channel = ChannelName.live(room.id)
        return LiveViewers(
            count: Int64(online.subscriberCount(of: channel)), peak: Int64(online.subscriberPeak(of: channel)))
    }
}
