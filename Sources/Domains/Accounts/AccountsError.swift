package import HTTP
import HTTPTypes
package import RateLimit

/// What Accounts refuses, and why.
package enum AccountsError: Error, Equatable, Sendable {
    case invalid([FieldProblem])
    case handleTaken
    /// It looks like the handle of an account that many people know.
    case handleLooksAlike
    case emailTaken
    /// Said alike of an unknown login and of a wrong password.
    case wrongLogin
    case wrongPassword
    case suspended
    /// - Parameter policy: names the allowance that is used up.
    case tooManyAttempts(policy: String, Allowance, retryAfterSeconds: Int64)
    /// Too many passwords wait to be hashed.
    case busy
    /// An access or refresh token that is unknown or belongs to an ended session.
    case invalidToken
    case tokenExpired
    /// A refresh token came a second time: whoever has the other copy is out as well.
    case tokenReused
    case sessionNotFound
    case accountNotFound
    case lastAdministrator
    /// A stored password hash that Plaza did not write or that asks for more than it would bear.
    case unusableCredential
}

extension AccountsError: ProblemConvertible {
    package var problem: Problem {
        switch self {
        case .invalid(let faults): .invalidFields(faults)
        case .handleTaken:
            Problem(.conflict, "handle_taken", "Somebody has this handle, or had it not long ago: choose another.")
        case .handleLooksAlike:
            Problem(
                .conflict, "handle_looks_alike", "This handle looks like one that many people know: choose another.")
        case .emailTaken:
            Problem(.conflict, "email_taken", "An account with this email address exists: sign in instead.")
        case .wrongLogin:
            Problem(.unauthorized, "wrong_login", "No account has this login and password.")
        case .wrongPassword:
            Problem(.forbidden, "wrong_password", "This is not the account's password.")
        case .suspended:
            Problem(.forbidden, "account_suspended", "The account is suspended: ask an administrator.")
        case .tooManyAttempts(let policy, let allowance, let seconds):
            Problem(.tooManyRequests, "too_many_attempts", "Too many attempts: wait before the next one.")
                .limited(
                    by: policy, count: allowance.count, perSeconds: allowance.perSeconds, retryAfterSeconds: seconds)
        case .busy:
            Problem(.serviceUnavailable, "busy", "Too many sign-ins at once: try again shortly.")
                .retrying(afterSeconds: 3)
        case .invalidToken:
            Problem(.unauthorized, "invalid_token", "The token is not valid (any more): sign in again.")
        case .tokenExpired:
            Problem(.unauthorized, "token_expired", "The token has expired: refresh the session.")
        case .tokenReused:
            Problem(.unauthorized, "token_reused", "The refresh token was used before, so the session has been ended.")
        case .sessionNotFound:
            .notFound("session_not_found", "You have no such session.")
        case .accountNotFound:
            .notFound("account_not_found", "There is no such account.")
        case .lastAdministrator:
            Problem(.conflict, "last_administrator", "Nobody would administer Plaza then: appoint another first.")
        case .unusableCredential:
            Problem(.internalServerError, "unusable_credential", "The account's password cannot be checked.")
        }
    }
}
