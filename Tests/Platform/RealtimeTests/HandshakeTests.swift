import NIOHTTP1
import Testing

@testable import Realtime

@Suite struct HandshakeTests {
    private static let fields = [
        ("Host", "plaza.example"), ("Upgrade", "websocket"), ("Connection", "keep-alive, Upgrade"),
        ("Sec-WebSocket-Version", "13"), ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ]

    /// - Parameter changes: fields in place of those of the same name; nil takes one out.
    private func accept(
        _ changes: KeyValuePairs<String, String?> = [:], method: HTTPMethod = .GET, version: HTTPVersion = .http1_1
    ) throws(Handshake.Refusal) -> [String: String] {
        var headers = HTTPHeaders(Self.fields)
        for (name, value) in changes {
            headers.remove(name: name)
            if let value { headers.add(name: name, value: value) }
        }
        let head = HTTPRequestHead(version: version, method: method, uri: "/v1/realtime", headers: headers)
        return Dictionary(
            uniqueKeysWithValues: try Handshake.accept(head, allowedOrigins: ["https://shop.example"])
                .map { ($0.name, $0.value) })
    }

    /// The key and answer of RFC 6455 §1.3.
    @Test func theKeyIsAnsweredAsTheStandardSays() throws {
        let fields = try accept()
        #expect(fields["Sec-WebSocket-Accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
        #expect(fields["Upgrade"] == "websocket")
        #expect(fields["Connection"] == "Upgrade")
        #expect(fields["Sec-WebSocket-Protocol"] == nil)
    }

    @Test func theSubprotocolIsChosenAmongThoseOffered() throws {
        let fields = try accept(["Sec-WebSocket-Protocol": "mqtt, plaza.v1.json"])
        #expect(fields["Sec-WebSocket-Protocol"] == "plaza.v1.json")
        #expect(throws: Handshake.Refusal.otherSubprotocol) { try accept(["Sec-WebSocket-Protocol": "mqtt"]) }
    }

    @Test func aBrowserMayComeFromHereAndFromWhereItIsAllowed() throws {
        for origin in ["https://plaza.example", "http://plaza.example", "https://shop.example"] {
            _ = try accept(["Origin": origin])
        }
        for origin in [
            "https://evil.example", "null", "https://plaza.example.evil.example", "https://shop.example:8443",
        ] {
            #expect(throws: Handshake.Refusal.foreignOrigin) { try accept(["Origin": origin]) }
        }
    }

    @Test func aRequestThatIsNoHandshakeIsToldWhatIsMissing() {
        #expect(throws: Handshake.Refusal.notWebSocket) { try accept(["Upgrade": "h2c"]) }
        #expect(throws: Handshake.Refusal.notWebSocket) { try accept(["Connection": "keep-alive"]) }
        #expect(throws: Handshake.Refusal.notWebSocket) { try accept(method: .POST) }
        #expect(throws: Handshake.Refusal.notWebSocket) { try accept(version: .http1_0) }
        for version in ["8", "14", "", nil] {
            #expect(throws: Handshake.Refusal.wrongVersion) { try accept(["Sec-WebSocket-Version": version]) }
        }
        for key in [nil, "", "c2hvcnQ=", "dGhlIHNhbXBsZSBub25jZQ=!", "dGhlIHNhbXBsZSBub25jZSBsb25nZXI="] {
            #expect(throws: Handshake.Refusal.badKey) { try accept(["Sec-WebSocket-Key": key]) }
        }
    }
}
