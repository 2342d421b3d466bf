package import Core
import Storage

/// What people say under a post. A comment on a comment is a reply; replies are one level deep.
package struct Comment: EntityKind, Sendable {
    package static let idPrefix = "cmt"

    package let id: ID<Comment>
    let post: ID<Post>
    let author: ID<Account>
    let parent: ID<Comment>?
    let text: String
    let replyCount: Int64
    let editedAt: Timestamp?
    let authorHandle: String
    let authorDisplayName: String
    let authorAvatarURL: String?

    /// Columns that ``init(_:)`` reads, in order.
    static let columns = """
        comment.id, comment.post_id, comment.author_id, comment.parent_id, comment.text,
        comment.reply_count, comment.edited_at, person.handle, person.display_name, person.avatar_url
        """

    init(_ row: Row) {
        id = row.id(0)
        post = row.id(1)
        author = row.id(2)
        parent = row.idOrNil(3)
        text = row.text(4)
        replyCount = row.integer(5)
        editedAt = row.timestampOrNil(6)
        authorHandle = row.text(7)
        authorDisplayName = row.text(8)
        authorAvatarURL = row.textOrNil(9)
    }

    func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("id", id)
            json.name("author")
            json.person(author, handle: authorHandle, displayName: authorDisplayName, avatarURL: authorAvatarURL)
            json.name("parent")
            if let parent { json.value(parent) } else { json.null() }
            json.member("text", text)
            json.member("reply_count", replyCount)
            json.member("created_at", id.createdAt)
            json.member("edited_at", editedAt)
        }
    }
}
