import Accounts
import App
import Core
import Events
import HTTP
import HTTPTesting
import HTTPTypes
import Jobs
import Logging
import NIOCore
import PlazaTesting
import Presence
import Realtime
import ServiceLifecycle
import Synchronization
import Testing

/// A whole house in a directory of its own, as a client sees it. Every answer is held to what its route declares.
struct PlazaFixture: Sendable {
    static let password = "correct horse battery"

    let plaza: Plaza
    let clock: ManualClock
    let contract: Contract
    private let client: TestDoorClient
    private let work: Work?

    struct Work {
        let worker: JobWorker
        let bus: EventBus
        let presence: PresenceService
    }

    init(plaza: Plaza, clock: ManualClock, client: TestDoorClient, work: Work?) {
        self.plaza = plaza
        self.clock = clock
        self.client = client
        self.work = work
        contract = Contract(routes: plaza.routes)
    }

    /// The port of a house that listens; 0 without.
    var port: Int { client.port ?? 0 }

    /// Sends a request and holds its answer to the route's description.
    func send(
        _ method: HTTPRequest.Method, _ path: String, as person: Person? = nil, headers: HTTPFields = [:],
        body: JSON? = nil, bytes: [UInt8]? = nil
    ) async throws -> Answer {
        var headers = headers
        if let person {
            headers[.authorization] = "Bearer \(person.token)"
            headers[.forwardedFor] = person.address
        }
        if body != nil { headers[.contentType] = headers[.contentType] ?? "application/json" }
        let content = bytes ?? body.map { Array($0.text.utf8) }
        let (head, bytes) = try await client.send(method, path, headers, content.map { ByteBuffer(bytes: $0) })
        let answer = Answer(status: head.status, headers: head.headerFields, bytes: Array(bytes.readableBytesView))
        contract.check(answer, to: method, path)
        return answer
    }

    /// Signs somebody up, from an address of their own.
    func signUp(_ handle: String) async throws -> Person {
        let address = contract.nextAddress()
        let answer = try await send(
            .post, "/v1/accounts", headers: [.forwardedFor: address],
            body: ["handle": .string(handle), "password": .string(Self.password), "display_name": .string(handle)])
        #expect(answer.status == .created)
        return try Person(answer.json, address: address)
    }

    func signIn(_ handle: String, password: String = Self.password) async throws -> Person {
        let address = contract.nextAddress()
        let answer = try await send(
            .post, "/v1/sessions", headers: [.forwardedFor: address],
            body: ["login": .string(handle), "password": .string(password)])
        #expect(answer.status == .created)
        return try Person(answer.json, address: address)
    }

    func administrator() async throws -> Person {
        let made = try await plaza.accounts.ensureAdministrator { _, _ in }
        let administrator = try #require(made)
        return try await signIn(administrator.handle, password: administrator.password)
    }

    /// Publishes a post.
    /// - Returns: its id.
    func publish(_ caption: String = "New bowls", visibility: String = "public", by person: Person) async throws
        -> String
    {
        let answer = try await send(
            .post, "/v1/posts", as: person, body: ["caption": .string(caption), "visibility": .string(visibility)])
        return try #require(answer.json["id"]?.string)
    }

    func befriend(_ one: Person, _ other: Person) async throws {
        let asked = try await send(.post, "/v1/friend-requests", as: one, body: ["account": .string(other.id)])
        let request = try #require(asked.json["id"]?.string)
        let accepted = try await send(.post, "/v1/friend-requests/\(request)/accept", as: other)
        #expect(accepted.status.kind == .successful)
    }

    /// Returns once what follows from the writes so far has happened.
    func settle() async throws {
        let work = try #require(work, "the house must be working")
        try await work.worker.idle()
        try await work.bus.caughtUp()
    }
}

/// Somebody with a session.
struct Person: Sendable {
    let id: String
    let handle: String
    let session: String
    let token: String
    let refreshToken: String
    let address: String

    init(_ signedIn: JSON, address: String) throws {
        id = try #require(signedIn["account"]?["id"]?.string)
        handle = try #require(signedIn["account"]?["handle"]?.string)
        session = try #require(signedIn["session"]?["id"]?.string)
        token = try #require(signedIn["session"]?["access_token"]?.string)
        refreshToken = try #require(signedIn["session"]?["refresh_token"]?.string)
        self.address = address
    }
}

