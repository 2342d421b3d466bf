package import HTTPTypes

/// A problem that follows from what a route declares, and not from what its handler does. Routes do not list these:
/// `/openapi.json` adds them, and tests hold answers to them.
package struct CommonProblem: Sendable {
    package let status: HTTPResponse.Status
    package let code: String

    /// What a route can answer before its handler runs, or when the house is in trouble.
    package static func of(_ route: Route) -> [CommonProblem] {
        var problems = [CommonProblem(status: .unprocessableContent, code: "invalid_fields")]
        if route.body != nil { problems += [malformed] + ofBodies }
        if route.upload != nil { problems += ofBodies }
        if route.access != .anyone { problems += ofSessions }
        if route.access == .session { problems.append(unauthenticated) }
        if case .role = route.access {
            problems += [unauthenticated, CommonProblem(status: .forbidden, code: "role_required")]
        }
        if route.needsIdempotencyKey { problems += ofIdempotencyKeys }
        if route.rateClass != .unlimited {
            problems.append(CommonProblem(status: .tooManyRequests, code: "rate_limited"))
        }
        if route.statementsMax > 0 { problems += ofStorage }
        return problems
    }

    private static let malformed = CommonProblem(status: .badRequest, code: "malformed_json")

    private static let ofBodies = [
        CommonProblem(status: .contentTooLarge, code: "body_too_large"),
        CommonProblem(status: .unsupportedMediaType, code: "unsupported_media_type"),
    ]

    private static let ofIdempotencyKeys = [
        CommonProblem(status: .badRequest, code: "idempotency_key_missing"),
        CommonProblem(status: .badRequest, code: "invalid_idempotency_key"),
        CommonProblem(status: .unprocessableContent, code: "idempotency_key_reused"),
    ]

    private static let unauthenticated = CommonProblem(status: .unauthorized, code: "unauthenticated")

    private static let ofSessions = [
        CommonProblem(status: .unauthorized, code: "invalid_token"),
        CommonProblem(status: .unauthorized, code: "token_expired"),
    ]

    private static let ofStorage = [
        CommonProblem(status: .serviceUnavailable, code: "overloaded"),
        CommonProblem(status: .serviceUnavailable, code: "deadline_exceeded"),
        CommonProblem(status: .serviceUnavailable, code: "storage_unavailable"),
        CommonProblem(status: .serviceUnavailable, code: "shutting_down"),
    ]
}
