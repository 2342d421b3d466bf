import Core
package import Realtime
import Storage
import Synchronization

extension PresenceService {
    /// What is said in people's own channels.
    package static let accountPushes = [
        PushShape(
            "presence.changed", .fleeting, "Friends who have come or gone.",
            [
                "accounts": [
                    [
                        "account": "acc_0D3PZ7XGQW4K1", "is_online": false,
                        "last_seen": "2026-03-01T12:00:00.000Z",
                    ]
                ]
            ])
    ]

    /// Tells what has changed and writes what is due. One turn at a time.
    func turn() async throws {
        try await tell()
        try await store(sparing: PresenceLimits.writeSeconds)
    }

    // MARK: Telling

    private func tell() async throws {
        let now = clock.now()
        let changes = state.board.withLock { $0.takeChanges(at: now, limit: PresenceLimits.accountsMax) }
        guard !changes.isEmpty else { return }
        do {
            try await tell(changes)
        } catch {
            state.board.withLock { $0.putBack(changes.map(\.account)) }
            throw error
        }
    }

    private func tell(_ changes: [PresenceBoard.Change]) async throws {
        let accounts = changes.map(\.account)
        let shown = try await visibilities(of: accounts)
        func isShown(_ account: ID<Account>) -> Bool { shown[account, default: .friends].showsFriends }
        let news = state.board.withLock { board in
            changes.filter { board.isNews($0, isShown: isShown($0.account)) }
        }
        let edges = try await edges(of: news.map(\.account))
        let last = edges.isWhole ? nil : edges.rows.last?.account
        // The last one's friends may not all be among them: it has its turn, unless it would never get any other.
        let covered = news.filter { change in
            guard let last else { return true }
            return change.account < last || change.account == last && change.account == news.first?.account
        }
        publish(covered, edges.rows, isShown)
        state.board.withLock { board in
            for change in changes where !news.contains(change) {
                board.didTell(change, isShown: isShown(change.account))
            }
            for change in covered { board.didTell(change, isShown: isShown(change.account)) }
            board.putBack(news.dropFirst(covered.count).map(\.account))
        }
    }

    /// One push for each receiver, whatever it holds.
    private func publish(
        _ changes: [PresenceBoard.Change], _ edges: [(account: ID<Account>, friend: ID<Account>)],
        _ isShown: (ID<Account>) -> Bool
    ) {
        let told = Dictionary(
            changes.map { change in
                let item = PresenceItem(
                    account: change.account, isOnline: change.isPresent && isShown(change.account),
                    lastSeen: isShown(change.account) ? change.lastSeen : nil)
                return (change.account, item.json)
            }
        ) { $1 }
        var gathered: [ID<Account>: [JSON]] = [:]
        for edge in edges where online.isOnline(edge.friend) {
            if let item = told[edge.account] { gathered[edge.friend, default: []].append(item) }
        }
        for (receiver, items) in gathered {
            let channel = ChannelName(namespace: "account", key: receiver)
            publisher.publish(Push(channel, ["type": "presence.changed", "accounts": .array(items)], .fleeting))
        }
    }

    private func visibilities(of accounts: [ID<Account>]) async throws -> [ID<Account>: PresenceVisibility] {
        try await database.read(lane: .background) { db in
            var found: [ID<Account>: PresenceVisibility] = [:]
            try db.forEach("SELECT account_id, visibility FROM presence WHERE account_id IN (\(list: accounts))") {
                row in
                found[row.id(0)] = PresenceVisibility(rawValue: row.integer(1)) ?? .nobody
            }
            return found
        }
    }

    private struct Edges: Sendable {
        let rows: [(account: ID<Account>, friend: ID<Account>)]
        let isWhole: Bool
    }

    private func edges(of accounts: [ID<Account>]) async throws -> Edges {
        guard !accounts.isEmpty else { return Edges(rows: [], isWhole: true) }
        let circle = circle
        let rows = try await database.read(lane: .background) { db in
            try circle.friends(of: accounts, limit: PresenceLimits.edgesMax, in: db)
        }
        return Edges(rows: rows, isWhole: rows.count < PresenceLimits.edgesMax)
    }

    // MARK: Writing

    /// Writes when people were last seen, many at once.
    /// - Parameter seconds: that an account is spared after it was written.
    /// - Returns: how many rows.
    @discardableResult
    func store(sparing seconds: Int64) async throws -> Int {
        let now = clock.now()
        let rows = state.board.withLock { board in
            board.takeUnwritten(at: now, sparing: seconds, limit: PresenceLimits.rowsMax)
        }
        guard !rows.isEmpty else { return 0 }
        try await database.write { tx in
            try tx.executeMany(rows, as: "(?, ?, ?)") { row, values in
                values += [
                    row.account.sqlValue, .integer(PresenceVisibility.friends.rawValue), row.at.sqlValue,
                ]
            } statement: { values in
                """
                INSERT INTO presence (account_id, visibility, last_seen)
                \(values)
                ON CONFLICT (account_id) DO UPDATE
                SET last_seen = excluded.last_seen
                WHERE presence.visibility <> \(PresenceVisibility.erased.rawValue)
                    AND (presence.last_seen IS NULL OR presence.last_seen < excluded.last_seen)
                """
            }
        }
        state.board.withLock { $0.didWrite(rows, at: now) }
        return rows.count
    }
}