struct Answer: Sendable {
    let status: HTTPResponse.Status
    let headers: HTTPFields
    let bytes: [UInt8]

    var json: JSON { (try? JSONParser.parse(bytes)) ?? .null }
    /// A problem's code.
    var code: String? { json["code"]?.string }
    /// Pointers and codes of a problem's fields: `/handle too_short`.
    var faults: [String] {
        json["errors"]?.array?.map { "\($0["pointer"]?.string ?? "") \($0["code"]?.string ?? "")" } ?? []
    }
    var items: [JSON] { json["items"]?.array ?? [] }
    var next: String? { json["next"]?.string }
}

extension HTTPField.Name {
    static let forwardedFor = HTTPField.Name("X-Forwarded-For") ?? .from
    static let requestID = HTTPField.Name("X-Request-Id") ?? .from
    static let serverTiming = HTTPField.Name("Server-Timing") ?? .from
    static let rateLimit = HTTPField.Name("RateLimit") ?? .from
    static let rateLimitPolicy = HTTPField.Name("RateLimit-Policy") ?? .from
}

/// Builds a house, opens its door and tears it down.
/// - Parameters:
///   - settings: of `PLAZA_…` keys. Without, nobody is limited in rate.
///   - isWorking: whether jobs and event consumers run.
///   - door: `.router` for requests without a socket; `.live` listens.
///   - receiveSeconds: that a client may take for a request's head and body.
///   - heartbeatTicks: seconds between two pings of a socket.
///   - uploadBytesMax: of every route that takes a file; what it declares when nil.
func withPlaza(
    _ settings: [String: String] = [:], isWorking: Bool = false, door: TestDoor = .router,
    receiveSeconds: Int64? = nil, uploadBytesMax: Int? = nil, heartbeatTicks: Int? = nil,
    _ body: @escaping @Sendable (PlazaFixture) async throws -> Void
) async throws {
    try await withTemporaryDirectory { directory in
        let clock = ManualClock()
        let defaults = [
            "PLAZA_DATA_DIR": directory, "PLAZA_TRUSTED_PROXIES": "127.0.0.1,::1", "PLAZA_RATE_READ": "0",
            "PLAZA_RATE_WRITE": "0", "PLAZA_RATE_CREDENTIALS": "0", "PLAZA_RATE_SEARCH": "0",
        ]
        let logger = Logger(label: "plaza.test") { _ in SwiftLogNoOpLogHandler() }
        var configuration = try Configuration(flags: defaults.merging(settings) { $1 })
        // Where requests come from that need no socket.
        configuration.api.trustedProxies.insert("local")
        if let receiveSeconds { configuration.api.receiveSeconds = receiveSeconds }
        if let heartbeatTicks { configuration.realtime.heartbeatTicks = heartbeatTicks }
        let plaza = try await Plaza(
            configuration, clock: clock.wall, random: .seeded(7),
            passwordCost: ScryptCost(logN: 10, blockSize: 8, parallelism: 1), checksPlans: true, logger: logger)
        let responder = plaza.responder(uploadBytesMax: uploadBytesMax)
        let work =
            isWorking
            ? PlazaFixture.Work(
                worker: try plaza.makeWorker(), bus: plaza.makeBus(), presence: plaza.presence) : nil
        do {
            try await whileWorking(work, logger) {
                plaza.hub.start(owners: plaza.channelOwners, observer: plaza.presence)
                defer { plaza.hub.stop() }
                try await door.open(
                    to: responder, plaza.configuration.api, logger, onStopping: { plaza.hub.drain() }
                ) { client in
                    try await body(PlazaFixture(plaza: plaza, clock: clock, client: client, work: work))
                }
                await plaza.hub.untilEmpty()
            }
        } catch {
            await plaza.close()
            throw error
        }
        await plaza.close()
    }
}

private func whileWorking(
    _ work: PlazaFixture.Work?, _ logger: Logger, _ body: @escaping @Sendable () async throws -> Void
) async throws {
    guard let work else { return try await body() }
    let services = ServiceGroup(
        configuration: ServiceGroupConfiguration(services: [work.worker, work.bus, work.presence], logger: logger))
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await services.run() }
        let outcome: Result<Void, any Error>
        do { outcome = .success(try await body()) } catch { outcome = .failure(error) }
        await services.triggerGracefulShutdown()
        try await group.waitForAll()
        try outcome.get()
    }
}
