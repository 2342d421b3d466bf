import Core
import Events
import Jobs
import Storage

/// What cannot be opened any more goes: with its subject, or while all are hidden who did it.
extension NotificationsService {
    /// Events after which something that was told cannot be opened, or can be again.
    static let retractionTypes: Set = [
        "post.deleted", "comment.deleted", "friend.request_closed", "follow.request_closed", "messages.retracted",
        "account.blocked", "account.unblocked", "account.erased", "account.state_changed",
    ]

    func retract(_ event: Event, in tx: WriteTransaction) throws {
        var outcome = Retraction()
        try retract(event, into: &outcome, in: tx)
        try tell(outcome, in: tx)
    }

    private func retract(_ event: Event, into outcome: inout Retraction, in tx: WriteTransaction) throws {
        func account(_ name: String) -> ID<Account>? { event.data[name]?.string.flatMap { ID<Account>($0) } }
        let subject = ID<Account>(event.subject)
        switch event.type {
        case "post.deleted":
            guard let author = account("author") else { return }
            try change(in: tx, where: Self.about(event.subject, for: author), into: &outcome) { _ in nil }
        case "comment.deleted":
            guard let author = account("post_author"), let post = event.data["post"]?.string else { return }
            let silent: [ID<Account>] = event.data["silent"].ids()
            try change(in: tx, where: Self.about(post, .commented, for: author), into: &outcome) { item in
                var item = item
                let left = silent.filter { item.actors.remove($0) }
                return left.isEmpty || item.actors.count > 0 ? item : nil
            }
        case "friend.request_closed", "follow.request_closed":
            guard let subject, let request = event.data["request"]?.string else { return }
            try change(in: tx, where: Self.about(request, for: subject), into: &outcome) { _ in nil }
        case "messages.retracted":
            guard let reader = account("recipient") else { return }
            let condition: SQL = "\(Self.about(event.subject, .messaged, for: reader)) AND notification.is_read = 0"
            try change(in: tx, where: condition, into: &outcome) { _ in nil }
        case "account.blocked", "account.unblocked":
            guard let subject, let other = account("account") else { return }
            for (person, actor) in [(subject, other), (other, subject)] {
                try change(in: tx, where: "notification.account_id = \(person)", naming: [actor], into: &outcome)
            }
        default:
            guard let subject else { return }
            try tx.execute(
                """
                INSERT INTO notification_review (account_id, position)
                VALUES (\(subject), \(event.position))
                ON CONFLICT (account_id) DO UPDATE SET position = excluded.position
                """)
            try jobs.enqueue(ReviewActors(), uniqueKey: ReviewActors.kind, in: tx)
        }
    }

    private static func about(_ subject: String, _ kind: NotificationKind? = nil, for account: ID<Account>) -> SQL {
        let ofKind: SQL = kind.map { "AND notification.kind = \($0.rawValue)" } ?? ""
        return "notification.account_id = \(account) AND notification.subject = \(subject) \(ofKind)"
    }

    // MARK: Who has left, was suspended or has come back

    /// Walks through the table for all who wait for it. It may be cut off anywhere and begun again.
    func reviewActors() async throws {
        while true {
            let waiting = try await database.write { tx in
                let waiting = try tx.rows(
                    """
                    SELECT account_id, position
                    FROM notification_review
                    ORDER BY account_id
                    LIMIT \(NotificationLimits.reviewedMax)
                    """
                ) { (account: $0.id(0, Account.self), position: $0.integer(1)) }
                // Whoever comes after this has a job of their own.
                if waiting.isEmpty { try jobs.giveUp(uniqueKey: ReviewActors.kind, in: tx) }
                return waiting
            }
            guard !waiting.isEmpty else { return }
            try await review(Set(waiting.map(\.account)))
            try await database.write { tx in
                // Who has changed again meanwhile is looked for again.
                try tx.executeEach(
                    waiting, "DELETE FROM notification_review WHERE account_id = ? AND position = ?"
                ) { item, values in values += [item.account.sqlValue, .integer(item.position)] }
            }
        }
    }

