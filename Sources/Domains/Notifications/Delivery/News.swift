import Core
import Events
import Storage

/// What an event says that somebody is to be told.
struct News: Sendable {
    let account: ID<Account>
    let kind: NotificationKind
    /// The outside form of what it is about.
    var subject = ""
    /// Nil where it is nobody's doing: a shop's, or the house's.
    var actor: ID<Account>?
    /// Of the event.
    let position: Int64

    var group: NotificationGroup { NotificationGroup(account: account, kind: kind, subject: subject) }
}

extension News {
    /// Events that somebody is told of. Slices do not know each other: these names are stable, and a test holds them to
    /// what the slices tell.
    static let eventTypes: Set = [
        "account.followed", "follow.requested", "follow.approved", "post.liked", "comment.added", "friend.requested",
        "friend.accepted", "waiting.offered",
        "message.sent", "order.placed", "order.shipped", "order.delivered", "order.refunded",
    ]

    /// Events of which the buyer's own devices hear at once.
    static let orderTypes: Set = [
        "order.paid", "order.shipped", "order.delivered", "order.refunded", "order.cancelled",
    ]

    /// What the event says by itself. Orders say it with ``shops(of:)`` and ``sold(_:to:)``.
    /// - Returns: nothing for an event that lacks what it needs: it cannot be mended by trying again.
    static func told(by event: Event) -> [News] {
        switch event.type {
        // Whoever has approved it knows.
        case "account.followed" where event.data["is_approved"] == true: []
        case "follow.requested":
            one(event, event.subject, .followRequested, event.data["request"]?.string, actor: event.data["account"])
        case "follow.approved":
            one(event, event.subject, .followApproved, actor: event.data["account"])
        case "account.followed":
            one(event, event.subject, .followed, actor: event.data["follower"])
        case "post.liked":
            one(event, event.data["author"]?.string, .liked, event.subject, actor: event.data["account"])
        case "comment.added":
            one(
                event, event.data["post_author"]?.string, .commented, event.data["post"]?.string,
                actor: event.data["author"])
        case "friend.requested":
            one(event, event.subject, .friendRequested, event.data["request"]?.string, actor: event.data["account"])
        case "friend.accepted":
            one(event, event.subject, .friendAccepted, actor: event.data["account"])
        case "message.sent":
            one(event, event.data["recipient"]?.string, .messaged, event.subject, actor: event.data["sender"])
        case "waiting.offered":
            event.data["accounts"].ids(of: Account.self).map { account in
                News(account: account, kind: .offered, subject: event.subject, position: event.position)
            }
        default: []
        }
    }

    private static func one(
        _ event: Event, _ account: String?, _ kind: NotificationKind, _ subject: String? = "", actor: JSON?
    ) -> [News] {
        guard let account = account.flatMap({ ID<Account>($0) }), let subject,
            let actor = actor?.string.flatMap({ ID<Account>($0) })
        else { return [] }
        return [News(account: account, kind: kind, subject: subject, actor: actor, position: event.position)]
    }

    /// The shops whose people are told of the event.
    static func shops(of event: Event) -> [ID<Shop>] {
        event.type == "order.placed" ? event.data["shops"].ids() : []
    }

    /// That something was ordered, for the people of its shops.
    static func ordered(_ event: Event, from staff: [ID<Shop>: [ID<Account>]]) -> [News] {
        guard let buyer = event.data["buyer"]?.string.flatMap({ ID<Account>($0) }) else { return [] }
        // Who runs two of them is told once.
        let people = Set(shops(of: event).flatMap { staff[$0] ?? [] }).sorted()
        return people.map { account in
            News(account: account, kind: .ordered, subject: event.subject, actor: buyer, position: event.position)
        }
    }

    /// What became of an order, for its buyer: unless that is the buyer's own doing.
    static func sold(_ event: Event, to buyer: ID<Account>) -> [News] {
        let kind: NotificationKind? =
            switch event.type {
            case "order.shipped": .shipped
            case "order.delivered": .delivered
            case "order.refunded": .refunded
            default: nil
            }
        guard let kind, event.data["by"]?.string != "buyer" else { return [] }
        return [News(account: buyer, kind: kind, subject: event.subject, position: event.position)]
    }
}

extension JSON? {
    /// A list of ids; what is none is left out.
    func ids<Entity: EntityKind>(of kind: Entity.Type = Entity.self) -> [ID<Entity>] {
        self?.array?.compactMap { $0.string.flatMap { ID<Entity>($0) } } ?? []
    }
}
