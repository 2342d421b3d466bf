/// Somebody, as others see them.
public struct Person: Codable, Sendable, Identifiable {
    public let id: EntityID<Account>
    public let handle: String
    public let displayName: String
    public let bio: String
    public let avatarURL: String?
    public let counts: Counts
    /// Whoever wants to follow them asks, and waits.
    public let approvesFollowers: Bool
    /// Whether the caller follows them.
    public let isFollowing: Bool
    /// Whether the caller has asked to follow, and waits.
    public let isRequested: Bool
    public let createdAt: Timestamp

    public struct Counts: Codable, Sendable, Hashable {
        public let followers: Int64
        public let following: Int64
        public let posts: Int64
    }

    private enum CodingKeys: String, CodingKey {
        case id, handle, bio, counts
        case displayName = "display_name"
        case avatarURL = "avatar_url"
        case approvesFollowers = "approves_followers"
        case isFollowing = "is_following"
        case isRequested = "is_requested"
        case createdAt = "created_at"
    }
}

/// Somebody in a line: an author, a member.
public struct PersonShort: Codable, Sendable, Hashable, Identifiable {
    public let id: EntityID<Account>
    public let handle: String
    public let displayName: String
    public let avatarURL: String?

    private enum CodingKeys: String, CodingKey {
        case id, handle
        case displayName = "display_name"
        case avatarURL = "avatar_url"
    }
}
