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
        let text = Base64URL.encode(Array(Insecure.SHA1.hash(data: Array((key + guid).utf8))))
        let bytes = text.utf8.map { byte in
            switch byte {
            case UInt8(ascii: "-"): UInt8(ascii: "+")
            case UInt8(ascii: "_"): UInt8(ascii: "/")
            default: byte
            }
        }
        // Twenty bytes: one character of padding, which the URL's alphabet goes without.
        return String(decoding: bytes, as: UTF8.self) + "="
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
            && bytes[..<22].allSatisfy(isBase64)
    }

    private static func isBase64(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"):
            true
        default: false
        }
    }
}

extension HTTPHeaders {
    /// - Parameter token: in lower case.
    fileprivate func holds(_ token: String, in name: String) -> Bool {
        // Nearly all say that alone.
        if first(name: name)?.utf8.elementsEqual(token.utf8, by: { $0 | 0x20 == $1 }) == true { return true }
        return self[canonicalForm: name].contains { $0.lowercased() == token }
    }
}
