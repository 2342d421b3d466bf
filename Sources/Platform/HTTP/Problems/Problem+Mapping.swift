import Core
import HTTPTypes
import Storage

extension Problem {
    /// The one place where errors become answers. What nobody foresaw is a 500 without internals.
    init(_ error: any Error) {
        switch error {
        case let problem as Problem: self = problem
        case let error as any ProblemConvertible: self = error.problem
        case let error as StorageError: self = Self.storage(error)
        case is CursorError: self = .invalidCursor
        default:
            self = Problem(
                .internalServerError, "internal_error", "Something went wrong on our side; it has been logged.")
        }
    }

    private static func storage(_ error: StorageError) -> Problem {
        switch error {
        case .overloaded, .inUse:
            Problem(.serviceUnavailable, "overloaded", "The server has more to do than it can; come back shortly.")
                .retrying(afterSeconds: 1)
        case .deadlineExceeded:
            Problem(.serviceUnavailable, "deadline_exceeded", "The request waited too long and was not carried out.")
                .retrying(afterSeconds: 1)
        case .diskFull, .readOnly:
            Problem(.serviceUnavailable, "storage_unavailable", "Nothing can be stored at the moment.")
                .retrying(afterSeconds: 30)
        case .closed:
            .shuttingDown
        case .constraint, .newerSchema, .divergedSchema, .pendingMigrations, .tableScan, .engine:
            Problem(.internalServerError, "internal_error", "Something went wrong on our side; it has been logged.")
        }
    }
}

extension Reply {
    init(_ problem: Problem, requestID: String) {
        var headers = problem.headers
        headers[.contentType] = "application/problem+json"
        if let seconds = problem.retryAfterSeconds { headers[.retryAfter] = String(seconds) }
        if problem.status == .unauthorized { headers[.wwwAuthenticate] = "Bearer" }
        self.init(problem.status, headers: headers, body: problem.json(requestID: requestID))
    }
}
