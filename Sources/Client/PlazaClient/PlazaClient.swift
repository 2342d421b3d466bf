#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import NIOCore
import NIOPosix
public import PlazaAPI

/// Plaza's API, typed.
///
/// It holds one session and refreshes it when the server says that its token has expired; however many calls find out at
/// once, one of them refreshes. What can be repeated without being done twice (reads, `PUT`, `DELETE`, and writes under an
/// idempotency key) is repeated after problems that pass and when no answer came, a few times and with growing waits. What the
/// server refuses is thrown as ``PlazaError``.
public final class PlazaClient: Sendable {
    public struct Configuration: Sendable {
        public var retries = RetryPolicy()
        public var realtime = RealtimeConfiguration()
        /// What the device calls itself: shown in the list of sessions.
        public var device: String?

        public init() {}
    }

    let url: String
    let configuration: Configuration
    let keeper: SessionKeeper
    private let endpoint: Endpoint
    private let transport: any HTTPTransport
    private let sleep: @Sendable (_ milliseconds: Int64) async throws -> Void

    /// - Parameters:
    ///   - url: `https://plaza.example`.
    ///   - session: that was kept from the last time.
    ///   - onSessionChange: where to keep the session; called with nil once it is over. Keep it before you go on: a refresh
    ///     token is good for one refresh.
    /// - Throws: ``PlazaError/invalidURL(_:)``.
    public convenience init(
        _ url: String, session: SessionTokens? = nil, configuration: Configuration = .init(),
        transport: any HTTPTransport = AsyncHTTPClientTransport(),
        onSessionChange: @escaping @Sendable (SessionTokens?) -> Void = { _ in }
    ) throws {
        try self.init(
            url, session: session, configuration: configuration, transport: transport,
            onSessionChange: onSessionChange,
            sleep: { try await ContinuousClock().sleep(for: .milliseconds($0)) })
    }

    init(
        _ url: String, session: SessionTokens?, configuration: Configuration, transport: any HTTPTransport,
        onSessionChange: @escaping @Sendable (SessionTokens?) -> Void,
        sleep: @escaping @Sendable (_ milliseconds: Int64) async throws -> Void
    ) throws {
        guard let endpoint = Endpoint(url) else { throw PlazaError.invalidURL(url) }
        self.url = url
        self.endpoint = endpoint
        self.configuration = configuration
        self.transport = transport
        self.sleep = sleep
        keeper = SessionKeeper(
            session, eventLoop: MultiThreadedEventLoopGroup.singleton.any(), onChange: onSessionChange)
    }

    /// Nil when nobody is signed in.
    public var session: SessionTokens? { keeper.session }

    // MARK: Calls

    func send<Answer: Decodable>(_ call: Call, _ type: Answer.Type = Answer.self) async throws -> Answer {
        try decode(try await answer(to: call))
    }

    func send<Answer: Decodable>(_ call: Call, body: some Encodable, _ type: Answer.Type = Answer.self) async throws
        -> Answer
    {
        try decode(try await answer(to: try call.with(body)))
    }

    /// For calls that answer nothing.
    func perform(_ call: Call) async throws {
        _ = try await answer(to: call)
    }

    func perform(_ call: Call, body: some Encodable) async throws {
        _ = try await answer(to: try call.with(body))
    }

    func pages<Item: Codable & Sendable>(_ call: Call, limit: Int?) -> PageSequence<Item> {
        PageSequence { cursor in
            var call = call
            call.query += [("cursor", cursor), ("limit", limit.map { String($0) })]
            return try await self.send(call)
        }
    }

    private func answer(to call: Call) async throws -> TransportAnswer {
        var attempt = 1
        while true {
            do {
                return try await authorisedAnswer(to: call)
            } catch {
                let wait =
                    call.isRepeatable
                    ? configuration.retries.wait(after: attempt, error) { Int64.random(in: $0) } : nil
                guard let wait else { throw error }
                try await sleep(wait)
                attempt += 1
            }
        }
    }

    /// Sends it, and once more with a new token when the server takes this one no longer: it has expired, or another call has
    /// refreshed meanwhile. Of a session that was ended, the refresh finds out.
    private func authorisedAnswer(to call: Call) async throws -> TransportAnswer {
        guard call.isPersonal, let session = keeper.session else { return try await answer(to: call, token: nil) }
        do {
            return try await answer(to: call, token: session.accessToken)
        } catch PlazaError.problem(let problem) where ["token_expired", "invalid_token"].contains(problem.code) {
            let fresh = try await keeper.session(after: session) { try await self.refreshed($0) }
            return try await answer(to: call, token: fresh.accessToken)
        }
    }

    private func refreshed(_ session: SessionTokens) async throws -> SessionTokens {
        var call = Call(.post, "/v1/sessions/refresh")
        call.isPersonal = false
        let signedIn: SignedIn = try decode(
            try await answer(to: try call.with(Refresh(refreshToken: session.refreshToken)), token: nil))
        return signedIn.session
    }

    private func answer(to call: Call, token: String?) async throws -> TransportAnswer {
        var request = TransportRequest(
            method: call.method.rawValue, url: endpoint.url + call.pathAndQuery,
            headers: [("Accept", "application/json")], body: call.body)
        if call.body != nil { request.headers.append(("Content-Type", "application/json")) }
        if let token { request.headers.append(("Authorization", "Bearer \(token)")) }
        if let key = call.idempotencyKey { request.headers.append(("Idempotency-Key", key.description)) }
        if let device = configuration.device { request.headers.append(("User-Agent", device)) }
        let answer = try await transport.send(request)
        guard (200..<300).contains(answer.status) else { throw PlazaError(answer) }
        return answer
    }

    private func decode<Answer: Decodable>(_ answer: TransportAnswer) throws -> Answer {
        do {
            return try JSONDecoder().decode(Answer.self, from: Data(answer.body))
        } catch {
            throw PlazaError.unexpectedAnswer(status: answer.status, reason: "\(error)")
        }
    }
}

extension Call {
    fileprivate func with(_ body: some Encodable) throws -> Call {
        let encoder = JSONEncoder()
        // The same wish is the same bytes: the server refuses an idempotency key that comes with others.
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var call = self
        call.body = Array(try encoder.encode(body))
        return call
    }
}

extension PlazaError {
    fileprivate init(_ answer: TransportAnswer) {
        guard let document = try? JSONDecoder().decode(ProblemDocument.self, from: Data(answer.body)) else {
            self = .unexpectedAnswer(status: answer.status, reason: "no problem document")
            return
        }
        self = .problem(
            Problem(
                code: document.code, status: answer.status, detail: document.detail, isRetryable: document.retryable,
                retryAfterSeconds: answer.headers["retry-after"].flatMap { Int64($0) }, requestID: document.requestID,
                fields: document.errors ?? []))
    }
}
