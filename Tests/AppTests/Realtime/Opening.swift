import App
import Core
import HTTPTypes
import PlazaTesting
import Realtime
import Testing

/// The request that opens a socket, right unless told otherwise.
struct Opening {
    /// Key and answer of RFC 6455 §1.3.
    static let accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

    var path = "/v1/realtime"
    var token: String?
    var origin: String?
    var key: String? = "dGhlIHNhbXBsZSBub25jZQ=="
    var version: String? = "13"
    var upgrade = "websocket"
    var protocols: String?
    var more = ""

    static func ticket(_ ticket: String) -> Opening {
        Opening(path: "/v1/realtime?ticket=\(ticket)")
    }

    var text: String {
        let fields = [
            ("Host", "plaza"), ("Connection", "keep-alive, Upgrade"), ("Upgrade", upgrade),
            ("Authorization", token.map { "Bearer \($0)" }), ("Origin", origin), ("Sec-WebSocket-Key", key),
            ("Sec-WebSocket-Version", version), ("Sec-WebSocket-Protocol", protocols),
        ]
        return fields.reduce("GET \(path) HTTP/1.1\r\n") { text, field in
            field.1.map { "\(text)\(field.0): \($0)\r\n" } ?? text
        } + more + "\r\n"
    }
}

extension PlazaFixture {
    /// Sends a handshake, reads its answer and hangs up.
    func handshake(_ handshake: Opening) async throws -> Wire.Response {
        try await withWire(port: port) { wire in
            try await wire.send(handshake.text)
            return try #require(try await wire.response())
        }
    }

    func ticket(for person: Person) async throws -> String {
        let answer = try await send(.post, "/v1/realtime/tickets", as: person)
        #expect(answer.status == .created)
        return try #require(answer.json["ticket"]?.string)
    }

    /// Returns once no place is taken by somebody's sockets. Of its own accord each goes soon after its connection.
    func hasNoSocket(of person: Person) async {
        guard let account = ID<Account>(person.id) else { return }
        while plaza.hub.isOnline(account), (try? await Task.sleep(for: .milliseconds(5))) != nil {}
        #expect(!plaza.hub.isOnline(account))
    }
}

extension Wire {
    mutating func answersPing() async throws -> Bool {
        try await send(Wire.textFrame(#"{"id":99,"ping":{}}"#))
        return try await line { $0["id"] == 99 }["ok"] != nil
    }

    /// The close frame, after which nothing comes.
    mutating func close() async throws -> Frame? {
        while let frame = try await frame() {
            guard frame.opcode == 8 else { continue }
            return frame
        }
        return nil
    }

    /// Whether the server gives up on the request.
    mutating func isRefusedInTime() async -> Bool {
        do {
            guard let answer = try await response() else { return true }
            return answer.status == 408
        } catch {
            return true
        }
    }
}
