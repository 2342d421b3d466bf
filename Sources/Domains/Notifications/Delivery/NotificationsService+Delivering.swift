import Core
import Events
import Realtime
import Storage

/// Writing what a batch of events has brought: one row of each group, one of each inbox.
extension NotificationsService {
    struct Inbox: Sendable {
        var unread: Int64 = 0
        var muted = MutedKinds(bits: 0)
        /// Of the last event that was taken.
        var position: Int64 = 0
    }

    /// - Parameter news: in the order of their events.
    func deliver(_ news: [News], in tx: WriteTransaction) throws {
        let others = news.filter { $0.actor != $0.account }
        guard !others.isEmpty else { return }
        var inboxes = try inboxes(of: Set(others.map(\.account)).sorted(), in: tx)
        let wanted = others.filter { news in
            guard let inbox = inboxes[news.account] else { return true }
            return news.position > inbox.position && !inbox.muted.contains(news.kind)
        }
        guard !wanted.isEmpty else { return }
        let open = try open(wanted.map(\.group).inOrder, in: tx)
        let actors = try directory.actors(in: encounters(wanted, open), in: tx)
        let seen = wanted.filter { news in
            news.actor.map { actors[Encounter(account: news.account, actor: $0)] != nil } ?? true
        }
        let batch = fold(seen, into: open).map { item in
            var item = item
            let account = item.account
            if item.hiddenCount > 0 { item.hide { actors[Encounter(account: account, actor: $0)] == nil } }
            return item
        }
        try write(batch, over: open, in: tx)
        for item in batch where item.isNew || open[item.group]?.isShown == false && item.isShown {
            inboxes[item.account, default: Inbox()].unread += 1
        }
        for news in seen { inboxes[news.account, default: Inbox()].position = news.position }
        let changed = Set(seen.map(\.account)).sorted()
        try write(changed.map { ($0, inboxes[$0] ?? Inbox()) }, in: tx)
        push(batch, actors, inboxes, after: tx)
    }

    private func encounters(_ news: [News], _ open: [NotificationGroup: Notification]) -> [Encounter] {
        var encounters = Set(news.compactMap { news in news.actor.map { Encounter(account: news.account, actor: $0) } })
        // Those who are named beside the new ones.
        for notification in open.values {
            encounters.formUnion(notification.candidates.map { Encounter(account: notification.account, actor: $0) })
        }
        return encounters.sorted { ($0.account, $0.actor) < ($1.account, $1.actor) }
    }

    /// What each group has come to, the newest activity last.
    private func fold(_ news: [News], into open: [NotificationGroup: Notification]) -> [Notification] {
        var folded: [NotificationGroup: Notification] = [:]
        let oldest = clock.now().advanced(bySeconds: -NotificationLimits.groupSeconds)
        for news in news where folded[news.group] == nil {
            let kept = open[news.group].flatMap { $0.id.createdAt > oldest ? $0 : nil }
            folded[news.group] = kept ?? Notification(id: ids.next(), news.group)
        }
        for news in news {
            if let actor = news.actor { folded[news.group]?.actors.add(actor) }
        }
        // Each at the place of its last event.
        return Array(news.reversed().map(\.group).inOrder.reversed()).compactMap { group in
            guard var notification = folded[group] else { return nil }
            notification.activity = ids.next()
            return notification
        }
    }

    // MARK: Rows

    private func inboxes(
        of accounts: [ID<Account>], in tx: WriteTransaction
    ) throws -> [ID<Account>: Inbox] {
        var inboxes: [ID<Account>: Inbox] = [:]
        try tx.forEach(
            in: accounts,
            {
                """
                SELECT account_id, unread_count, muted, position
                FROM notification_inbox
                WHERE account_id IN (\(list: $0))
                """
            }
        ) { row in
            inboxes[row.id(0)] = Inbox(
                unread: row.integer(1), muted: MutedKinds(bits: row.integer(2)), position: row.integer(3))
        }
        return inboxes
    }

    /// Those that nobody has read yet.
    private func open(
        _ groups: [NotificationGroup], in tx: WriteTransaction
    ) throws -> [NotificationGroup: Notification] {
        var open: [NotificationGroup: Notification] = [:]
        try tx.executeMany(groups, as: "(CAST(? AS BIGINT), CAST(? AS BIGINT), ?)") { group, values in
            values += [group.account.sqlValue, .integer(group.kind.rawValue), .text(group.subject)]
        } statement: { values in
            // Crossed, so that SQLite looks each of the wanted up and walks no table.
            """
            SELECT \(unsafeRaw: Notification.columns)
            FROM (\(values)) AS wanted
            CROSS JOIN notification
            WHERE notification.account_id = wanted.column1 AND notification.kind = wanted.column2
                AND notification.subject = wanted.column3 AND notification.is_open = 1
            """
        } returning: { row in
            let notification = Notification(row)
            open[notification.group] = notification
        }
        return open
    }

    private func write(
        _ batch: [Notification], over open: [NotificationGroup: Notification], in tx: WriteTransaction
    ) throws {
        let replaced = batch.compactMap { new in open[new.group].flatMap { $0.id == new.id ? nil : $0.id } }
        if !replaced.isEmpty {
            for start in stride(from: 0, to: replaced.count, by: Self.listMax) {
                let list = replaced[start..<min(start + Self.listMax, replaced.count)]
                try tx.execute("UPDATE notification SET is_open = 0 WHERE id IN (\(list: list))")
            }
        }
        try tx.executeEach(
            batch.filter { !$0.isNew },
            "UPDATE notification SET activity = ?, actor_count = ?, actors = ?, hidden_count = ? WHERE id = ?"
        ) { item, values in
            values += [
                item.activity.sqlValue, .integer(item.actors.count), .bytes(item.actors.bytes),
                .integer(item.hiddenCount), item.id.sqlValue,
            ]
        }
        try tx.executeMany(batch.filter(\.isNew), as: "(?, ?, ?, ?, ?, ?, ?, 0, 1)") { item, values in
            values += [
                item.id.sqlValue, item.account.sqlValue, .integer(item.kind.rawValue), .text(item.subject),
                item.activity.sqlValue, .integer(item.actors.count), .bytes(item.actors.bytes),
            ]
        } statement: { values in
            """
            INSERT INTO notification
                (id, account_id, kind, subject, activity, actor_count, actors, is_read, is_open)
            \(values)
            """
        }
    }

    static let listMax = 256

    private func write(_ inboxes: [(account: ID<Account>, inbox: Inbox)], in tx: WriteTransaction) throws {
        try tx.executeMany(inboxes, as: "(?, ?, 0, ?)") { item, values in
            values += [item.account.sqlValue, .integer(item.inbox.unread), .integer(item.inbox.position)]
        } statement: { values in
            """
            INSERT INTO notification_inbox (account_id, unread_count, muted, position)
            \(values)
            ON CONFLICT (account_id) DO UPDATE
            SET unread_count = excluded.unread_count, position = excluded.position
            """
        }
    }
}

extension [NotificationGroup] {
    /// Each once, at its first place.
    fileprivate var inOrder: [NotificationGroup] {
        var seen: Set<NotificationGroup> = []
        return filter { seen.insert($0).inserted }
    }
}
