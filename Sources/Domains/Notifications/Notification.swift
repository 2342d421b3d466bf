package import Core
import Storage

/// Something that somebody is told: of one thing and one kind, whoever and however many did it.
package struct Notification: EntityKind, Sendable {
    package static let idPrefix = "ntf"

    let id: ID<Notification>
    let account: ID<Account>
    let kind: NotificationKind
    /// The outside form of what it is about; empty where that is the person themselves.
    let subject: String
    /// Made anew with each change, so that the newest activity is first and no two are alike.
    var activity: ID<Notification>
    var actors: ActorList
    /// Of the remembered actors, those who are not there for the person.
    private(set) var hiddenCount: Int64 = 0
    var isRead = false
    /// It has no row yet.
    var isNew = false

    /// Columns that ``init(_:)`` reads, in order.
    static let columns = """
        notification.id, notification.account_id, notification.kind, notification.subject, notification.activity,
        notification.actor_count, notification.actors, notification.is_read,
        notification.hidden_count
        """

    init(_ row: Row) {
        guard let kind = NotificationKind(rawValue: row.integer(2)) else {
            preconditionFailure("what somebody was told of was known once")
        }
        id = row.id(0)
        account = row.id(1)
        self.kind = kind
        subject = row.text(3)
        activity = row.id(4)
        actors = ActorList(bytes: row.bytes(6), count: row.integer(5))
        isRead = row.bool(7)
        hiddenCount = row.integer(8)
    }

    /// A condition of a statement: whether the person can open it. The same as ``isShown``.
    static let isShown: SQL = "(notification.hidden_count = 0 OR notification.hidden_count < notification.actor_count)"

    var isShown: Bool { hiddenCount == 0 || hiddenCount < actors.count }

    /// Those of whom the shown ones are taken: all that are remembered where some are hidden.
    var candidates: ArraySlice<ID<Account>> { hiddenCount > 0 ? actors.newest[...] : actors.shown }

    /// Counts those who are not there. An order is there for those who fulfil it, whoever has placed it.
    mutating func hide(where isHidden: (ID<Account>) -> Bool) {
        hiddenCount = kind == .ordered ? 0 : Int64(actors.newest.count(where: isHidden))
    }

    init(id: ID<Notification>, _ group: NotificationGroup) {
        self.id = id
        account = group.account
        kind = group.kind
        subject = group.subject
        activity = id
        actors = ActorList()
        isNew = true
    }

    var group: NotificationGroup { NotificationGroup(account: account, kind: kind, subject: subject) }

    /// - Parameter people: of those who are shown; who is missing is not there for this person any more.
    func json(_ people: (ID<Account>) -> ActorCard?) -> JSON {
        let subject: JSON = kind.subjectType.map { ["type": .string($0), "id": .string(self.subject)] } ?? .null
        let named = candidates.compactMap { people($0)?.json }.prefix(NotificationLimits.actorsShown)
        return [
            "id": .string(id.description), "kind": .string(kind.name), "subject": subject,
            "actors": .array(Array(named)), "actor_count": .integer(actors.count - hiddenCount),
            "is_read": .bool(isRead), "created_at": .string(id.createdAt.description),
            "updated_at": .string(activity.createdAt.description),
        ]
    }
}

/// What is one notification while nobody has read it.
struct NotificationGroup: Hashable, Sendable {
    let account: ID<Account>
    let kind: NotificationKind
    let subject: String
}

/// The short form of somebody who did something.
package struct ActorCard: Sendable, Equatable {
    package let id: ID<Account>
    package let handle: String
    package let displayName: String
    package let avatarURL: String?

    package init(id: ID<Account>, handle: String, displayName: String, avatarURL: String?) {
        self.id = id
        self.handle = handle
        self.displayName = displayName
        self.avatarURL = avatarURL
    }

    var json: JSON {
        [
            "id": .string(id.description), "handle": .string(handle), "display_name": .string(displayName),
            "avatar_url": avatarURL.map { .string($0) } ?? .null,
        ]
    }
}
