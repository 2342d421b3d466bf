import Accounts
import App
import Core
import Foundation
import HTTP
import HTTPTypes
import HTTPTesting
import PlazaTesting
import Testing

/// A file that comes over a live connection, in chunks: nobody says beforehand how long it is.
@Suite(.timeLimit(.minutes(15))) struct UploadTests {
    private static let file = "Handle,Title,Variant Price\nmug,Mug,9.50\njug,Jug,12\n"

    @Test func aFileInSmallPiecesIsOneFile() async throws {
        try await withUpload(isWorking: true) { plaza, ann, wire in
            for byte in Self.file { try await wire.send(Self.chunk(String(byte))) }
            try await wire.send("0\r\n\r\n")
            let answer = try #require(try await wire.response())
            #expect(answer.status == 202)
            #expect(answer.json["bytes"]?.integer == Int64(Self.file.utf8.count))
            try await plaza.settle()
            let id = try #require(answer.json["id"]?.string)
            let run = try await plaza.send(.get, "/v1/shops/kiln/imports/\(id)", as: ann)
            #expect(run.json["state"] == "done")
            #expect(run.json["products"]?["created"]?.integer == 2)
            #expect(plaza.spooled == [])
            // The connection serves the next request.
            #expect(try await wire.call("GET", "/livez").status == 200)
        }
    }

    @Test func aFileThatBreaksOffLeavesNothing() async throws {
        try await withUpload { plaza, ann, wire in
            try await wire.send(Self.chunk(Self.file))
            try await plaza.awaitSpooled(1)
        } afterwards: { plaza, ann in
            try await plaza.awaitSpooled(0)
            #expect(try await plaza.send(.get, "/v1/shops/kiln/imports", as: ann).items == [])
            // And keeps nobody from sending it again.
            let again = try await plaza.send(
                .post, "/v1/shops/kiln/imports", as: ann, headers: [.contentType: "text/csv"],
                bytes: Array(Self.file.utf8))
            #expect(again.status == .accepted)
        }
    }

    @Test func aFileThatTurnsOutTooLongIsRefusedAndRemoved() async throws {
        try await withUpload(bytesMax: 1_000) { plaza, ann, wire in
            try await wire.send(Self.chunk(String(repeating: "a", count: 1_000)))
            try await plaza.awaitSpooled(1)
            try await wire.send(Self.chunk("a"))
            let answer = try await wire.response()
            #expect(answer?.status == 413)
            #expect(answer?.code == "body_too_large")
            #expect(plaza.spooled == [])
            #expect(try await plaza.send(.get, "/v1/shops/kiln/imports", as: ann).items == [])
        }
    }

    /// A body that is read as it comes may take longer than one that is waited for.
    @Test func aFileOverASlowLineArrives() async throws {
        try await withUpload(receiveSeconds: 3) { plaza, ann, wire in
            for _ in 0..<5 {
                try await wire.send(Self.chunk(String(repeating: "a", count: 65_536)))
                try await Task.sleep(for: .seconds(1))
            }
            try await wire.send("0\r\n\r\n")
            let answer = try await wire.response()
            #expect(answer?.status == 202)
        }
    }

    @Test func aFileThatStopsComingIsGivenUp() async throws {
        try await withUpload(receiveSeconds: 1) { plaza, ann, wire in
            try await wire.send(Self.chunk(Self.file))
            let answer = try await wire.response()
            #expect(answer?.status == 408)
            #expect(answer?.code == "request_timeout")
            try await plaza.awaitSpooled(0)
        }
    }

    private static func chunk(_ text: String) -> String {
        "\(String(text.utf8.count, radix: 16))\r\n\(text)\r\n"
    }

    /// Begins an upload and lets `body` send it; hangs up before `afterwards`.
    private func withUpload(
        isWorking: Bool = false, receiveSeconds: Int64? = nil, bytesMax: Int? = nil,
        _ body: @escaping @Sendable (PlazaFixture, Person, inout Wire) async throws -> Void,
        afterwards: @escaping @Sendable (PlazaFixture, Person) async throws -> Void = { _, _ in }
    ) async throws {
        try await withPlaza(
            isWorking: isWorking, door: .live, receiveSeconds: receiveSeconds, uploadBytesMax: bytesMax
        ) { plaza in
            let ann = try await plaza.signUp("ann")
            _ = try await plaza.shop("kiln", by: ann)
            try await withWire(port: plaza.port) { wire in
                try await wire.send(
                    "POST /v1/shops/kiln/imports HTTP/1.1\r\nHost: plaza\r\nContent-Type: text/csv\r\n"
                        + "Authorization: Bearer \(ann.token)\r\nTransfer-Encoding: chunked\r\n\r\n")
                try await body(plaza, ann, &wire)
            }
            try await afterwards(plaza, ann)
        }
    }
}

extension PlazaFixture {
    /// Files that wait to be imported.
    fileprivate var spooled: [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: plaza.directory.file("imports"))) ?? []
    }

    /// Returns once there are so many.
    fileprivate func awaitSpooled(_ count: Int) async throws {
        while spooled.count != count { try await Task.sleep(for: .milliseconds(5)) }
    }
}

extension Plaza {
    /// Answers as a server does, and holds each request to its route's budget.
    func responder(uploadBytesMax: Int?) -> APIResponder {
        guard let uploadBytesMax else { return responder(enforcesBudgets: true) }
        var api = configuration.api
        api.enforcesBudgets = true
        let authenticator = accounts.authenticator
        let routes = routes.map { route in
            var route = route
            route.upload = route.upload.map { .init($0.contentType, $0.about, bytesMax: uploadBytesMax) }
            return route
        }
        return APIResponder(
            routes: routes,
            gate: RequestGate(
                authenticate: { token in try await authenticator.principal(for: token) },
                admit: { _, _, _ in .allowed }),
            configuration: api, random: random, clock: clock, registry: registry, logger: logger)
    }
}
