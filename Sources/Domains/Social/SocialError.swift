package import HTTP
import HTTPTypes

/// Everything that Social refuses.
package enum SocialError: Error, Equatable {
    /// Also when the viewer may not know that it exists: deleted, for followers only, or blocked.
    case postNotFound
    case commentNotFound
    case accountNotFound
    case friendRequestNotFound
    case followRequestNotFound
    /// Somebody else's post or comment.
    case notYours
    case yourself(action: String)
    case alreadyFriends
    case emptyPost
    /// The product whose posts are asked for.
    case taggedProductNotFound
    /// What a post is to tag is not for everybody to see, or never was: by its place in the list.
    case productNotFound(at: Int)
    /// A post tags a product once.
    case productTwice(at: Int)
}

extension SocialError: ProblemConvertible {
    package var problem: Problem {
        switch self {
        case .postNotFound: .notFound("post_not_found", "There is no such post, or you may not see it.")
        case .commentNotFound: .notFound("comment_not_found", "There is no such comment, or you may not see it.")
        case .accountNotFound: .notFound("account_not_found", "There is no such account, or you may not see it.")
        case .friendRequestNotFound:
            .notFound("friend_request_not_found", "There is no such friend request, or it is not for you.")
        case .followRequestNotFound:
            .notFound("follow_request_not_found", "There is no such follow request, or it is not for you.")
        case .notYours: Problem(.forbidden, "not_yours", "Only whoever wrote it can change it.")
        case .yourself(let action): Problem(.unprocessableContent, "yourself", "You cannot \(action) yourself.")
        case .alreadyFriends: Problem(.conflict, "already_friends", "You are friends already.")
        case .emptyPost: .invalidField("/caption", "too_short", "A post needs a caption, media or products.")
        case .taggedProductNotFound:
            .notFound("product_not_found", "There is no such product, or it is not for everybody to see.")
        case .productNotFound(let index):
            .invalidField("/products/\(index)", "product_not_found", "is not a product that is for sale")
        case .productTwice(let index):
            .invalidField("/products/\(index)", "duplicate_product", "is in the list before: name each product once")
        }
    }
}
