package import Core
package import Storage

/// What Social holds about an account, as members of its export. Nothing is left out, however long the lists are: they
/// are the person's.
extension SocialService {
    package func exportData(of account: ID<Account>, in db: some Queryable, to json: inout JSONWriter) throws {
        try exportPosts(of: account, in: db, to: &json)
        try exportComments(of: account, in: db, to: &json)
        try exportEdges(of: account, in: db, to: &json)
        try exportFriendRequests(of: account, in: db, to: &json)
        try exportEngagements(of: account, in: db, to: &json)
    }

    private func exportPosts(of account: ID<Account>, in db: some Queryable, to json: inout JSONWriter) throws {
        let posts = try db.rows(
            """
            SELECT id, caption, media, products, visibility, edited_at
            FROM post
            WHERE author_id = \(account) AND is_deleted = 0
            """
        ) { row in
            (
                id: row.id(0, Post.self), caption: row.text(1), media: row.bytes(2), products: row.bytes(3),
                visibility: Post.Visibility(rawValue: row.integer(4)) ?? .followers, editedAt: row.timestampOrNil(5)
            )
        }
        json.name("posts")
        json.array(posts) { json, post in
            json.object { json in
                json.member("id", post.id)
                json.member("caption", post.caption)
                json.name("media")
                json.raw(post.media)
                json.name("products")
                json.raw(post.products)
                json.member("visibility", post.visibility.name)
                json.member("created_at", post.id.createdAt)
                json.member("edited_at", post.editedAt)
            }
        }
    }

    private func exportComments(of account: ID<Account>, in db: some Queryable, to json: inout JSONWriter) throws {
        let comments = try db.rows(
            "SELECT id, post_id, parent_id, text, edited_at FROM comment WHERE author_id = \(account)"
        ) { row in
            (
                id: row.id(0, Comment.self), post: row.id(1, Post.self), parent: row.idOrNil(2, Comment.self),
                text: row.text(3), editedAt: row.timestampOrNil(4)
            )
        }
        json.name("comments")
        json.array(comments) { json, comment in
            json.object { json in
                json.member("id", comment.id)
                json.member("post", comment.post)
                json.name("parent")
                if let parent = comment.parent { json.value(parent) } else { json.null() }
                json.member("text", comment.text)
                json.member("created_at", comment.id.createdAt)
                json.member("edited_at", comment.editedAt)
            }
        }
    }

    private func exportEdges(of account: ID<Account>, in db: some Queryable, to json: inout JSONWriter) throws {
        func list<Entity: EntityKind>(
            _ name: StaticString, of kind: Entity.Type, as member: StaticString, _ sql: SQL
        ) throws {
            let edges = try db.rows(sql) { (other: $0.id(0, Entity.self), at: $0.timestamp(1)) }
            json.name(name)
            json.array(edges) { json, edge in
                json.object { json in
                    json.member(member, edge.other)
                    json.member("created_at", edge.at)
                }
            }
        }
        try list(
            "following", of: Account.self, as: "account",
            "SELECT followee_id, created_at FROM follow WHERE follower_id = \(account)")
        try list(
            "followers", of: Account.self, as: "account",
            "SELECT follower_id, created_at FROM follow WHERE followee_id = \(account)")
        try list(
            "friends", of: Account.self, as: "account",
            "SELECT friend_id, created_at FROM friendship WHERE account_id = \(account)")
        try list(
            "blocked", of: Account.self, as: "account",
            "SELECT other_id, created_at FROM barrier WHERE account_id = \(account) AND blocks = 1")
        try list(
            "follow_requests_sent", of: Account.self, as: "account",
            "SELECT followee_id, created_at FROM follow_request WHERE follower_id = \(account)")
        try list(
            "follow_requests_received", of: Account.self, as: "account",
            "SELECT follower_id, created_at FROM follow_request WHERE followee_id = \(account)")
        json.member(
            "approves_followers",
            try db.integer("SELECT approves_followers FROM person WHERE account_id = \(account)") == 1)
        try list(
            "likes", of: Post.self, as: "post",
            "SELECT post_id, created_at FROM post_like WHERE account_id = \(account)")
    }

    private func exportFriendRequests(
        of account: ID<Account>, in db: some Queryable, to json: inout JSONWriter
    ) throws {
        let requests = try db.rows(
            """
            SELECT id, sender_id, recipient_id, created_at
            FROM friend_request
            WHERE sender_id = \(account) OR recipient_id = \(account)
            """
        ) { row in
            (
                id: row.id(0, FriendRequest.self), sender: row.id(1, Account.self), recipient: row.id(2, Account.self),
                at: row.timestamp(3)
            )
        }
        json.name("friend_requests")
        json.array(requests) { json, request in
            json.object { json in
                json.member("id", request.id)
                json.member("sender", request.sender)
                json.member("recipient", request.recipient)
                json.member("created_at", request.at)
            }
        }
    }

    private func exportEngagements(of account: ID<Account>, in db: some Queryable, to json: inout JSONWriter) throws {
        let engagements = try db.rows(
            "SELECT post_id, kind, count, watched_ms, last_at FROM engagement WHERE account_id = \(account)"
        ) { row in
            (
                post: row.id(0, Post.self), kind: EngagementEvent.Kind(rawValue: row.integer(1)), count: row.integer(2),
                watched: row.integer(3), lastAt: row.timestamp(4)
            )
        }
        json.name("engagements")
        json.array(engagements) { json, engagement in
            json.object { json in
                json.member("post", engagement.post)
                json.member("type", engagement.kind?.name)
                json.member("count", engagement.count)
                json.member("watched_ms", engagement.watched)
                json.member("last_at", engagement.lastAt)
            }
        }
    }
}
