import Core
import Crypto
package import NIOHTTP1

/// The opening handshake, the server's side (RFC 6455 §4.2), without I/O.
package enum Handshake {
    package static let subprotocol = "plaza.v1.json"
    private static let guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
    private static let keyLength = 16

    /// What is wrong with a request that would open a socket.
    package enum Refusal: Error, Equatable {
        /// It asks for no upgrade to WebSocket.
        case notWebSocket
        /// RFC 6455 §4.4: the version that is spoken is said in the answer.
        case wrongVersion
        case badKey
        case otherSubprotocol
        /// A browser's page from elsewhere.
        case foreignOrigin
    }

    /// - Parameter allowedOrigins: beside the server itself, as its `Host` names it.
    /// - Returns: the header fields of the answer `101 Switching Protocols`.
    package static func accept(
        _ head: HTTPRequestHead, allowedOrigins: Set<String>
    ) throws(Refusal) -> [(name: String, value: String)] {
        let headers = head.headers
        guard head.method == .GET, head.version == .http1_1, headers.holds("websocket", in: "Upgrade"),
            headers.holds("upgrade", in: "Connection")
        else { throw .notWebSocket }
        guard headers["Sec-WebSocket-Version"] == ["13"] else { throw .wrongVersion }
        let keys = headers["Sec-WebSocket-Key"]
        guard keys.count == 1, let key = keys.first, isKey(key) else { throw .badKey }
        if let origin = headers.first(name: "Origin"), !isAllowed(origin, headers, allowedOrigins) {
            throw .foreignOrigin
        }
        var fields = [
            (name: "Upgrade", value: "websocket"), (name: "Connection", value: "Upgrade"),
            (name: "Sec-WebSocket-Accept", value: answer(to: key)),
        ]
        let offered = headers[canonicalForm: "Sec-WebSocket-Protocol"]
        if !offered.isEmpty {
            guard offered.contains(where: { $0 == subprotocol }) else { throw .otherSubprotocol }
            fields.append((name: "Sec-WebSocket-Protocol", value: subprotocol))
        }
        return fields
    }

    static func answer(to key: String) -> String {
        // Twenty bytes: one character of padding, which the URL's alphabet goes without.
        Base64URL.encode(Array(Insecure.SHA1.hash(data: Array((key + guid).utf8))))
            .replacing("-", with: "+").replacing("_", with: "/") + "="
    }

    private static func isAllowed(_ origin: String, _ headers: HTTPHeaders, _ allowed: Set<String>) -> Bool {
        if allowed.contains(origin) { return true }
        guard let host = headers.first(name: "Host") else { return false }
        return origin == "http://\(host)" || origin == "https://\(host)"
    }

    /// Sixteen bytes in base64: 22 characters and two for padding.
    private static func isKey(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        return bytes.count == 24 && bytes[22...].elementsEqual("==".utf8)
            && bytes[..<22].allSatisfy { alphabet.contains($0) }
    }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
}

extension HTTPHeaders {
    fileprivate func holds(_ token: String, in name: String) -> Bool {
        self[canonicalForm: name].contains { $0.lowercased() == token }
    }
}
