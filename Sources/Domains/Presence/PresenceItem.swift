import Core

/// How somebody is there, for those who may see it.
struct PresenceItem: Sendable, Equatable {
    let account: ID<Account>
    let isOnline: Bool
    /// Nil for who is online, and who never was since Plaza keeps it.
    let lastSeen: Timestamp?

    var json: JSON {
        [
            "account": .string(account.description), "is_online": .bool(isOnline),
            "last_seen": lastSeen.map { .string($0.description) } ?? .null,
        ]
    }
}
