package import HTTP
import HTTPTypes

/// Everything that Notifications refuses.
package enum NotificationsError: Error, Equatable {
    /// Also when it is somebody else's.
    case notificationNotFound
    /// Neither a notification's id nor a time.
    case invalidMark
}

extension NotificationsError: ProblemConvertible {
    package var problem: Problem {
        switch self {
        case .notificationNotFound:
            .notFound("notification_not_found", "There is no such notification, or it is not yours.")
        case .invalidMark:
            .invalidField("/up_to", "invalid_mark", "is neither the id of a notification nor a time")
        }
    }
}
