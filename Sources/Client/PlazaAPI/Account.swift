/// One's own account.
public struct Account: Codable, Sendable, Identifiable {
    public let id: EntityID<Account>
    /// Unique, in lower case.
    public let handle: String
    public let displayName: String
    public let bio: String
    public let avatarURL: String?
    public let email: String?
    public let role: Role
    public let state: State
    public let createdAt: Timestamp

    public struct Role: Choice {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }
        public static let person: Role = "person"
        public static let moderator: Role = "moderator"
        public static let administrator: Role = "administrator"
    }

    public struct State: Choice {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }
        public static let active: State = "active"
        public static let suspended: State = "suspended"
    }

    private enum CodingKeys: String, CodingKey {
        case id, handle, bio, email, role, state
        case displayName = "display_name"
        case avatarURL = "avatar_url"
        case createdAt = "created_at"
    }
}

/// What signing up takes.
public struct SignUp: Codable, Sendable {
    public var handle: String
    public var password: String
    public var displayName: String
    public var email: String?

    public init(handle: String, password: String, displayName: String, email: String? = nil) {
        self.handle = handle
        self.password = password
        self.displayName = displayName
        self.email = email
    }

    private enum CodingKeys: String, CodingKey {
        case handle, password, email
        case displayName = "display_name"
    }
}

/// What signing in takes.
public struct SignIn: Codable, Sendable {
    /// A handle or an email address.
    public var login: String
    public var password: String
    /// What an earlier sign-in on this device gave.
    public var deviceToken: String?

    public init(login: String, password: String, deviceToken: String? = nil) {
        self.login = login
        self.password = password
        self.deviceToken = deviceToken
    }

    private enum CodingKeys: String, CodingKey {
        case login, password
        case deviceToken = "device_token"
    }
}

/// What is to be different about one's account. What stays nil stays as it is.
public struct AccountChange: Codable, Sendable {
    public var displayName: String?
    public var bio: String?
    public var avatarURL: Change<String>?
    public var email: Change<String>?
    /// Needed to change ``email``.
    public var currentPassword: String?

    public init(
        displayName: String? = nil, bio: String? = nil, avatarURL: Change<String>? = nil, email: Change<String>? = nil,
        currentPassword: String? = nil
    ) {
        self.displayName = displayName
        self.bio = bio
        self.avatarURL = avatarURL
        self.email = email
        self.currentPassword = currentPassword
    }

    private enum CodingKeys: String, CodingKey {
        case bio, email
        case currentPassword = "current_password"
        case displayName = "display_name"
        case avatarURL = "avatar_url"
    }

    /// A new value for something that can also be taken away.
    public enum Change<Value: Codable & Sendable>: Codable, Sendable {
        case set(Value)
        case remove

        public init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            self = container.decodeNil() ? .remove : .set(try container.decode(Value.self))
        }

        public func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .set(let value): try container.encode(value)
            case .remove: try container.encodeNil()
            }
        }
    }
}
