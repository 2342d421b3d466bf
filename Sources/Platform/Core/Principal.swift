/// Who is asking: the account and session behind a request.
package struct Principal: Sendable, Hashable {
    package let account: ID<Account>
    package let session: ID<Session>
    package let role: Role

    package init(account: ID<Account>, session: ID<Session>, role: Role) {
        self.account = account
        self.session = session
        self.role = role
    }
}

/// What an account may do beyond its own things. Each role includes those before it. Stored by raw value.
package enum Role: Int64, Sendable, Comparable, CaseIterable {
    case person = 0
    case moderator = 1
    case administrator = 2

    package static func < (left: Self, right: Self) -> Bool {
        left.rawValue < right.rawValue
    }

    package var name: String {
        switch self {
        case .person: "person"
        case .moderator: "moderator"
        case .administrator: "administrator"
        }
    }

    package init?(name: String) {
        guard let role = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = role
    }
}
