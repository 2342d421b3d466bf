package import Core
package import HTTPTypes

/// An answer that says what went wrong: RFC 9457 `application/problem+json`.
package struct Problem: Error, Sendable {
    package let status: HTTPResponse.Status
    /// Stable, for programs: `post_not_found`. Never renamed.
    package let code: String
    /// One sentence for people: what is wrong and what would mend it.
    package let detail: String
    /// What is wrong with which field.
    package var errors: [FieldProblem] = []
    /// When to come back; makes the problem `retryable`.
    package var retryAfterSeconds: Int64?
    /// Further headers, such as `Allow`.
    package var headers: HTTPFields = [:]

    package init(_ status: HTTPResponse.Status, _ code: String, _ detail: String) {
        self.status = status
        self.code = code
        self.detail = detail
    }

    package var isRetryable: Bool {
        retryAfterSeconds != nil || status == .serviceUnavailable || status == .requestTimeout
    }

    package func retrying(afterSeconds seconds: Int64) -> Problem {
        var copy = self
        copy.retryAfterSeconds = max(1, seconds)
        return copy
    }
}

/// What is wrong with one field of a request.
package struct FieldProblem: Sendable, Equatable {
    /// RFC 6901 pointer into the body, or the name of a query parameter.
    package let pointer: String
    package let code: String
    package let message: String
    /// What it should have been, where a program can do something with that: today's price.
    package let current: JSON?

    package init(pointer: String, code: String, message: String, current: JSON? = nil) {
        self.pointer = pointer
        self.code = code
        self.message = message
        self.current = current
    }
}

/// An error of a slice that knows which problem it is.
package protocol ProblemConvertible: Error {
    var problem: Problem { get }
}

extension Problem {
    /// The request is well formed, but a field is not what it must be.
    package static func invalidFields(_ errors: [FieldProblem]) -> Problem {
        var problem = Problem(
            .unprocessableContent, "invalid_fields", "Some fields are not valid: see errors for each of them.")
        problem.errors = errors
        return problem
    }

    package static func invalidField(_ pointer: String, _ code: String, _ message: String) -> Problem {
        invalidFields([FieldProblem(pointer: pointer, code: code, message: message)])
    }

    static let shuttingDown = Problem(
        .serviceUnavailable, "shutting_down", "The server is restarting; come back shortly."
    ).retrying(afterSeconds: 2)
    package static let unauthenticated = Problem(
        .unauthorized, "unauthenticated", "This needs a session: send Authorization: Bearer with an access token.")

    package static let invalidCursor = Problem(
        .badRequest, "invalid_cursor", "The cursor is not one of this list: start again without it.")

    package static func notFound(_ code: String, _ detail: String) -> Problem {
        Problem(.notFound, code, detail)
    }

    func json(requestID: String) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("type", "about:blank")
            json.member("title", status.reasonPhrase)
            json.member("status", Int64(status.code))
            json.member("code", code)
            json.member("detail", detail)
            json.member("retryable", isRetryable)
            json.member("request_id", requestID)
            if !errors.isEmpty {
                json.name("errors")
                json.array(errors) { json, error in
                    json.object { json in
                        json.member("pointer", error.pointer)
                        json.member("code", error.code)
                        json.member("message", error.message)
                        if let current = error.current { json.member("current", current) }
                    }
                }
            }
        }
        return json.finish()
    }
}
