package import Core
package import Storage

/// A person's account as its owner and administrators see it. What everybody sees is Social's card.
package struct Profile: Sendable, Equatable {
    package let id: ID<Account>
    /// Lower case, unique.
    package let handle: String
    package internal(set) var displayName: String
    package internal(set) var bio: String
    package internal(set) var avatarURL: String?
    /// Lower case, unique.
    package internal(set) var email: String?
    package internal(set) var role: Role
    package internal(set) var state: AccountState
    /// When a suspension ends by itself; nil without one, or where an administrator ends it.
    package internal(set) var suspendedUntil: Timestamp?
    package let createdAt: Timestamp
    package internal(set) var updatedAt: Timestamp

    package init(
        id: ID<Account>, handle: String, displayName: String, bio: String = "", avatarURL: String? = nil,
        email: String? = nil, role: Role = .person, state: AccountState = .active, createdAt: Timestamp
    ) {
        self.id = id
        self.handle = handle
        self.displayName = displayName
        self.bio = bio
        self.avatarURL = avatarURL
        self.email = email
        self.role = role
        self.state = state
        self.createdAt = createdAt
        updatedAt = createdAt
    }
}

extension Profile {
    /// What nobody's password should be.
    var names: [String] { [handle, displayName, email].compactMap(\.self) }
}

/// Stored by raw value.
package enum AccountState: Int64, Sendable, CaseIterable {
    case active = 0
    /// Kept, but nobody can sign in, and nobody sees what is theirs.
    case suspended = 1
    /// A tombstone: the person is gone, what the books refer to remains.
    case erased = 2

    package var name: String {
        switch self {
        case .active: "active"
        case .suspended: "suspended"
        case .erased: "erased"
        }
    }
}

extension AccountState: SQLBindable {
    package var sqlValue: SQLValue { .integer(rawValue) }
}

/// What a person changes about themselves. Nil leaves a field as it is; an inner nil clears it.
package struct ProfileChange: Sendable {
    package var displayName: String?
    package var bio: String?
    package var avatarURL: String??
    package var email: String??

    package init(displayName: String? = nil, bio: String? = nil, avatarURL: String?? = nil, email: String?? = nil) {
        self.displayName = displayName
        self.bio = bio
        self.avatarURL = avatarURL
        self.email = email
    }
}

extension Profile {
    /// The members of the account's own JSON object.
    func write(into json: inout JSONWriter) {
        json.member("id", id)
        json.member("handle", handle)
        json.member("display_name", displayName)
        json.member("bio", bio)
        json.member("avatar_url", avatarURL)
        json.member("email", email)
        json.member("role", role.name)
        json.member("state", state.name)
        json.member("suspended_until", suspendedUntil)
        json.member("created_at", createdAt)
    }
}
