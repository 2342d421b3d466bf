import Core
import Realtime
import Storage

/// What is said in a post's channel once a transaction is durable. The numbers are those that the write has read anyway:
/// a push costs no statement, and next to nothing where nobody hears it.
extension SocialService {
    static let postChannels = "post"

    static func channel(of post: ID<Post>) -> ChannelName {
        ChannelName(namespace: postChannels, key: post)
    }

    /// The counters as they are now. Only the newest matter.
    func push(_ counts: PostCounts, of post: ID<Post>, after tx: WriteTransaction) {
        push(
            "post.counted", on: post,
            [
                .init(name: "likes", value: .integer(counts.likes)),
                .init(name: "comments", value: .integer(counts.comments)),
                .init(name: "views", value: .integer(counts.views)),
                .init(name: "shares", value: .integer(counts.shares)),
            ], .newest, after: tx)
    }

    /// A comment as everybody sees it. Blocks are between two, and a channel is the same for all: whoever hears it leaves
    /// out what people say whom they have blocked.
    /// - Parameter revision: of the post's comments, where one was edited.
    func push(
        _ type: String, _ comment: Comment, _ revision: Int64? = nil, on post: ID<Post>, after tx: WriteTransaction
    ) throws {
        var members = [JSON.Member(name: "comment", value: try JSONParser.parse(comment.json))]
        if let revision { members.append(.init(name: "revision", value: .integer(revision))) }
        push(type, on: post, members, .ordered, after: tx)
    }

    /// A comment is gone, and what was said in reply to it.
    func pushDeletion(
        of comment: ID<Comment>, _ revision: Int64, on post: ID<Post>, after tx: WriteTransaction
    ) {
        push(
            "comment.deleted", on: post,
            [.init(name: "comment", value: .id(comment)), .init(name: "revision", value: .integer(revision))], .ordered,
            after: tx)
    }

    /// Has the hub ask again what these may hear. Say it after `dropRelations`: the answer must not come from before.
    func recheck(_ accounts: [ID<Account>], after tx: WriteTransaction) {
        let publisher = publisher
        tx.afterCommit {
            for account in accounts { publisher.recheck(account) }
        }
    }

    /// Ends the channel of a post that fewer may see now, for all: to ask each of a crowd again would be a burst of reads, and
    /// who may still see it subscribes again. Say it after `dropCard`.
    func endChannel(of post: ID<Post>, after tx: WriteTransaction) {
        let publisher = publisher
        tx.afterCommit { publisher.end(Self.channel(of: post)) }
    }

    /// A post is gone: nothing more will be said in its channel.
    func pushDeletion(of post: ID<Post>, after tx: WriteTransaction) {
        push("post.deleted", on: post, [], .ordered, after: tx)
    }

    private func push(
        _ type: String, on post: ID<Post>, _ members: [JSON.Member], _ delivery: Push.Delivery,
        after tx: WriteTransaction
    ) {
        let publisher = publisher
        tx.afterCommit {
            let head = [JSON.Member(name: "type", value: .string(type)), .init(name: "post", value: .id(post))]
            publisher.publish(Push(Self.channel(of: post), .object(head + members), delivery))
        }
    }
}
