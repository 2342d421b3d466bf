/// Somebody who wants to be friends, or is wanted.
public struct FriendRequest: Codable, Sendable, Identifiable {
    public let id: EntityID<FriendRequest>
    /// The other side.
    public let person: Person
    public let createdAt: Timestamp

    private enum CodingKeys: String, CodingKey {
        case id, person
        case createdAt = "created_at"
    }
}

/// A friend request to be.
public struct FriendRequestDraft: Codable, Sendable {
    public var account: EntityID<Account>

    public init(account: EntityID<Account>) {
        self.account = account
    }
}

/// What came of asking.
public struct FriendRequestOutcome: Codable, Sendable {
    public let outcome: Outcome
    /// Nil once accepted.
    public let id: EntityID<FriendRequest>?

    public struct Outcome: Choice {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }
        public static let requested: Outcome = "requested"
        /// They had asked already.
        public static let accepted: Outcome = "accepted"
    }
}

/// Somebody who wants to follow, or is wanted.
public struct FollowRequest: Codable, Sendable, Identifiable {
    public let id: EntityID<FollowRequest>
    /// The other side.
    public let person: Person
    public let createdAt: Timestamp

    private enum CodingKeys: String, CodingKey {
        case id, person
        case createdAt = "created_at"
    }
}

/// Whether one approves one's followers.
public struct FollowSettings: Codable, Sendable, Hashable {
    public var approvesFollowers: Bool

    public init(approvesFollowers: Bool) {
        self.approvesFollowers = approvesFollowers
    }

    private enum CodingKeys: String, CodingKey {
        case approvesFollowers = "approves_followers"
    }
}
