import Foundation

/// The page that `GET /v1/search/posts` shows, asked of the file itself: found posts, whether the viewer likes them and
/// follows their authors, and all that is shown of them, read as text.
struct Search: Sendable {
    let database: String
    let queries: [String]
    let seconds: Int

    init(database: String, queries: String, seconds: Int) throws {
        self.database = database
        self.seconds = seconds
        self.queries = try String(contentsOfFile: queries, encoding: .utf8).split(separator: "\n")
            .map { line in line.split(separator: " ").map { "\"\($0)\"" }.joined(separator: " AND ") }
    }

    func perSecond(threads: Int) async throws -> Int {
        try await withThrowingTaskGroup(of: Int.self) { group in
            for thread in 0..<threads { group.addTask { try count(from: thread * 17) } }
            var total = 0
            for try await count in group { total += count }
            return total / seconds
        }
    }

    /// - Returns: pages read in the time given.
    private func count(from start: Int) throws -> Int {
        let connection = try Connection(database, isReadOnly: true)
        let page = try connection.prepare(Self.page)
        let end = ContinuousClock.now + .seconds(seconds)
        var (count, bytes) = (0, 0)
        while ContinuousClock.now < end {
            try page.bind(1, queries[(start + count) % queries.count])
            while try page.step() {
                for column in 0..<page.columnCount { bytes += page.byteCount(column) }
            }
            page.reset()
            count += 1
        }
        guard bytes > 0 else { throw Connection.Failure(message: "no query finds anything") }
        return count
    }

    private static let page = """
        SELECT post.id, post.author_id, post.caption, post.media, post.products, post.visibility, post.like_count,
            post.comment_count, post.view_count, post.share_count, post.score, post.edited_at,
            person.handle, person.display_name, person.avatar_url,
            EXISTS (SELECT 1 FROM post_like WHERE account_id = 1 AND post_id = post.id),
            EXISTS (SELECT 1 FROM follow WHERE follower_id = 1 AND followee_id = post.author_id)
        FROM (SELECT -rowid AS id, rowid AS place FROM post_text WHERE post_text MATCH ?1) AS found
        CROSS JOIN post
        CROSS JOIN person
        WHERE post.id = found.id AND post.is_deleted = 0 AND post.visibility = 0 AND person.account_id = post.author_id
            AND NOT EXISTS (SELECT 1 FROM barrier WHERE account_id = 1 AND other_id = post.author_id)
        ORDER BY found.place
        LIMIT 21
        """
}
