import Cache
import Core
import Storage

extension SocialService {
    /// How `viewer` stands to these posts and their authors: from memory, and in one statement what is not known there.
    ///
    /// Take it after the cards: a card that was read later could show what was written after a block or an unfollowing.
    func relations(of viewer: ID<Account>?, to rows: [FeedRow]) async throws -> Relations {
        let relations = try await relations(of: viewer)
        guard let viewer, !rows.allSatisfy(relations.knows) else { return relations }
        let (authors, posts) = (Set(rows.map(\.author)), rows.map(\.post))
        return try await database.read { db in
            try Self.relations(
                from: """
                    SELECT 0, followee_id
                    FROM follow
                    WHERE follower_id = \(viewer) AND followee_id IN (\(list: authors))
                    UNION ALL
                    SELECT 1, other_id
                    FROM barrier
                    WHERE account_id = \(viewer) AND other_id IN (\(list: authors))
                    UNION ALL
                    SELECT 2, post_id
                    FROM post_like
                    WHERE account_id = \(viewer) AND post_id IN (\(list: posts))
                    """, in: db)
        }
    }

    /// The newest of whom a viewer follows, is barred from and likes; most have no more.
    func relations(of viewer: ID<Account>?) async throws -> Relations {
        guard let viewer, viewer != .nobody else { return .none }
        if let kept = caches.relations.value(for: viewer) { return kept }
        let ticket = caches.relations.ticket()
        let relations = try await database.read { db in try newestRelations(of: viewer, in: db) }
        caches.relations.offer(relations, for: viewer, cost: relations.cost, with: ticket)
        return relations
    }

    private func newestRelations(of viewer: ID<Account>, in db: some Queryable) throws -> Relations {
        let countMax = limits.relationsMax
        return try Self.relations(
            from: """
                SELECT 0, followee_id
                FROM (
                    SELECT followee_id
                    FROM follow
                    WHERE follower_id = \(viewer)
                    ORDER BY followee_id DESC
                    LIMIT \(countMax)
                ) AS newest_followed
                UNION ALL
                SELECT 1, other_id
                FROM (
                    SELECT other_id
                    FROM barrier
                    WHERE account_id = \(viewer)
                    ORDER BY other_id DESC
                    LIMIT \(countMax)
                ) AS newest_barred
                UNION ALL
                SELECT 2, post_id
                FROM (
                    SELECT post_id
                    FROM post_like
                    WHERE account_id = \(viewer)
                    ORDER BY post_id DESC
                    LIMIT \(countMax)
                ) AS newest_liked
                """, countMax: countMax, in: db)
    }

    private static func relations(
        from sql: SQL, countMax: Int = .max, in db: some Queryable
    ) throws -> Relations {
        var ids: [[Int64]] = [[], [], []]
        try db.forEach(sql) { ids[$0.int(0)].append($0.integer(1)) }
        return Relations(
            followed: KnownIDs(ids[0], countMax: countMax), barred: KnownIDs(ids[1], countMax: countMax),
            liked: KnownIDs(ids[2], countMax: countMax))
    }
}
