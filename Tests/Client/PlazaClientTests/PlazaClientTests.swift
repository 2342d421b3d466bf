import PlazaAPI
import Synchronization
import Testing

@testable import PlazaClient

@Suite(.timeLimit(.minutes(15))) struct PlazaClientTests {
    /// What a client kept and how long it waited.
    private final class Memory: Sendable {
        let sessions = Mutex<[String?]>([])
        let waits = Mutex<[Int64]>([])
    }

    private let memory = Memory()

    private func client(
        _ transport: ScriptedTransport, session: SessionTokens? = .test("a"), url: String = "https://plaza.example/"
    ) throws -> PlazaClient {
        try PlazaClient(
            url, session: session, configuration: .init(), transport: transport,
            onSessionChange: { [memory] session in memory.sessions.withLock { $0.append(session?.accessToken) } },
            sleep: { [memory] wait in memory.waits.withLock { $0.append(wait) } })
    }

    private static let address = Address(name: "Ann", street: "Kiln Lane 1", city: "Delft", country: "NL")

    // MARK: Requests

    @Test func aCallIsWhatTheServerExpects() async throws {
        let transport = ScriptedTransport { _, _ in .receipt }
        let client = try client(transport)
        let order = try await client.checkOut(Checkout(address: Self.address), key: IdempotencyKey("mine"))
        #expect(order.id == "ord_1")
        let request = try #require(transport.requests.first)
        #expect(request.method == "POST")
        #expect(request.url == "https://plaza.example/v1/checkout")
        #expect(request.header("Authorization") == "Bearer a")
        #expect(request.header("Content-Type") == "application/json")
        #expect(request.header("Idempotency-Key") == "mine")
        #expect(
            request.json == [
                "address": ["name": "Ann", "street": "Kiln Lane 1", "city": "Delft", "country": "NL"],
                "payment": "wallet",
            ])
    }

    @Test func whatIsNamedIsOnePartOfThePath() async throws {
        let transport = ScriptedTransport { _, _ in TransportAnswer(status: 204) }
        try await client(transport).follow("../me?x=é")
        #expect(transport.requests.first?.path == "/v1/accounts/..%2Fme%3Fx%3D%C3%A9/follow")
    }

    @Test func aQueryIsEncoded() async throws {
        let transport = ScriptedTransport { _, _ in .json(["items": [], "next": .null]) }
        let products = try client(transport).products(ProductFilter(sort: .newest, query: "blue & bowl"), limit: 5)
        #expect(try await products.page(after: "c/1").items.isEmpty)
        #expect(
            transport.requests.first?.path == "/v1/products?sort=newest&query=blue%20%26%20bowl&cursor=c%2F1&limit=5")
    }

    @Test(arguments: [
        "", "plaza.example", "ftp://plaza.example", "https://", "https://a:b", "https://a:0", "https://u@h",
    ])
    func whatIsNoServerIsRefused(url: String) {
        let transport = ScriptedTransport { _, _ in .wallet }
        #expect(throws: PlazaError.self) { try client(transport, url: url) }
    }

    @Test(arguments: [
        ("https://plaza.example", "https://plaza.example/v1/wallet"), ("http://h:8080/", "http://h:8080/v1/wallet"),
        ("http://[::1]:80/shop/", "http://[::1]/shop/v1/wallet"), ("wss://h", "https://h/v1/wallet"),
    ])
    func aServerIsWhereItsURLSays(url: String, asked: String) async throws {
        let transport = ScriptedTransport { _, _ in .wallet }
        _ = try await client(transport, url: url).wallet()
        #expect(transport.requests.first?.url == asked)
    }

    // MARK: Problems

    @Test func aProblemIsTyped() async throws {
        let transport = ScriptedTransport { _, _ in .problem(422, "invalid_fields") }
        do {
            _ = try await client(transport).wallet()
            Issue.record("a problem is thrown")
        } catch PlazaError.problem(let problem) {
            #expect(problem.code == "invalid_fields")
            #expect(problem.status == 422)
            #expect(!problem.isRetryable)
            #expect(problem.requestID == "req_1")
            #expect(problem.fields.map(\.pointer) == ["/a"])
        }
    }

    @Test(arguments: [
        TransportAnswer(status: 502, body: Array("<html>".utf8)), TransportAnswer(status: 200, body: Array("{".utf8)),
        TransportAnswer(status: 200), .json(["balances": 7]),
    ])
    func whatIsNoAnswerOfPlazasIsSaidToBeNone(answer: TransportAnswer) async throws {
        let transport = ScriptedTransport { _, _ in answer }
        let error = await #expect(throws: PlazaError.self) { _ = try await client(transport).wallet() }
        guard case .unexpectedAnswer = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    // MARK: Retries

    @Test func aCheckoutIsTriedAgainUnderItsKey() async throws {
        let transport = ScriptedTransport { _, number in
            switch number {
            case 1: throw ScriptedTransport.NoAnswer()
            case 2: .problem(503, "overloaded", isRetryable: true, retryAfter: "2")
            default: .receipt
            }
        }
        _ = try await client(transport).checkOut(Checkout(address: Self.address))
        let keys = transport.requests.map { $0.header("Idempotency-Key") ?? "" }
        #expect(keys.count == 3)
        #expect(Set(keys).count == 1)
        #expect(keys[0].count >= 20)
        let waits = memory.waits.withLock { $0 }
        #expect((0...200).contains(waits[0]))
        #expect((2_000...2_400).contains(waits[1]))
    }

    /// A key that comes with other bytes is refused, and a dictionary's order is drawn anew in each process.
    @Test func theSameWishIsTheSameBytes() async throws {
        let transport = ScriptedTransport { _, _ in .receipt }
        _ = try await client(transport).checkOut(Checkout(address: Self.address))
        let text =
            #"{"address":{"city":"Delft","country":"NL","name":"Ann","street":"Kiln Lane 1"},"payment":"wallet"}"#
        #expect(transport.requests.first?.body == Array(text.utf8))
    }

    @Test func twoCheckoutsHaveTwoKeys() async throws {
        let transport = ScriptedTransport { _, _ in .receipt }
        let client = try client(transport)
        for _ in 0..<2 { _ = try await client.checkOut(Checkout(address: Self.address)) }
        #expect(Set(transport.requests.map { $0.header("Idempotency-Key") }).count == 2)
    }

    @Test func retriesHaveABound() async throws {
        let transport = ScriptedTransport { _, _ in .problem(503, "overloaded", isRetryable: true, retryAfter: "1") }
        await #expect(throws: PlazaError.self) { _ = try await client(transport).wallet() }
        #expect(transport.requests.count == 3)
    }

    @Test func whatWouldBeDoneTwiceIsSentOnce() async throws {
        let transport = ScriptedTransport { _, _ in throw ScriptedTransport.NoAnswer() }
        await #expect(throws: ScriptedTransport.NoAnswer.self) {
            _ = try await client(transport).publish(PostDraft(caption: "Hi"))
        }
        #expect(transport.requests.count == 1)
    }

    @Test(arguments: [("3600", true), (nil, false)] as [(String?, Bool)])
    func whatIsNotWorthWaitingForIsTold(retryAfter: String?, isRetryable: Bool) async throws {
        let transport = ScriptedTransport { _, _ in
            .problem(429, "rate_limited", isRetryable: isRetryable, retryAfter: retryAfter)
        }
        await #expect(throws: PlazaError.self) { _ = try await client(transport).wallet() }
        #expect(transport.requests.count == 1)
    }

    @Test func aMessageHasOneNameOverItsRetries() async throws {
        let transport = ScriptedTransport { _, number in
            if number == 1 { throw ScriptedTransport.NoAnswer() }
            return .json(
                201,
                [
                    "id": "msg_1", "sequence": 1, "text": "Hi", "attachments": [], "is_deleted": false,
                    "created_at": "2026-03-01T12:00:00.000Z",
                ])
        }
        _ = try await client(transport).send(MessageDraft("Hi"), to: "cnv_1")
        let names = transport.requests.compactMap { $0.json["client_id"]?.string }
        #expect(names.count == 2)
        #expect(Set(names).count == 1)
    }

    // MARK: The session

    @Test func anExpiredTokenIsRefreshedOnceForAll() async throws {
        let transport = ScriptedTransport { request, _ in
            if request.path == "/v1/sessions/refresh" { return .signedIn("b") }
            return request.header("Authorization") == "Bearer b" ? .wallet : .problem(401, "token_expired")
        }
        let client = try client(transport)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<50 { group.addTask { _ = try await client.wallet() } }
            try await group.waitForAll()
        }
        let refreshes = transport.requests.filter { $0.path == "/v1/sessions/refresh" } as [TransportRequest]
        #expect(refreshes.map(\.json) == [["refresh_token": "refresh-a"]])
        #expect(refreshes.first?.header("Authorization") == nil)
        #expect(client.session?.accessToken == "b")
        #expect(memory.sessions.withLock { $0 } == ["b"])
    }

    @Test func aTokenThatStaysExpiredIsToldAndNotAskedForAgain() async throws {
        let transport = ScriptedTransport { request, _ in
            request.path == "/v1/sessions/refresh" ? .signedIn("b") : .problem(401, "token_expired")
        }
        await #expect(throws: PlazaError.self) { _ = try await client(transport).wallet() }
        #expect(transport.requests.count == 3)
    }

    @Test func aSessionThatIsOverIsForgotten() async throws {
        let transport = ScriptedTransport { request, _ in
            request.path == "/v1/sessions/refresh" ? .problem(401, "token_reused") : .problem(401, "token_expired")
        }
        let client = try client(transport)
        let error = await #expect(throws: PlazaError.self) { _ = try await client.wallet() }
        #expect(error?.code == "token_reused")
        #expect(client.session == nil)
        #expect(memory.sessions.withLock { $0 } == [nil])
    }

    /// A call that was under way while another refreshed comes back with the old token.
    @Test func aTokenThatWasReplacedMeanwhileIsNoReasonToRefreshAgain() async throws {
        let (late, letGo) = AsyncStream<Void>.makeStream()
        let transport = ScriptedTransport { request, number in
            if request.path == "/v1/sessions/refresh" { return .signedIn("b") }
            if request.header("Authorization") == "Bearer b" { return .wallet }
            guard number == 1 else { return .problem(401, "token_expired") }
            for await _ in late { break }
            return .problem(401, "invalid_token")
        }
        let client = try client(transport)
        async let first = client.wallet()
        while transport.requests.isEmpty { await Task.yield() }
        _ = try await client.wallet()
        letGo.yield()
        _ = try await first
        #expect(transport.requests.filter { $0.path == "/v1/sessions/refresh" }.count == 1)
    }

    @Test func whoSignedOutMeanwhileStaysSignedOut() async throws {
        let (late, letGo) = AsyncStream<Void>.makeStream()
        let transport = ScriptedTransport { request, _ in
            if request.method == "DELETE" { return TransportAnswer(status: 204) }
            for await _ in late { break }
            return .problem(401, "token_expired")
        }
        let client = try client(transport)
        let call = Task { try await client.wallet() }
        while transport.requests.isEmpty { await Task.yield() }
        try await client.signOut()
        letGo.yield()
        await #expect(throws: PlazaError.self) { try await call.value }
        #expect(client.session == nil)
        #expect(transport.requests.count == 2)
    }

    @Test func aRefreshThatFailsInPassingKeepsTheSession() async throws {
        let transport = ScriptedTransport { request, number in
            if request.path == "/v1/sessions/refresh" {
                return number < 3 ? .problem(503, "overloaded", isRetryable: true) : .signedIn("b")
            }
            return request.header("Authorization") == "Bearer b" ? .wallet : .problem(401, "token_expired")
        }
        let client = try client(transport)
        _ = try await client.wallet()
        #expect(client.session?.accessToken == "b")
    }

    /// The server has given new tokens by then, and the old ones are worth nothing.
    @Test func aRefreshGoesOnWhenItsCallerIsCancelled() async throws {
        let (asked, askedContinuation) = AsyncStream<Void>.makeStream()
        let (gate, open) = AsyncStream<Void>.makeStream()
        let transport = ScriptedTransport { request, _ in
            if request.path == "/v1/sessions/refresh" {
                askedContinuation.yield()
                for await _ in gate { break }
                return .signedIn("b")
            }
            return request.header("Authorization") == "Bearer b" ? .wallet : .problem(401, "token_expired")
        }
        let client = try client(transport)
        let call = Task { try await client.wallet() }
        for await _ in asked { break }
        call.cancel()
        open.yield()
        _ = try? await call.value
        _ = try await client.wallet()
        #expect(client.session?.accessToken == "b")
        #expect(transport.requests.filter { $0.path == "/v1/sessions/refresh" }.count == 1)
    }

    @Test func signingInAndOutIsKept() async throws {
        let transport = ScriptedTransport { request, _ in
            request.method == "DELETE" ? .problem(503, "shutting_down") : .signedIn("b")
        }
        let client = try client(transport, session: nil)
        try await client.signIn(login: "ann", password: "secret")
        #expect(client.session?.accessToken == "b")
        await #expect(throws: PlazaError.self) { try await client.signOut() }
        #expect(client.session == nil)
        #expect(memory.sessions.withLock { $0 } == ["b", nil])
    }

    @Test func withoutASessionThereIsNoSocket() async throws {
        let transport = ScriptedTransport { _, _ in .problem(401, "unauthenticated") }
        let realtime = try client(transport, session: nil).realtime()
        realtime.connect()
        var last: RealtimeStatus?
        for await status in realtime.statuses() { last = status }
        #expect(last?.state == .ended(.signInNeeded))
        #expect(transport.requests.isEmpty)
    }

    // MARK: Lists

    private static func comment(_ id: Int) -> JSONValue {
        [
            "id": .string("cmt_\(id)"),
            "author": ["id": "acc_1", "handle": "ann", "display_name": "Ann", "avatar_url": .null], "text": "Hi",
            "reply_count": 0, "created_at": "2026-03-01T12:00:00.000Z",
        ]
    }

    @Test func aListIsReadPageByPage() async throws {
        let transport = ScriptedTransport { request, number in
            switch number {
            case 1: .json(["items": [Self.comment(1), Self.comment(2)], "next": "two"])
            // A page may come short, and not be the last.
            case 2: .json(["items": [], "next": "three"])
            default: .json(["items": [Self.comment(3)], "next": .null])
            }
        }
        var ids: [String] = []
        for try await comment in try client(transport).comments(on: "pst_1", limit: 2) {
            ids.append(comment.id.description)
        }
        #expect(ids == ["cmt_1", "cmt_2", "cmt_3"])
        #expect(
            transport.requests.map(\.path) == [
                "/v1/posts/pst_1/comments?limit=2", "/v1/posts/pst_1/comments?cursor=two&limit=2",
                "/v1/posts/pst_1/comments?cursor=three&limit=2",
            ])
    }

    @Test func onlyPagesThatAreReadAreFetched() async throws {
        let transport = ScriptedTransport { _, number in
            .json(["items": [Self.comment(number)], "next": .string("\(number)")])
        }
        for try await comment in try client(transport).comments(on: "pst_1") where comment.id == "cmt_3" { break }
        #expect(transport.requests.count == 3)
    }

    @Test func aPageThatNamesItselfEndsTheList() async throws {
        let transport = ScriptedTransport { _, _ in .json(["items": [], "next": "again"]) }
        await #expect(throws: PlazaError.self) {
            for try await _ in try client(transport).comments(on: "pst_1") {}
        }
        #expect(transport.requests.count == 2)
    }
}
