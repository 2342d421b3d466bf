import Core
import Events
import Storage

/// What Accounts tells. The log outlives people, so an event carries ids and states and nothing personal: who wants a
/// name asks for it.
package struct AccountsEvents: Sendable {
    package static let accountCreated = "account.created"
    package static let profileChanged = "account.profile_changed"
    package static let roleChanged = "account.role_changed"
    package static let stateChanged = "account.state_changed"
    package static let accountErased = "account.erased"
    /// One event for all sessions that ended together; its subject is the account.
    package static let sessionRevoked = "session.revoked"

    let log: EventLog

    func accountCreated(_ profile: Profile, in tx: WriteTransaction) throws {
        try log.append(
            Self.accountCreated, subject: profile.id.description, data: ["role": .string(profile.role.name)], in: tx)
    }

    func profileChanged(_ profile: Profile, in tx: WriteTransaction) throws {
        try log.append(Self.profileChanged, subject: profile.id.description, data: [:], in: tx)
    }

    func roleChanged(_ profile: Profile, in tx: WriteTransaction) throws {
        try log.append(
            Self.roleChanged, subject: profile.id.description, data: ["role": .string(profile.role.name)], in: tx)
    }

    func stateChanged(_ profile: Profile, in tx: WriteTransaction) throws {
        try log.append(
            Self.stateChanged, subject: profile.id.description, data: ["state": .string(profile.state.name)], in: tx)
    }

    func accountErased(_ account: ID<Account>, in tx: WriteTransaction) throws {
        try log.append(Self.accountErased, subject: account.description, data: [:], in: tx)
    }

    func sessionsRevoked(_ sessions: [ID<Session>], of account: ID<Account>, in tx: WriteTransaction) throws {
        try log.append(
            Self.sessionRevoked, subject: account.description,
            data: ["sessions": .array(sessions.map { .string($0.description) })], in: tx)
    }
}
