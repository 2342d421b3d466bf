import Core
import HTTP
import HTTPTypes
import Synchronization
import Testing

/// What the routes declare, and what has been seen of it.
final class Contract: Sendable {
    private struct Seen {
        var requestIDs: Set<String> = []
        var succeeded: Set<Int> = []
        var addressCount = 0
    }

    let table: RouteTable
    private let seen = Mutex(Seen())

    init(routes: [Route]) {
        table = RouteTable(routes)
    }

    /// Routes that have not answered a request with success; those that open sockets cannot without one.
    var untried: [String] {
        let succeeded = seen.withLock(\.succeeded)
        return table.routes.enumerated().filter {
            !succeeded.contains($0.offset) && $0.element.upgrade == nil
        }.map {
            "\($0.element.method) \($0.element.path)"
        }
    }

    /// An address that nobody else in this house has.
    func nextAddress() -> String {
        let count = seen.withLock { seen in
            seen.addressCount += 1
            return seen.addressCount
        }
        return "198.51.100.\(count)"
    }

    /// Records an issue for whatever is not as declared.
    func check(_ answer: Answer, to method: HTTPRequest.Method, _ path: String) {
        let name = "\(method) \(path) answered \(answer.status.code)"
        checkHeaders(answer, name)
        let isProblem = answer.headers[.contentType] == "application/problem+json"
        #expect(isProblem == (answer.status.code >= 400 && path.split(separator: "?").first != "/readyz"), "\(name)")
        if isProblem, method != .head { checkProblem(answer, name) }
        let bare = String(path.split(separator: "?", omittingEmptySubsequences: false).first ?? "")
        guard case .found(let index, _) = table.match(method, bare) else {
            let codes = ["method_not_allowed", "route_not_found", "origin_not_allowed"]
            #expect(codes.contains(answer.code ?? "") || !isProblem || method == .head, "\(name)")
            return
        }
        let route = table.routes[index]
        #expect(
            route.tellsTiming
                ? answer.headers[.serverTiming]?.contains("total;dur=") == true
                : answer.headers[.serverTiming] == nil, "\(name)")
        if answer.status.code < 300 { _ = seen.withLock { $0.succeeded.insert(index) } }
        guard method != .head else { return }
        if isProblem { checkCode(answer, of: route, name) } else { checkContent(answer, of: route, name) }
    }

    private func checkHeaders(_ answer: Answer, _ name: String) {
        guard let id = answer.headers[.requestID] else {
            Issue.record("\(name) without a request id")
            return
        }
        let isNew = seen.withLock { $0.requestIDs.insert(id).inserted }
        #expect(isNew, "\(name) with a request id that was used")
        #expect(answer.headers[.xContentTypeOptions] == "nosniff", "\(name)")
    }

    private static let problem = Schema.object([
        .required("type", .choice(["about:blank"])), .required("title", .text(1...60)),
        .required("status", .integer(400...599)), .required("code", .text(1...60)),
        .required("detail", .text(1...400)), .required("retryable", .boolean),
        .required("request_id", .id("req")),
        .optional(
            "errors",
            .array(
                .object([
                    .required("pointer", .text(0...200)), .required("code", .text(1...60)),
                    .required("message", .text(1...200)), .optional("current", .anything),
                ]), count: 1...100)),
    ])

    private func checkProblem(_ answer: Answer, _ name: String) {
        #expect(Self.problem.problems(in: answer.json) == [], "\(name): \(answer.json.text)")
        #expect(answer.json["status"]?.integer == Int64(answer.status.code), "\(name)")
        #expect(answer.json["request_id"]?.string == answer.headers[.requestID], "\(name)")
        #expect(answer.code?.isSnakeCase == true, "\(name): \(answer.json.text)")
        let retryAfter = answer.headers[.retryAfter].flatMap { Int($0) }
        #expect(answer.json["retryable"]?.bool == (retryAfter != nil), "\(name)")
        #expect(answer.status.code < 500 || answer.status == .serviceUnavailable, "\(name): \(answer.json.text)")
        let said = String(decoding: answer.bytes, as: UTF8.self)
        for internals in ["SELECT", "sqlite", "Error(", ".swift", "plaza-test"] {
            #expect(!said.contains(internals), "\(name) tells of \(internals): \(said)")
        }
    }

    private func checkCode(_ answer: Answer, of route: Route, _ name: String) {
        let isDeclared = route.answers.contains { $0.status == answer.status && $0.about == answer.code }
        let isCommon = CommonProblem.of(route).contains { $0.status == answer.status && $0.code == answer.code }
        #expect(isDeclared || isCommon, "\(name) with \(answer.code ?? "nothing"), which it does not declare")
    }

    private func checkContent(_ answer: Answer, of route: Route, _ name: String) {
        if answer.status == .notModified {
            #expect(route.hasETag && answer.bytes.isEmpty, "\(name)")
            return
        }
        let declared = route.answers.filter { $0.status == answer.status }
        guard let declaration = declared.first(where: { $0.contentType != "application/problem+json" }) else {
            Issue.record("\(name), which it does not declare")
            return
        }
        guard let type = answer.headers[.contentType] else {
            #expect(answer.bytes.isEmpty && declaration.schema == nil, "\(name) without a type")
            return
        }
        #expect(type.hasPrefix(declaration.contentType), "\(name) as \(type)")
        guard let schema = declaration.schema, answer.headers[.contentEncoding] == nil else { return }
        #expect(schema.problems(in: answer.json) == [], "\(name): \(answer.json.text.prefix(2_000))")
    }
}
