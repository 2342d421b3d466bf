import Core
import Realtime
import Storage

/// A page of notifications, and where the person's channel stood before it was read.
struct NotificationPage: Sendable {
    let items: [JSON]
    let next: String?
    let channel: ChannelName
    let position: ChannelPosition
}

/// Up to where somebody has read.
enum ReadMark: Sendable {
    case notification(ID<Notification>)
    case time(Timestamp)

    init?(_ text: String) {
        if let id = ID<Notification>(text) {
            self = .notification(id)
        } else if let time = Timestamp(text) {
            self = .time(time)
        } else {
            return nil
        }
    }
}

extension NotificationsService {
    /// What somebody was told, the newest activity first. Two statements.
    func notifications(of account: ID<Account>, cursor: String?, limit: Int) async throws -> NotificationPage {
        let filter = "notifications:\(account)"
        let before = try cursor.map { try cursors.open($0, fields: 1, filter: filter)[0] } ?? .max
        let channel = AccountChannels.channel(of: account)
        let position = publisher.position(of: channel)
        let (rows, actors) = try await database.read { db in
            let rows = try db.rows(
                """
                SELECT \(unsafeRaw: Notification.columns)
                FROM notification
                WHERE account_id = \(account) AND activity < \(before) AND \(Notification.isShown)
                ORDER BY activity DESC
                LIMIT \(limit + 1)
                """
            ) { Notification($0) }
            let shown = Set(rows.prefix(limit).flatMap(\.candidates)).sorted()
            return (rows, shown.isEmpty ? [:] : try directory.actors(shown, seenBy: account, in: db))
        }
        let page = rows.prefix(limit)
        let next = rows.count > limit ? page.last.map { cursors.seal([$0.activity.rawValue], filter: filter) } : nil
        return NotificationPage(
            items: page.map { item in item.json { actors[$0] } }, next: next, channel: channel, position: position)
    }

    /// How many somebody has not read. One look-up, however many there are.
    func unreadCount(of account: ID<Account>) async throws -> Int64 {
        try await database.read { db in
            try db.integer("SELECT unread_count FROM notification_inbox WHERE account_id = \(account)")
        }
    }

    /// Marks as read what was active up to then. What comes up again later is unread again.
    /// - Returns: how many are left unread.
    /// - Throws: ``NotificationsError/notificationNotFound`` when the mark is somebody else's or gone.
    func read(upTo mark: ReadMark, by account: ID<Account>) async throws -> Int64 {
        try await database.write { tx in
            let last: Int64
            switch mark {
            case .time(let time): last = ID<Notification>.last(at: min(time, clock.now())).rawValue
            case .notification(let id): last = try activity(of: id, for: account, in: tx)
            }
            // What is hidden counts for nothing, and is read once it comes back.
            let read = try tx.rows(
                """
                UPDATE notification
                SET is_read = 1, is_open = 0
                WHERE account_id = \(account) AND is_read = 0 AND activity <= \(last)
                RETURNING \(Notification.isShown)
                """
            ) { $0.bool(0) }.count { $0 }
            return try count(read, readBy: account, in: tx)
        }
    }

    /// Marks one as read; again is the same.
    /// - Returns: how many are left unread.
    /// - Throws: ``NotificationsError/notificationNotFound``.
    func read(_ id: ID<Notification>, by account: ID<Account>) async throws -> Int64 {
        try await database.write { tx in
            _ = try activity(of: id, for: account, in: tx)
            let read = try tx.rows(
                """
                UPDATE notification
                SET is_read = 1, is_open = 0
                WHERE id = \(id) AND is_read = 0
                RETURNING \(Notification.isShown)
                """
            ) { $0.bool(0) }.count { $0 }
            return try count(read, readBy: account, in: tx)
        }
    }

    private func activity(
        of id: ID<Notification>, for account: ID<Account>, in tx: WriteTransaction
    ) throws -> Int64 {
        let found = try tx.first(
            """
            SELECT activity
            FROM notification
            WHERE id = \(id) AND account_id = \(account) AND \(Notification.isShown)
            """
        ) { $0.integer(0) }
        guard let found else { throw NotificationsError.notificationNotFound }
        return found
    }

    private func count(_ read: Int, readBy account: ID<Account>, in tx: WriteTransaction) throws -> Int64 {
        let left = try tx.first(
            """
            UPDATE notification_inbox
            SET unread_count = unread_count - \(read)
            WHERE account_id = \(account)
            RETURNING unread_count
            """
        ) { $0.integer(0) }
        if let left, read > 0 { push(unread: left, of: account, after: tx) }
        return left ?? 0
    }
}

extension ID<Notification> {
    /// The highest id that carries this time; it may never be made. Zero before ids began.
    static func last(at time: Timestamp) -> ID {
        let milliseconds = time.microseconds / 1_000 - IDGenerator.epochMilliseconds
        return ID(rawValue: milliseconds < 0 ? 0 : (milliseconds + 1) << 22 - 1)
    }
}
