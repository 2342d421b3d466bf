package import Core
import Storage

/// What people say under a post, encoded. A comment on a comment is a reply; replies are one level deep.
package struct Comment: EntityKind, Sendable {
    package static let idPrefix = "cmt"

    package let id: ID<Comment>
    let author: ID<Account>
    /// Encoded once: everybody sees the same.
    let json: [UInt8]

    /// Columns that ``init(_:)`` reads, in order.
    static let columns = """
        comment.id, comment.author_id, comment.parent_id, comment.text, comment.reply_count, comment.edited_at,
        person.handle, person.display_name, person.avatar_url
        """

    static let columnCount = 9

    init(_ row: Row) {
        let (id, author) = (row.id(0, Comment.self), row.id(1, Account.self))
        var json = JSONWriter(capacity: 384)
        json.object { json in
            json.member("id", id)
            json.name("author")
            json.person(author, handle: row.text(6), displayName: row.text(7), avatarURL: row.textOrNil(8))
            json.name("parent")
            if let parent = row.idOrNil(2, Comment.self) { json.value(parent) } else { json.null() }
            json.member("text", row.text(3))
            json.member("reply_count", row.integer(4))
            json.member("created_at", id.createdAt)
            json.member("edited_at", row.timestampOrNil(5))
        }
        self.id = id
        self.author = author
        self.json = json.finish()
    }
}

/// Comments on a post, and the edits and deletions there when they were read.
package struct CommentPage: Sendable {
    package let page: Page<Comment>
    package let revision: Int64

    package var items: [Comment] { page.items }
    package var next: String? { page.next }
}

/// The comments that come with a post, as those see them whom no block concerns.
struct FirstComments: Sendable {
    let page: Page<Comment>
    /// Of those on the page and the one after: a block between the viewer and any of them makes another page.
    let authors: Set<ID<Account>>
    /// Edits and deletions under the post when it was read.
    let revision: Int64

    var cost: Int { page.items.reduce(256 + authors.count * 16) { $0 + $1.json.count + 96 } }
}

extension Page<Comment> {
    /// Bytes that ``write(to:)`` takes, about.
    var capacity: Int { items.reduce(64) { $0 + $1.json.count + 1 } }

    func write(to json: inout JSONWriter) {
        json.object { json in writeMembers(to: &json) }
    }

    func writeMembers(to json: inout JSONWriter) {
        json.name("items")
        json.array(items) { json, comment in json.raw(comment.json) }
        json.member("next", next)
    }
}
