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
        caches.foundPeople.changed(in: tx)
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
        let (followers, followees) = (Set(edges.map(\.follower)), Set(edges.map(\.followee)))
        let people = try people(followers.union(followees), in: tx)
        let barred = try barriers(of: followers, in: tx)
        var refused: Set<FollowEdge> = []
        var rows: [(edge: FollowEdge, isPulled: Int64)] = []
        rows.reserveCapacity(edges.count)
        for edge in edges {
            if let isPulled = people[edge.followee], people[edge.follower] != nil, !barred.contains(edge) {
                rows.append((edge, isPulled))
            } else {
                refused.insert(edge)
            }
        }
        // Two trees are written: in the order of the side that is spread wider, each page of its tree is visited once,
        // and what the other side touches of its own stays in memory.
        if followees.count > followers.count {
            rows.sort { ($0.edge.followee, $0.edge.follower) < ($1.edge.followee, $1.edge.follower) }
        }
        var added = EdgeCounts()
        try insert(rows, in: tx) { added.add($0) }
        try count(added, in: tx)
        let changed = added.following.keys.sorted()
        dropRelations(of: changed, after: tx)
        dropHomes(of: changed, after: tx)
        try queueTimelines(of: changed, in: tx)
        return AddedFollows(addedCount: added.total, refused: try missing(refused.sorted(), in: tx))
    }

    private struct EdgeCounts {
        var total = 0
        var following: [ID<Account>: Int] = [:]
        var followers: [ID<Account>: Int] = [:]

        mutating func add(_ edge: FollowEdge) {
            total += 1
            following[edge.follower, default: 0] += 1
            followers[edge.followee, default: 0] += 1
        }
    }

    /// Those of the accounts that have not left, and whether what they publish is pulled.
    private func people(_ accounts: Set<ID<Account>>, in db: some Queryable) throws -> [ID<Account>: Int64] {
        var people: [ID<Account>: Int64] = [:]
        people.reserveCapacity(accounts.count)
        try db.forEach(in: accounts.sorted()) { accounts in
            "SELECT account_id, is_pulled FROM person WHERE account_id IN (\(list: accounts)) AND is_erased = 0"
        } _: { row in
            people[row.id(0)] = row.integer(1)
        }
        return people
    }

    private func barriers(of accounts: Set<ID<Account>>, in db: some Queryable) throws -> Set<FollowEdge> {
        var barred: Set<FollowEdge> = []
        try db.forEach(in: accounts.sorted()) { accounts in
            "SELECT account_id, other_id FROM barrier WHERE account_id IN (\(list: accounts))"
        } _: { row in
            barred.insert(FollowEdge(follower: row.id(0), followee: row.id(1)))
        }
        return barred
    }

    private func insert(
        _ rows: [(edge: FollowEdge, isPulled: Int64)], in tx: WriteTransaction, added: (FollowEdge) -> Void
    ) throws {
        let now = clock.now().sqlValue
        try tx.executeEach(
            rows,
            """
            INSERT INTO follow (follower_id, followee_id, is_pulled, created_at)
            VALUES (?, ?, ?, ?)
            ON CONFLICT DO NOTHING
            """
        ) { row, values in
            values.append(row.edge.follower.sqlValue)
            values.append(row.edge.followee.sqlValue)
            values.append(.integer(row.isPulled))
            values.append(now)
        } changed: { row in
            added(row.edge)
        }
        // A file's edges are there: who had asked for one waits no more.
        let followers = Set(rows.map(\.edge.follower)).sorted()
        for start in stride(from: 0, to: followers.count, by: 500) {
            try closeFollowRequests(
                """
                follower_id IN (\(list: followers[start..<min(start + 500, followers.count)])) AND EXISTS (
                    SELECT 1
                    FROM follow
                    WHERE follow.follower_id = follow_request.follower_id
                        AND follow.followee_id = follow_request.followee_id)
                """, in: tx)
        }
    }

    private func count(_ added: EdgeCounts, in tx: WriteTransaction) throws {
        let accounts = Set(added.following.keys).union(added.followers.keys).sorted()
        try tx.executeEach(
            accounts,
            """
            UPDATE person
            SET follower_count = follower_count + ?, following_count = following_count + ?
            WHERE account_id = ?
            """
        ) { account, values in
            values.append(.integer(Int64(added.followers[account] ?? 0)))
            values.append(.integer(Int64(added.following[account] ?? 0)))
            values.append(account.sqlValue)
        }
        var popular: [ID<Account>] = []
        try tx.forEach(in: added.followers.keys.sorted()) { accounts in
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
