package import Core
import Jobs
package import Storage

extension SocialService {
    /// Takes an account out of sight at once; what it posted, said and liked goes with `EraseTraces`.
    ///
    /// Counted views stay in the posts' counters, no longer tied to anybody.
    package func erase(_ account: ID<Account>, in tx: WriteTransaction) throws {
        try tx.execute(
            """
            UPDATE person
            SET handle = \("erased:\(account)"), display_name = '', bio = '', avatar_url = NULL, is_erased = 1
            WHERE account_id = \(account)
            """)
        try tell(SocialEvent.personChanged, about: account, [:], in: tx)
        try jobs.enqueue(EraseTraces(account: account), in: tx)
        try dropTexts(by: account, after: tx)
        dropRanks(after: tx)
        try dropTagging(by: account, after: tx)
    }

    func eraseTraces(of account: ID<Account>) async throws {
        try await eachOf("SELECT id FROM post WHERE author_id = \(account) AND is_deleted = 0 LIMIT 100") { id, tx in
            try delete(ID(rawValue: id), of: account, in: tx)
        }
        try await eachOf("SELECT id FROM comment WHERE author_id = \(account) LIMIT 100") { id, tx in
            try eraseComment(ID(rawValue: id), in: tx)
        }
        try await eachOf("SELECT post_id FROM post_like WHERE account_id = \(account) LIMIT 100") { id, tx in
            try eraseLike(of: ID(rawValue: id), by: account, in: tx)
        }
        try await eachOf("SELECT followee_id FROM follow WHERE follower_id = \(account) LIMIT 100") { id, tx in
            try unfollow(ID(rawValue: id), by: account, in: tx)
        }
        try await eachOf("SELECT follower_id FROM follow WHERE followee_id = \(account) LIMIT 100") { id, tx in
            try unfollow(account, by: ID(rawValue: id), in: tx)
        }
        try await eraseEdges(of: account)
    }

    private func eraseEdges(of account: ID<Account>) async throws {
        try await database.write { tx in
            try tx.execute("DELETE FROM follow_request WHERE follower_id = \(account) OR followee_id = \(account)")
            try tx.execute("DELETE FROM friend_request WHERE sender_id = \(account) OR recipient_id = \(account)")
            for friend in try tx.rows(
                "SELECT friend_id FROM friendship WHERE account_id = \(account)", { $0.id(0, Account.self) })
            {
                try endFriendship(account, friend, in: tx)
            }
            let barred = try tx.rows("SELECT other_id FROM barrier WHERE account_id = \(account)") {
                $0.id(0, Account.self)
            }
            for other in barred {
                try tx.execute("DELETE FROM barrier WHERE account_id = \(account) AND other_id = \(other)")
                try tx.execute("DELETE FROM barrier WHERE account_id = \(other) AND other_id = \(account)")
            }
            dropRelations(of: barred + [account], after: tx)
            try tx.execute("DELETE FROM feed_entry WHERE account_id = \(account)")
            dropHomes(of: [account], after: tx)
        }
        // Their counts stay on the posts: nobody's any more.
        try await eachOf(
            """
            SELECT post_id FROM engagement WHERE account_id = \(account) ORDER BY post_id LIMIT 100
            """
        ) { id, tx in
            try tx.execute(
                """
                INSERT INTO engagement (account_id, post_id, kind, count, watched_ms, last_at)
                SELECT \(ID<Account>.nobody), post_id, kind, count, watched_ms, 0
                FROM engagement
                WHERE account_id = \(account) AND post_id = \(id)
                ON CONFLICT (account_id, post_id, kind) DO UPDATE
                SET count = engagement.count + excluded.count, watched_ms = engagement.watched_ms + excluded.watched_ms
                """)
            try tx.execute("DELETE FROM engagement WHERE account_id = \(account) AND post_id = \(id)")
        }
    }

    private func eraseComment(_ id: ID<Comment>, in tx: WriteTransaction) throws {
        let place = try tx.first(
            """
            SELECT comment.post_id, comment.parent_id, COALESCE(post.score, 0), COALESCE(post.is_deleted, 1),
                \(unsafeRaw: PostCounts.columns)
            FROM comment
            LEFT JOIN post ON post.id = comment.post_id
            WHERE comment.id = \(id)
            """
        ) { row in
            (
                post: row.id(0, Post.self), parent: row.idOrNil(1, Comment.self), score: Score(stored: row.integer(2)),
                counts: row.bool(3) ? nil : PostCounts(row, from: 4)
            )
        }
        guard let place else { return }
        try removeComment(id, on: place.post, scored: place.score, counted: place.counts, parent: place.parent, in: tx)
    }

    private func eraseLike(of post: ID<Post>, by account: ID<Account>, in tx: WriteTransaction) throws {
        let seen = try tx.first(
            """
            SELECT author_id, score, is_deleted, \(unsafeRaw: PostCounts.columns)
            FROM post
            WHERE id = \(post)
            """
        ) { row in
            (
                author: row.id(0, Account.self), score: Score(stored: row.integer(1)),
                counts: row.bool(2) ? nil : PostCounts(row, from: 3)
            )
        }
        try removeLike(
            of: post, by: account, author: seen?.author ?? .nobody, scored: seen?.score ?? Score(stored: 0),
            counted: seen?.counts ?? nil, in: tx)
    }

    /// Reads some ids, does something to each in one transaction, and goes on until none is left.
    private func eachOf(_ sql: SQL, _ work: @escaping @Sendable (Int64, WriteTransaction) throws -> Void) async throws {
        var isLeft = true
        while isLeft {
            try Task.checkCancellation()
            isLeft = try await database.write { tx in
                let ids = try tx.rows(sql) { $0.integer(0) }
                for id in ids { try work(id, tx) }
                return !ids.isEmpty
            }
        }
    }
}