    private func review(_ people: Set<ID<Account>>) async throws {
        var after: ID<Notification>? = ID(rawValue: 0)
        while let start = after {
            try Task.checkCancellation()
            let batch = try await database.read(lane: .background) { db in
                try db.rows(
                    """
                    SELECT \(unsafeRaw: Notification.columns)
                    FROM notification
                    WHERE id > \(start)
                    ORDER BY id
                    LIMIT \(NotificationLimits.reviewBatch)
                    """
                ) { Notification($0) }
            }
            let named = batch.filter { !people.isDisjoint(with: $0.actors.newest) }.map(\.id)
            for first in stride(from: 0, to: named.count, by: Self.listMax) {
                let list = Array(named[first..<min(first + Self.listMax, named.count)])
                try await database.write { tx in
                    var outcome = Retraction()
                    try change(in: tx, where: "notification.id IN (\(list: list))", naming: people, into: &outcome)
                    try tell(outcome, in: tx)
                }
            }
            after = batch.count < NotificationLimits.reviewBatch ? nil : batch.last?.id
        }
    }

    // MARK: In a transaction

    /// What a transaction has taken away, and brought back.
    private struct Retraction {
        var unread: [ID<Account>: Int64] = [:]
        var removed: [(id: ID<Notification>, account: ID<Account>)] = []
    }

    /// Looks again at who of the actors is there, in those that name one of `actors`.
    private func change(
        in tx: WriteTransaction, where condition: SQL, naming actors: Set<ID<Account>>, into outcome: inout Retraction
    ) throws {
        let items = try tx.rows(
            "SELECT \(unsafeRaw: Notification.columns) FROM notification WHERE \(condition)"
        ) { Notification($0) }.filter { !actors.isDisjoint(with: $0.actors.newest) }
        guard !items.isEmpty else { return }
        let encounters = Set(
            items.flatMap { item in
                item.actors.newest.map { Encounter(account: item.account, actor: $0) }
            })
        let there = try directory.actors(
            in: encounters.sorted { ($0.account, $0.actor) < ($1.account, $1.actor) }, in: tx)
        for item in items {
            var new = item
            new.hide { there[Encounter(account: item.account, actor: $0)] == nil }
            try replace(item, by: new, into: &outcome, in: tx)
        }
    }

    /// - Parameter change: gives what is left of one; nil where it goes.
    private func change(
        in tx: WriteTransaction, where condition: SQL, into outcome: inout Retraction,
        _ change: (Notification) -> Notification?
    ) throws {
        let items = try tx.rows(
            "SELECT \(unsafeRaw: Notification.columns) FROM notification WHERE \(condition)"
        ) { Notification($0) }
        for item in items { try replace(item, by: change(item), into: &outcome, in: tx) }
    }

    private func replace(
        _ old: Notification, by new: Notification?, into outcome: inout Retraction, in tx: WriteTransaction
    ) throws {
        if let new {
            guard new.actors != old.actors || new.hiddenCount != old.hiddenCount else { return }
            try tx.execute(
                """
                UPDATE notification
                SET actor_count = \(new.actors.count), actors = \(new.actors.bytes), hidden_count = \(new.hiddenCount)
                WHERE id = \(old.id)
                """)
        } else {
            try tx.execute("DELETE FROM notification WHERE id = \(old.id)")
        }
        let isShown = new?.isShown ?? false
        guard isShown != old.isShown else { return }
        if !isShown { outcome.removed.append((old.id, old.account)) }
        if !old.isRead { outcome.unread[old.account, default: 0] += isShown ? 1 : -1 }
    }

    private func tell(_ outcome: Retraction, in tx: WriteTransaction) throws {
        for (id, account) in outcome.removed { push(removal: id, of: account, after: tx) }
        for (account, change) in outcome.unread.sorted(by: { $0.key < $1.key }) where change != 0 {
            let left = try tx.first(
                """
                UPDATE notification_inbox
                SET unread_count = unread_count + \(change)
                WHERE account_id = \(account)
                RETURNING unread_count
                """
            ) { $0.integer(0) }
            if let left { push(unread: left, of: account, after: tx) }
        }
    }
}
