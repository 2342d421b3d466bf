import Core
import Events
import Storage

/// What Social tells the rest of the house. Names are stable; data only grows.
package enum SocialEvent {
    package static let postPublished = "post.published"
    package static let postEdited = "post.edited"
    package static let postDeleted = "post.deleted"
    package static let postLiked = "post.liked"
    package static let commentAdded = "comment.added"
    package static let commentDeleted = "comment.deleted"
    package static let accountFollowed = "account.followed"
    package static let accountUnfollowed = "account.unfollowed"
    package static let followRequested = "follow.requested"
    package static let followApproved = "follow.approved"
    package static let followRequestClosed = "follow.request_closed"
    package static let accountBlocked = "account.blocked"
    package static let accountUnblocked = "account.unblocked"
    package static let friendRequestClosed = "friend.request_closed"
    package static let friendRequested = "friend.requested"
    package static let friendAccepted = "friend.accepted"
    package static let personChanged = "person.changed"
}

extension SocialService {
    func tell<Entity>(
        _ type: String, about subject: ID<Entity>, _ data: JSON, in tx: WriteTransaction
    ) throws {
        try events.append(type, subject: subject.description, data: data, in: tx)
    }
}

extension JSON {
    /// An id in an event's data.
    static func id<Entity>(_ id: ID<Entity>) -> JSON {
        .string(id.description)
    }
}
