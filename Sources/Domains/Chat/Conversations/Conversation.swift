package import Core
import Realtime
import Storage

/// A conversation of two people, one for each pair, or of a group, as one of its members sees it.
package struct Conversation: EntityKind, Sendable {
    package static let idPrefix = "cnv"

    package enum Kind: Int64, Sendable {
        case pair = 0
        case group = 1

        var name: String {
            switch self {
            case .pair: "pair"
            case .group: "group"
            }
        }
    }

    package let id: ID<Conversation>
    let kind: Kind
    let title: String
    /// The other one of two.
    let other: ID<Account>?
    let memberCount: Int64
    let lastSequence: Int64
    /// Id of the newest message, or of the conversation while it has none: lists are ordered by it.
    let activity: Int64
    let role: MemberRole
    let isMuted: Bool
    /// Sequence up to which the member has read; what one has written oneself is behind it.
    let readSequence: Int64
    /// Messages after that which were deleted.
    let goneUnread: Int64
    /// Edits and deletions in it so far.
    let revision: Int64
    let lastMessage: Message?

    /// Columns that ``init(_:viewer:)`` reads, in order.
    static let columns = """
        conversation.id, conversation.kind, conversation.title, conversation.pair_low, conversation.pair_high,
        conversation.member_count, conversation.last_sequence, conversation.activity, member.role, member.is_muted,
        member.read_sequence, member.gone_unread, conversation.revision, \(Message.columns)
        """

    init(_ row: Row, viewer: ID<Account>) throws {
        id = row.id(0)
        kind = Kind(rawValue: row.integer(1)) ?? .group
        title = row.text(2)
        other = Pair(low: row.idOrNil(3), high: row.idOrNil(4))?.other(than: viewer)
        memberCount = row.integer(5)
        lastSequence = row.integer(6)
        activity = row.integer(7)
        role = MemberRole(rawValue: row.integer(8)) ?? .member
        isMuted = row.bool(9)
        readSequence = row.integer(10)
        goneUnread = row.integer(11)
        revision = row.integer(12)
        lastMessage =
            row.isNull(Self.columnCount - Message.columnCount)
            ? nil : try Message(row, from: Self.columnCount - Message.columnCount)
    }

    static let columnCount = 13 + Message.columnCount

    /// Messages of others that the member has not read and can still read: nobody's own are behind their marker.
    package var unreadCount: Int64 { lastSequence - readSequence - goneUnread }

    /// Whom it shows.
    var accounts: [ID<Account>] { [other, lastMessage?.sender].compactMap(\.self) }

    func write(to json: inout JSONWriter, people: People, position: ChannelPosition? = nil) {
        json.object { json in
            json.member("id", id)
            json.member("kind", kind.name)
            json.member("title", kind == .group ? title : nil)
            json.member("with", people.card(of: other))
            json.member("role", role.name)
            json.member("is_muted", isMuted)
            json.member("member_count", memberCount)
            json.member("last_sequence", lastSequence)
            json.member("read_sequence", readSequence)
            json.member("unread_count", unreadCount)
            json.member("revision", revision)
            json.member("last_message", lastMessage?.json(people) ?? .null)
            json.member("created_at", id.createdAt)
            json.member("active_at", ID<Message>(rawValue: activity).createdAt)
            if let position { json.realtime(.conversation(id), position) }
        }
    }
}

/// Two people in the order of their ids.
struct Pair: Sendable {
    let low: ID<Account>
    let high: ID<Account>

    init(_ one: ID<Account>, _ other: ID<Account>) {
        low = min(one, other)
        high = max(one, other)
    }

    init?(low: ID<Account>?, high: ID<Account>?) {
        guard let low, let high else { return nil }
        self.init(low, high)
    }

    func other(than one: ID<Account>) -> ID<Account> { low == one ? high : low }
}

/// What a member may do. Each role includes those before it. Stored by raw value.
package enum MemberRole: Int64, Sendable, Comparable, CaseIterable {
    /// Reads and writes.
    case member = 0
    /// Adds, removes and mutes members, deletes their messages, gives the group its title.
    case admin = 1
    /// Gives roles. A group has one; a conversation of two has none.
    case owner = 2

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

    package init?(name: String) {
        guard let role = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = role
    }

    package var name: String {
        switch self {
        case .member: "member"
        case .admin: "admin"
        case .owner: "owner"
        }
    }
}

/// A member as the others see them.
package struct Member: Sendable {
    package let account: ID<Account>
    package let role: MemberRole
    package let isMuted: Bool
    package let readSequence: Int64
    let joinedAt: Timestamp

    /// Columns that ``init(_:)`` reads, in order.
    static let columns = "account_id, role, is_muted, read_sequence, joined_at"

    init(_ row: Row) {
        account = row.id(0)
        role = MemberRole(rawValue: row.integer(1)) ?? .member
        isMuted = row.bool(2)
        readSequence = row.integer(3)
        joinedAt = row.timestamp(4)
    }

    func json(_ people: People) -> JSON {
        [
            "id": .string(account.description), "person": people.card(of: account), "role": .string(role.name),
            "is_muted": .bool(isMuted), "read_sequence": .integer(readSequence),
            "joined_at": .string(joinedAt.description),
        ]
    }
}
