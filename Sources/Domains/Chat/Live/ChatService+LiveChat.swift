package import Core
import Realtime
import RateLimit
import Storage

/// Part of a live room's chat.
package struct LiveHistory: Sendable {
    package let page: Page<LiveMessage>
    let people: People
    /// Of the room's channel, before it was read.
    let position: ChannelPosition
}

extension ChatService {
    /// Says something in a live room. It is stored; in a busy room not everybody is shown every line.
    ///
    /// Slow mode is counted in memory: a restart lets everybody speak once more.
    /// - Returns: the line, as it is pushed.
    package func chat(_ text: String, in id: ID<LiveRoom>, by sender: ID<Account>) async throws -> JSON {
        guard !text.isBlank else { throw ChatError.emptyMessage }
        return try await database.write { tx in
            let (room, standing) = try standing(of: sender, in: id, tx)
            guard room.isOpen else { throw ChatError.liveClosed }
            guard standing != .muted else { throw ChatError.muted }
            let people = try people.people([sender, room.host], seenBy: sender, in: tx)
            guard people.canReach(room.host) else { throw ChatError.liveNotFound }
            if room.host != sender, standing != .moderator { try slowDown(sender, in: room) }
            let message = LiveMessage(id: ids.next(), sender: sender, text: text)
            try tx.execute(
                """
                INSERT INTO live_message (room_id, id, sender_id, text)
                VALUES (\(id), \(message.id), \(sender), \(text))
                """)
            let json = message.json(people)
            push("chat.sent", ["message": json], to: .live(id), .sampled, after: tx)
            return json
        }
    }

    private func slowDown(_ sender: ID<Account>, in room: LiveRoom) throws {
        guard room.slowModeSeconds > 0 else { return }
        let allowance = Allowance(count: 1, perSeconds: room.slowModeSeconds)
        let key = RateKey(room.id.rawValue, sender.rawValue)
        if case .limited(let seconds) = limiter.check(key, allowance, at: limiterTime) {
            throw ChatError.slowMode(seconds: room.slowModeSeconds, retryAfterSeconds: seconds)
        }
    }

    /// What was said in a live room, newest first.
    package func liveHistory(
        of id: ID<LiveRoom>, cursor: String?, limit: Int, for viewer: ID<Account>
    ) async throws -> LiveHistory {
        let filter = "live-messages:\(id)"
        let before = try cursors.position(cursor, filter: filter, start: .max)
        let position = publisher.position(of: .live(id))
        return try await database.read { db in
            let (room, standing) = try standing(of: viewer, in: id, db)
            guard standing != .muted else { throw ChatError.muted }
            let rows = try db.rows(
                """
                SELECT id, sender_id, text
                FROM live_message
                WHERE room_id = \(id) AND id < \(before)
                ORDER BY id DESC
                LIMIT \(limit + 1)
                """
            ) { LiveMessage(id: $0.id(0), sender: $0.id(1), text: $0.text(2)) }
            let page = cursors.page(rows, limit: limit, filter: filter) { [$0.id.rawValue] }
            let people = try people.people(Set(page.items.map(\.sender) + [room.host]), seenBy: viewer, in: db)
            guard people[room.host]?.isBarred != true else { throw ChatError.liveNotFound }
            return LiveHistory(page: page, people: people, position: position)
        }
    }

    // MARK: In a transaction

    /// A room, and how somebody stands in it.
    func standing(
        of account: ID<Account>, in id: ID<LiveRoom>, _ db: some Queryable
    ) throws -> (room: LiveRoom, standing: LiveStanding?) {
        let found = try db.first(
            """
            SELECT \(unsafeRaw: LiveRoom.columns), COALESCE(live_standing.standing, 0)
            FROM live_room
            LEFT JOIN live_standing
                ON live_standing.room_id = live_room.id AND live_standing.account_id = \(account)
            WHERE live_room.id = \(id)
            """
        ) { (room: LiveRoom($0), standing: LiveStanding(rawValue: $0.integer(8))) }
        guard let found else { throw ChatError.liveNotFound }
        return found
    }
}
