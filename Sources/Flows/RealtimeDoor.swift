package import Accounts
import Core
package import HTTP
import HTTPTypes
package import NIOHTTP1
package import Realtime

/// The hub's door in the HTTP port: who may open a socket, and tickets for those who cannot send a header.
package struct RealtimeDoor: ConnectionUpgrade {
    package static let path = "/v1/realtime"

    private let hub: RealtimeHub
    private let authenticator: Authenticator
    private let tickets: SocketTickets
    private let allowedOrigins: Set<String>
    /// Counts somebody whose ticket or token is not taken.
    private let admitStranger: @Sendable (_ address: String) -> RateVerdict

    package init(
        hub: RealtimeHub, authenticator: Authenticator, tickets: SocketTickets, allowedOrigins: Set<String>,
        admitStranger: @escaping @Sendable (String) -> RateVerdict
    ) {
        self.hub = hub
        self.authenticator = authenticator
        self.tickets = tickets
        self.allowedOrigins = allowedOrigins
        self.admitStranger = admitStranger
    }

    package func open(_ head: HTTPRequestHead, from address: String) async throws -> UpgradedConnection {
        let fields: [(name: String, value: String)]
        do throws(Handshake.Refusal) {
            fields = try Handshake.accept(head, allowedOrigins: allowedOrigins)
        } catch {
            throw error.problem
        }
        let principal = try await principal(head, from: address)
        let permit: SocketPermit
        do throws(SocketRefusal) {
            permit = try hub.admit(principal.account, from: address)
        } catch {
            throw error.problem
        }
        let hub = hub
        return UpgradedConnection(
            fields: fields,
            makeHandler: { hub.handler(for: principal, permit: permit, on: $0) },
            abandon: { hub.release(permit) })
    }

    private func principal(_ head: HTTPRequestHead, from address: String) async throws -> Principal {
        do {
            if let header = head.headers.first(name: "Authorization") {
                let parts = header.split(separator: " ", maxSplits: 1)
                guard parts.count == 2, parts[0].lowercased() == "bearer" else { throw Problem.unauthenticated }
                return try await authenticator.principal(for: String(parts[1]))
            }
            guard let ticket = Self.ticket(in: head.uri) else { throw Problem.unauthenticated }
            guard let principal = tickets.redeem(ticket) else {
                throw Problem(
                    .unauthorized, "invalid_ticket", "A ticket opens one socket, within a minute: get another.")
            }
            return principal
        } catch {
            // Whoever guesses is counted by address, as nobody is known yet.
            if case .limited(let count, let seconds, let retryAfter) = admitStranger(address) {
                throw Problem(
                    .tooManyRequests, "rate_limited", "More than \(count) requests of this kind in \(seconds) seconds."
                ).limited(
                    by: Route.RateClass.read.rawValue, count: Int64(count), perSeconds: Int64(seconds),
                    retryAfterSeconds: Int64(retryAfter))
            }
            throw error
        }
    }

    private static func ticket(in uri: String) -> String? {
        guard let mark = uri.firstIndex(of: "?") else { return nil }
        let prefix = "ticket="
        return uri[uri.index(after: mark)...].split(separator: "&").first { $0.hasPrefix(prefix) }
            .map { String($0.dropFirst(prefix.count)) }
    }

    // MARK: Routes

    package var routes: [Route] {
        let tickets = tickets
        var door = Route(
            .get, Self.path, "Open a socket", tag: "realtime", access: .anyone,
            query: [Route.Parameter("ticket", .text(1...256), "What POST /v1/realtime/tickets gave.")],
            answers: [
                Route.Answer(.switchingProtocols, "A WebSocket that speaks plaza.v1.json: see docs/REALTIME.md"),
                .problem(.upgradeRequired, "websocket_required"), .problem(.badRequest, "bad_handshake"),
                .problem(.unauthorized, "invalid_ticket"), .problem(.forbidden, "origin_not_allowed"),
                .problem(.tooManyRequests, "too_many_connections"), .problem(.serviceUnavailable, "draining"),
            ], statementsMax: 0
        ) { _ in throw Handshake.Refusal.notWebSocket.problem }
        door.upgrade = self
        return [
            door,
            Route(
                .post, "/v1/realtime/tickets", "Get a ticket for a socket", tag: "realtime", access: .session,
                answers: [
                    Route.Answer(
                        .created, "The ticket", Self.ticketShape,
                        example: ["ticket": "AYx0…", "expires_at": "2026-05-01T09:30:00.000Z"])
                ], statementsMax: 0
            ) { request in
                let (ticket, expiresAt) = tickets.issue(to: try request.caller())
                return .object(status: .created) { json in
                    json.member("ticket", ticket)
                    json.member("expires_at", expiresAt)
                }
            },
        ]
    }

    private static let ticketShape = Schema.object([
        .required("ticket", .text(1...256)), .required("expires_at", .time),
    ])
}

extension Handshake.Refusal {
    fileprivate var problem: Problem {
        switch self {
        case .notWebSocket:
            Self.required("This path speaks WebSocket: see docs/REALTIME.md.", [.upgrade: "websocket"])
        case .wrongVersion:
            Self.required(
                "Version 13 of WebSocket is spoken here.", [.upgrade: "websocket", .secWebSocketVersion: "13"])
        case .badKey:
            Problem(.badRequest, "bad_handshake", "Sec-WebSocket-Key must be 16 bytes in base64, once.")
        case .otherSubprotocol:
            Problem(.badRequest, "bad_handshake", "The subprotocol is \(Handshake.subprotocol).")
        case .foreignOrigin:
            Problem(
                .forbidden, "origin_not_allowed", "Browsers may not call from this origin: see PLAZA_ALLOWED_ORIGINS.")
        }
    }

    private static func required(_ detail: String, _ headers: HTTPFields) -> Problem {
        var problem = Problem(.upgradeRequired, "websocket_required", detail)
        problem.headers = headers
        return problem
    }
}

extension SocketRefusal {
    fileprivate var problem: Problem {
        switch self {
        case .tooManyForAccount(let max):
            Problem(
                .tooManyRequests, "too_many_connections", "An account has \(max) sockets at most: close one."
            ).retrying(afterSeconds: 5)
        case .tooManyForAddress(let max):
            Problem(
                .tooManyRequests, "too_many_connections", "An address has \(max) sockets at most."
            ).retrying(afterSeconds: 5)
        case .draining(let milliseconds):
            Problem(
                .serviceUnavailable, "draining", "The server is stopping: come back."
            ).retrying(afterSeconds: milliseconds / 1_000 + 1)
        }
    }
}
