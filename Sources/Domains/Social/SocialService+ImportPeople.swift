package import Core
import Jobs
import Search
package import Storage

/// Imports write in bulk what the rest of the slice writes one by one: the same rows and exact counters, but no event
/// or job for each. What would follow from those is done here: texts are indexed at once, and home feeds are filled by
/// ``SocialService/fillTimelines(progress:)``.
extension SocialService {
    /// New accounts: as ``addPerson(_:in:)`` for each.
    package func addPeople(_ cards: [PersonCard], in tx: WriteTransaction) throws {
        try tx.executeMany(cards, as: "(?, ?, ?, ?, ?)") { card, values in
            values.append(card.id.sqlValue)
            values.append(.text(card.handle))
            values.append(.text(card.displayName))
            values.append(.text(card.bio))
            values.append(card.avatarURL?.sqlValue ?? .null)
        } statement: { values in
            "INSERT INTO person (account_id, handle, display_name, bio, avatar_url) \(values)"
        }
        let texts = cards.map { card in
            (id: card.id.rawValue, text: Self.searchText(handle: card.handle, displayName: card.displayName))
        }
        try Self.personText.putMany(texts, in: tx)
    }
}

/// One account follows another.
package struct FollowEdge: Sendable, Hashable {
    package let follower: ID<Account>
    package let followee: ID<Account>

    package init(follower: ID<Account>, followee: ID<Account>) {
        self.follower = follower
        self.followee = followee
    }
}

extension FollowEdge: Comparable {
    package static func < (left: Self, right: Self) -> Bool {
        (left.follower, left.followee) < (right.follower, right.followee)
    }
}

/// What became of edges.
package struct AddedFollows: Sendable {
    package let addedCount: Int
    /// A block lies between the two, or one of them has left.
    package let refused: Set<FollowEdge>
}

extension SocialService {
    /// Adds edges that are not there yet.
    /// - Parameter edges: sorted, each once, and between two people.
    package func addFollows(_ edges: [FollowEdge], in tx: WriteTransaction) throws -> AddedFollows {
        var steps: [ID<Account>: EdgeCount] = [:]
        var added: Set<FollowEdge> = []
        try insert(edges, in: tx) { edge in
            added.insert(edge)
            steps[edge.follower, default: EdgeCount()].following += 1
            steps[edge.followee, default: EdgeCount()].followers += 1
        }
        try count(steps, in: tx)
        let followers = steps.filter { $0.value.following > 0 }.map(\.key).sorted()
        dropRelations(of: followers, after: tx)
        dropHomes(of: followers, after: tx)
        try queueTimelines(of: followers, in: tx)
        return AddedFollows(addedCount: added.count, refused: try missing(edges.filter { !added.contains($0) }, in: tx))
    }

    private struct EdgeCount {
        var followers = 0
        var following = 0
    }

    private func insert(
        _ edges: [FollowEdge], in tx: WriteTransaction, visit: (FollowEdge) -> Void
    ) throws {
        let now = clock.now()
        // CROSS JOIN keeps SQLite to the order of the edges, which is that of the table.
        try tx.executeMany(edges, as: "(CAST(? AS BIGINT), CAST(? AS BIGINT))") { edge, values in
            values.append(edge.follower.sqlValue)
            values.append(edge.followee.sqlValue)
        } statement: { values in
            """
            WITH edge(follower_id, followee_id) AS (\(values))
            INSERT INTO follow (follower_id, followee_id, is_pulled, created_at)
            SELECT edge.follower_id, edge.followee_id, followee.is_pulled, \(now)
            FROM edge
            CROSS JOIN person AS followee
            CROSS JOIN person AS follower
            WHERE followee.account_id = edge.followee_id AND followee.is_erased = 0
                AND follower.account_id = edge.follower_id AND follower.is_erased = 0
                AND NOT EXISTS (
                    SELECT 1 FROM barrier
                    WHERE barrier.account_id = edge.follower_id AND barrier.other_id = edge.followee_id)
            ON CONFLICT DO NOTHING
            RETURNING follower_id, followee_id
            """
        } returning: { row in
            visit(FollowEdge(follower: row.id(0), followee: row.id(1)))
        }
    }

    /// No RETURNING here: for it SQLite would journal each statement apart, which costs the more the more the
    /// transaction has written before.
    private func count(_ steps: [ID<Account>: EdgeCount], in tx: WriteTransaction) throws {
        let steps = steps.sorted { $0.key < $1.key }
        for (account, step) in steps {
            try tx.execute(
                """
                UPDATE person
                SET follower_count = follower_count + \(step.followers),
                    following_count = following_count + \(step.following)
                WHERE account_id = \(account)
                """)
        }
        var popular: [ID<Account>] = []
        try tx.forEach(in: steps.filter { $0.value.followers > 0 }.map(\.key)) { accounts in
            """
            SELECT account_id
            FROM person
            WHERE account_id IN (\(list: accounts)) AND is_pulled = 0 AND follower_count > \(limits.pushFollowersMax)
            """
        } _: { row in
            popular.append(row.id(0))
        }
        for account in popular { try enqueuePull(account, in: tx) }
    }

    /// Those of the edges that do not exist.
    private func missing(_ edges: [FollowEdge], in tx: WriteTransaction) throws -> Set<FollowEdge> {
        var missing = Set(edges)
        try tx.executeMany(edges, as: "(CAST(? AS BIGINT), CAST(? AS BIGINT))") { edge, values in
            values.append(edge.follower.sqlValue)
            values.append(edge.followee.sqlValue)
        } statement: { values in
            """
            WITH edge(follower_id, followee_id) AS (\(values))
            SELECT edge.follower_id, edge.followee_id
            FROM edge
            CROSS JOIN follow
            WHERE follow.follower_id = edge.follower_id AND follow.followee_id = edge.followee_id
            """
        } returning: { row in
            missing.remove(FollowEdge(follower: row.id(0), followee: row.id(1)))
        }
        return missing
    }
}
