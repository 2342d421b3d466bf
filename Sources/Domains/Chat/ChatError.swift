package import HTTP
import HTTPTypes

/// Everything that Chat refuses.
package enum ChatError: Error, Equatable {
    /// Also when the caller is no member of it.
    case conversationNotFound
    case messageNotFound
    case memberNotFound
    case accountNotFound
    /// Somebody who is to be added is not there, or not to be reached: by their place in the list.
    case accountNotFoundInList(at: Int)
    case yourself
    /// A block lies between the two, or the other has left.
    case notReachable
    /// Silenced by an admin.
    case muted
    case notYours
    case notPermitted(MemberRole)
    /// Only groups have members who come and go, roles and titles.
    case notAGroup
    case tooManyMembers(max: Int64)
    case tooManyGroups(at: Int)
    case emptyMessage
    case badAttachment(at: Int)
    case replyNotFound
    case neitherPairNorGroup
    /// Also when a block lies between its host and the caller.
    case liveNotFound
    case liveClosed
    case alreadyLive
    case notHost
    case notModerator
    case slowMode(seconds: Int64, retryAfterSeconds: Int64)
    case shopNotFound
    case productNotFound
    case tooManyModerators(max: Int64)
}

extension ChatError: ProblemConvertible {
    package var problem: Problem {
        switch self {
        case .conversationNotFound:
            .notFound("conversation_not_found", "There is no such conversation, or you are not in it.")
        case .messageNotFound: .notFound("message_not_found", "There is no such message, or it is deleted.")
        case .memberNotFound: .notFound("member_not_found", "They are not in this conversation.")
        case .accountNotFound: .notFound("account_not_found", "There is no such account, or you may not see it.")
        case .accountNotFoundInList(let index):
            .invalidField("/members/\(index)", "account_not_found", "is nobody whom you can add")
        case .yourself: Problem(.unprocessableContent, "yourself", "You cannot do this with yourself.")
        case .notReachable:
            Problem(
                .forbidden, "not_reachable", "They cannot be written to: one of you has blocked the other, or left.")
        case .muted: Problem(.forbidden, "muted", "You have been muted here.")
        case .notYours: Problem(.forbidden, "not_yours", "Only whoever wrote it can change it.")
        case .notPermitted(let role):
            Problem(.forbidden, "not_permitted", "This takes the role \(role.name), and one above the member's.")
        case .notAGroup: Problem(.conflict, "not_a_group", "A conversation of two has no title and no other members.")
        case .tooManyMembers(let max):
            Problem(.conflict, "too_many_members", "A group has \(max) members at most: remove some first.")
        case .tooManyGroups(let index):
            .invalidField("/members/\(index)", "too_many_groups", "is in too many large groups already")
        case .emptyMessage: .invalidField("/text", "too_short", "A message needs text or an attachment.")
        case .badAttachment(let index):
            .invalidField("/attachments/\(index)", "wrong_kind", "must name what its kind says, and nothing else")
        case .replyNotFound: .invalidField("/reply_to", "message_not_found", "is no message of this conversation")
        case .neitherPairNorGroup:
            .invalidField("/with", "required", "Name whom to talk with, or give a group a title and members.")
        case .liveNotFound: .notFound("live_not_found", "There is no such live room, or you may not see it.")
        case .liveClosed: Problem(.conflict, "live_closed", "The room is closed.")
        case .alreadyLive: Problem(.conflict, "already_live", "You have an open room: close that first.")
        case .notHost: Problem(.forbidden, "not_host", "Only the host can do this.")
        case .notModerator: Problem(.forbidden, "not_moderator", "Only the host and moderators can do this.")
        case .slowMode(let seconds, let retryAfter):
            Problem(.tooManyRequests, "slow_mode", "The room is in slow mode: wait a little between messages.")
                .limited(by: "slow_mode", count: 1, perSeconds: seconds, retryAfterSeconds: retryAfter)
        case .shopNotFound: .notFound("shop_not_found", "There is no such shop that you work for.")
        case .productNotFound: .notFound("product_not_found", "There is no such product, or it is not for sale.")
        case .tooManyModerators(let max):
            Problem(.conflict, "too_many_moderators", "A room has \(max) moderators at most.")
        }
    }
}
