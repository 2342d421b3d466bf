package import Core
import Dispatch
import HTTPTypes
package import Hummingbird
package import Logging
import NIOCore
import NIOHTTP1
import Storage
package import Telemetry

/// Takes a request from its bytes to its answer: match, identify, admit, check, call, translate.
///
/// Everything up to the handler is decided from the ``Route``. No error leaves here without being a ``Problem``.
package struct APIResponder: HTTPResponder {
    package typealias Context = APIContext

    private static let idempotencyKeyLengthMax = 128

    let table: RouteTable
    let gate: RequestGate
    let configuration: APIConfiguration
    let requestIDs: RequestIDs
    let metrics: [RouteMetrics]
    let unmatched: RouteMetrics
    let clock: WallClock
    let logger: Logger
    /// Where large answers are packed, one after the other.
    let largeAnswers = DispatchQueue(label: "plaza.http.large")

    package init(
        routes: [Route], gate: RequestGate, configuration: APIConfiguration, random: RandomSource, clock: WallClock,
        registry: MetricRegistry, logger: Logger
    ) {
        table = RouteTable(routes)
        self.gate = gate
        self.configuration = configuration
        self.clock = clock
        requestIDs = RequestIDs(random: random)
        metrics = routes.map { RouteMetrics(route: "\($0.method.rawValue) \($0.path)", registry: registry) }
        unmatched = RouteMetrics(route: "unmatched", registry: registry)
        self.logger = logger
    }

    /// For a client inside the process.
    package func respond(to request: Request, context: APIContext) async throws -> Response {
        try await respond(to: request, peer: context.channel.remoteAddress?.ipAddress ?? "local").asResponse
    }

    /// - Parameter peer: the address at the other end of the connection.
    /// - Throws: what the connection says when the body breaks off: there is nothing left to answer then.
    func respond(to request: Request, peer: String) async throws -> OutgoingResponse {
        let start = monotonicNanoseconds()
        let requestID = requestIDs.next()
        var exchange = Exchange(request: request, requestID: requestID, start: start)
        if request.method == .options, let preflight = preflight(request, requestID) {
            return await finish(preflight, exchange)
        }

        var reply: Reply
        switch table.match(request.method, request.uri.path) {
        case .found(let index, let parameters):
            let route = table.routes[index]
            exchange.route = route
            exchange.metrics = metrics[index]
            let scope = WorkScope(deadline: start + UInt64(route.deadlineSeconds) * 1_000_000_000)
            exchange.scope = scope
            do {
                reply = try await WorkScope.$current.withValue(scope) {
                    try await answer(exchange, route: route, parameters: parameters, peer: peer)
                }
                try checkBudget(of: route, scope: scope)
            } catch let error as HTTPParserFailure {
                throw error.underlying
            } catch {
                reply = self.reply(to: error, requestID: requestID, route: route)
            }
        case .otherMethod(let methods):
            var problem = Problem(.methodNotAllowed, "method_not_allowed", "This path takes other methods: see Allow.")
            problem.headers[.allow] = methods.map(\.rawValue).joined(separator: ", ")
            reply = Reply(problem, requestID: requestID)
        case .none:
            reply = Reply(
                .notFound("route_not_found", "There is nothing at this path: see /openapi.json."), requestID: requestID)
        }
        return await finish(reply, exchange)
    }

    /// What takes over a connection that asks for it with this request.
    func upgrade(for head: HTTPRequestHead) -> (any ConnectionUpgrade)? {
        guard head.method == .GET, head.headers.contains(name: "Upgrade") else { return nil }
        let uri = head.uri.utf8
        let path = String(head.uri[..<(uri.firstIndex { $0 == UInt8(ascii: "?") } ?? uri.endIndex)])
        guard case .found(let index, _) = table.match(.get, path) else { return nil }
        return table.routes[index].upgrade
    }

    // MARK: Before the handler

    private func answer(
        _ exchange: Exchange, route: Route, parameters: [(name: String, value: String)], peer: String
    ) async throws -> Reply {
        let request = exchange.request
        let address = address(peer: peer, forwarded: request.headers[.forwardedFor])
        let principal: Principal?
        do {
            principal = try await self.principal(of: request, for: route.access)
        } catch {
            // Whoever guesses tokens is counted by address, as nobody is known yet.
            try admit(route.rateClass, nil, address)
            throw error
        }
        try admit(route.rateClass, principal, address)
        let query = try query(of: request, for: route)
        if route.needsIdempotencyKey { try checkIdempotencyKey(of: request) }
        let body = try await body(of: request, for: route)
        return try await route.handler(
            RouteRequest(
                id: exchange.requestID, method: request.method, path: request.uri.path, headers: request.headers,
                address: address, principal: principal, parameters: parameters, query: query, body: body.value,
                bytes: body.bytes, upload: try upload(of: request, for: route)))
    }

    private func principal(of request: Request, for access: Route.Access) async throws -> Principal? {
        if access == .anyone { return nil }
        guard let header = request.headers[.authorization] else {
            if access == .visitor { return nil }
            throw Problem.unauthenticated
        }
        let prefix = "bearer "
        guard header.utf8.count > prefix.utf8.count, header.prefix(prefix.count).lowercased() == prefix else {
            throw Problem(.unauthorized, "invalid_token", "Authorization must be: Bearer and an access token.")
        }
        let principal = try await gate.authenticate(String(header.dropFirst(prefix.count)))
        if case .role(let role) = access, principal.role < role {
            throw Problem(.forbidden, "role_required", "This needs the role \(role.name).")
        }
        return principal
    }

    private func admit(_ rateClass: Route.RateClass, _ principal: Principal?, _ address: String) throws {
        guard case .limited(let count, let perSeconds, let retryAfter) = gate.admit(rateClass, principal, address)
        else {
            return
        }
        throw Problem(
            .tooManyRequests, "rate_limited", "More than \(count) requests of this kind in \(perSeconds) seconds."
        ).limited(
            by: rateClass.rawValue, count: Int64(count), perSeconds: Int64(perSeconds),
            retryAfterSeconds: Int64(retryAfter))
    }

    private func checkIdempotencyKey(of request: Request) throws {
        guard let key = request.headers[.idempotencyKey], !key.isEmpty else {
            throw Problem(
                .badRequest, "idempotency_key_missing",
                "Name this request in Idempotency-Key, a new text for each, so that it can be sent again.")
        }
        guard key.utf8.count <= Self.idempotencyKeyLengthMax, key.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw Problem(
                .badRequest, "invalid_idempotency_key",
                "Idempotency-Key must be 1 to \(Self.idempotencyKeyLengthMax) visible ASCII characters.")
        }
    }

    /// The nearest address that is not a proxy of ours.
    /// - Parameter forwarded: the value of `X-Forwarded-For`.
    func address(peer: String, forwarded: @autoclosure () -> String?) -> String {
        guard !configuration.trustedProxies.isEmpty, configuration.trustedProxies.contains(peer),
            let forwarded = forwarded()
        else { return peer }
        let hops = forwarded.split(separator: ",").map { String($0.drop { $0 == " " }) }
        return hops.last { !configuration.trustedProxies.contains($0) } ?? peer
    }

    private func query(of request: Request, for route: Route) throws -> [(name: String, value: String)] {
        guard request.uri.query != nil else { return [] }
        var problems: [FieldProblem] = []
        var values: [(name: String, value: String)] = []
        for (name, value) in request.uri.queryParameters {
            let (name, value) = (String(name), String(value))
            if name.isEmpty, value.isEmpty { continue }
            guard let parameter = route.query.first(where: { $0.name == name }) else {
                problems.append(FieldProblem(pointer: name, code: "unknown_parameter", message: "is not taken here"))
                continue
            }
            if values.contains(where: { $0.name == name }) {
                problems.append(FieldProblem(pointer: name, code: "repeated_parameter", message: "is given twice"))
            }
            problems += parameter.schema.problems(inParameter: value, named: name)
            values.append((name, value))
        }
        guard problems.isEmpty else { throw Problem.invalidFields(problems) }
        return values
    }

    // MARK: After the handler

    private func checkBudget(of route: Route, scope: WorkScope) throws {
        // The session of a caller who is not in the cache costs one more.
        guard scope.statements > route.statementsMax + (route.access == .anyone ? 0 : 1) else { return }
        logger.error(
            "statement budget passed",
            metadata: [
                "http.route": "\(route.path)", "statements": "\(scope.statements)", "max": "\(route.statementsMax)",
            ])
        if configuration.enforcesBudgets {
            throw Problem(
                .internalServerError, "statement_budget_passed",
                "\(scope.statements) statements where \(route.statementsMax) are allowed.")
        }
    }

    private func reply(to error: any Error, requestID: String, route: Route) -> Reply {
        let problem = Problem(error)
        if problem.status == .internalServerError {
            logger.error(
                "request failed",
                metadata: ["error": "\(error)", "http.route": "\(route.path)", "request.id": "\(requestID)"])
        }
        return Reply(problem, requestID: requestID)
    }

    private func preflight(_ request: Request, _ requestID: String) -> Reply? {
        guard request.headers[.accessControlRequestMethod] != nil, let origin = request.headers[.origin] else {
            return nil
        }
        guard configuration.allowedOrigins.contains(origin) else {
            let problem = Problem(
                .forbidden, "origin_not_allowed", "Browsers may not call from this origin: see PLAZA_ALLOWED_ORIGINS.")
            return Reply(problem, requestID: requestID)
        }
        return Reply(
            .noContent,
            headers: [
                .accessControlAllowMethods: "GET, POST, PUT, PATCH, DELETE",
                .accessControlAllowHeaders: "Authorization, Content-Type, Idempotency-Key, If-None-Match",
                .accessControlMaxAge: "7200",
            ])
    }
}

/// One request on its way.
struct Exchange {
    let request: Request
    let requestID: String
    let start: UInt64
    var route: Route?
    var metrics: RouteMetrics?
    var scope: WorkScope?
}

/// The connection's bytes are not HTTP any more: nothing can be answered on it.
struct HTTPParserFailure: Error {
    let underlying: any Error
}

extension HTTPField.Name {
    static let rateLimit = named("RateLimit")
    static let rateLimitPolicy = named("RateLimit-Policy")
    static let forwardedFor = named("X-Forwarded-For")
    static let requestID = named("X-Request-Id")
    static let serverTiming = named("Server-Timing")
    static let contentTypeOptions = named("X-Content-Type-Options")
    static let referrerPolicy = named("Referrer-Policy")
    static let frameOptions = named("X-Frame-Options")
    package static let idempotencyKey = named("Idempotency-Key")

    private static func named(_ name: String) -> HTTPField.Name {
        guard let field = HTTPField.Name(name) else { preconditionFailure("\(name) is a field name") }
        return field
    }
}
