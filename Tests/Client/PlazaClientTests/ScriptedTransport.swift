import PlazaAPI
import Synchronization

@testable import PlazaClient

/// Answers as the test says, and remembers what was asked.
final class ScriptedTransport: HTTPTransport {
    struct NoAnswer: Error {}

    typealias Script = @Sendable (_ request: TransportRequest, _ number: Int) async throws -> TransportAnswer

    private let script: Script
    private let state = Mutex<[TransportRequest]>([])

    init(_ script: @escaping Script) {
        self.script = script
    }

    var requests: [TransportRequest] { state.withLock { $0 } }

    func send(_ request: TransportRequest) async throws -> TransportAnswer {
        let number = state.withLock { requests in
            requests.append(request)
            return requests.count
        }
        return try await script(request, number)
    }
}

extension TransportRequest {
    func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }

    var json: JSONValue { (try? JSONValue(parsing: body ?? [])) ?? .null }

    var path: String { String(url.drop { $0 != ":" }.dropFirst(3).drop { $0 != "/" }) }
}

extension TransportAnswer {
    static func json(_ json: JSONValue) -> TransportAnswer { .json(200, json) }

    static func json(_ status: Int, _ json: JSONValue) -> TransportAnswer {
        TransportAnswer(status: status, body: Array(json.text.utf8))
    }

    static func problem(
        _ status: Int, _ code: String, isRetryable: Bool = false, retryAfter: String? = nil
    ) -> TransportAnswer {
        let json: JSONValue = [
            "type": "about:blank", "title": "No", "status": .integer(Int64(status)), "code": .string(code),
            "detail": "No.", "retryable": .bool(isRetryable), "request_id": "req_1",
            "errors": [["pointer": "/a", "code": "too_long", "message": "is too long"]],
        ]
        return TransportAnswer(
            status: status, headers: retryAfter.map { ["retry-after": $0] } ?? [:], body: Array(json.text.utf8))
    }

    static let wallet = TransportAnswer.json(["balances": []])
    static let receipt = TransportAnswer.json(201, ["id": "ord_1", "parts": []])

    static func signedIn(_ token: String) -> TransportAnswer {
        .json([
            "account": [
                "id": "acc_1", "handle": "ann", "display_name": "Ann", "bio": "", "role": "person", "state": "active",
                "created_at": "2026-03-01T12:00:00.000Z",
            ],
            "session": [
                "id": "ses_1", "access_token": .string(token), "expires_at": "2026-03-01T12:00:00.000Z",
                "refresh_token": .string("refresh-\(token)"),
            ],
        ])
    }
}

extension SessionTokens {
    static func test(_ token: String) -> SessionTokens {
        SessionTokens(
            id: "ses_1", accessToken: token, expiresAt: Timestamp(microsecondsSince1970: 0),
            refreshToken: "refresh-\(token)")
    }
}
