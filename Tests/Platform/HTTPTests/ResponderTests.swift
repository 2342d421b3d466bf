import CZlib
import Core
import HTTPTypes
import PlazaTesting
import Storage
import Telemetry
import Testing

@testable import HTTP

@Suite struct ResponderTests {
    private struct Secret: Error {}

    private func failing(_ error: any Error) -> Route {
        Route(
            .get, "/fails", "Fails", tag: "test", access: .anyone, answers: [.init(.ok, "Never")], statementsMax: 0
        ) { _ in throw error }
    }

    @Test func whatNobodyForesawIsAnswered500WithoutInternals() async throws {
        let errors: [any Error] = [
            Secret(), StorageError.engine(code: 11, message: "secret: malformed image", sql: "SELECT secret"),
            StorageError.constraint("secret.column"), StorageError.tableScan(plan: "secret", sql: "SELECT secret"),
            StorageError.divergedSchema(migration: "secret"),
        ]
        for error in errors {
            try await withAPI([failing(error)]) { api in
                let answer = try await api.send(.get, "/fails")
                #expect(answer.status == .internalServerError)
                #expect(answer.json["code"] == "internal_error")
                #expect(answer.json["retryable"] == false)
                let text = String(decoding: answer.bytes, as: UTF8.self)
                #expect(!text.lowercased().contains("secret"), "\(error)")
            }
        }
    }

    @Test(arguments: [
        (StorageError.overloaded, "overloaded"), (.deadlineExceeded, "deadline_exceeded"),
        (.diskFull, "storage_unavailable"), (.readOnly(path: "/secret"), "storage_unavailable"),
        (.closed, "shutting_down"), (.inUse(path: "/secret"), "overloaded"),
    ])
    func whatPassesIsAnswered503WithATimeToComeBack(_ error: StorageError, _ code: String) async throws {
        try await withAPI([failing(error)]) { api in
            let answer = try await api.send(.get, "/fails")
            #expect(answer.status == .serviceUnavailable)
            #expect(answer.json["code"]?.string == code)
            #expect(answer.json["retryable"] == true)
            #expect(answer.headers[.retryAfter] != nil)
        }
    }

    @Test func aRouteThatPassesItsBudgetFailsItsTest() async throws {
        let greedy = Route(
            .get, "/greedy", "Asks too much", tag: "test", access: .anyone, answers: [.init(.noContent, "Done")],
            statementsMax: 2
        ) { _ in
            WorkScope.current?.add(statements: 3, nanoseconds: 1)
            return .noContent
        }
        try await withAPI([greedy]) { api in
            let answer = try await api.send(.get, "/greedy")
            #expect(answer.json["code"] == "statement_budget_passed")
            #expect(answer.headers[.serverTiming]?.contains("3 statements") == true)
        }
    }

    @Test func fixedSegmentsComeBeforeParameters() async throws {
        func route(_ path: String) -> Route {
            Route(.get, path, path, tag: "test", access: .anyone, answers: [.init(.ok, "Path")], statementsMax: 0) {
                request in
                .object { json in
                    json.member("route", path)
                    json.member("given", request.parameters.map { "\($0.name)=\($0.value)" }.joined(separator: "&"))
                }
            }
        }
        try await withAPI([route("/a/{x}"), route("/a/b"), route("/a/{x}/{y}")]) { api in
            for (path, expected, given) in [
                ("/a/b", "/a/b", ""), ("/a/c", "/a/{x}", "x=c"), ("/a/c/d", "/a/{x}/{y}", "x=c&y=d"),
                ("/a/c/", "/a/{x}", "x=c"),
            ] {
                let answer = try await api.send(.get, path)
                #expect(answer.json["route"]?.string == expected, "\(path)")
                #expect(answer.json["given"]?.string == given, "\(path)")
            }
        }
    }

    @Test func whatIsCompressedComesBackWhole() async throws {
        let text = String(repeating: "bowls of clay and glaze, ", count: 400)
        let long = Route(
            .get, "/long", "Long", tag: "test", access: .anyone, answers: [.init(.ok, "Text")], statementsMax: 0
        ) { _ in .object { $0.member("text", text) } }
        try await withAPI([long]) { api in
            let answer = try await api.send(.get, "/long", headers: [.acceptEncoding: "gzip"])
            #expect(answer.headers[.contentEncoding] == "gzip")
            #expect(answer.bytes.count < text.utf8.count / 10)
            let plain = try inflate(answer.bytes, upTo: 20_000)
            #expect(try JSONParser.parse(plain)["text"]?.string == text)
        }
    }

    private func inflate(_ bytes: [UInt8], upTo count: Int) throws -> [UInt8] {
        var stream = z_stream()
        try #require(
            inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK)
        defer { inflateEnd(&stream) }
        var input = bytes
        return [UInt8](unsafeUninitializedCapacity: count) { output, written in
            input.withUnsafeMutableBufferPointer { input in
                stream.next_in = input.baseAddress
                stream.avail_in = UInt32(input.count)
                stream.next_out = output.baseAddress
                stream.avail_out = UInt32(output.count)
                let code = CZlib.inflate(&stream, Z_FINISH)
                written = code == Z_STREAM_END ? output.count - Int(stream.avail_out) : 0
            }
        }
    }

    @Test func requestsAreCountedByRouteAndStatus() async throws {
        try await withAPI([hello]) { api in
            for path in ["/hello", "/hello", "/nothing"] { _ = try await api.send(.get, path) }
            let metrics = String(decoding: api.registry.prometheusText(), as: UTF8.self)
            #expect(metrics.contains("GET /hello"))
            #expect(metrics.contains("unmatched"))
            #expect(!metrics.contains("/nothing"), "a label from what a client sends is unbounded")
        }
    }
}
