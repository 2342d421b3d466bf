import Core
import HTTPTypes
import Hummingbird
import NIOCore

/// An answer on its way out: what the handler said, and what every answer carries.
struct OutgoingResponse {
    var reply: Reply
    var requestID: String
    /// Nil before there was a route.
    var timing: Timing?
    /// To `HEAD`: the length is told and the body is not sent.
    var isBodyOmitted = false

    struct Timing {
        let statements: Int
        let databaseNanoseconds: UInt64
        let totalNanoseconds: UInt64

        /// `db;desc="2 statements";dur=0.041, total;dur=0.093`: milliseconds.
        var text: String {
            "db;desc=\"\(statements) statements\";dur=\(Self.milliseconds(databaseNanoseconds)), "
                + "total;dur=\(Self.milliseconds(totalNanoseconds))"
        }

        private static func milliseconds(_ nanoseconds: UInt64) -> String {
            let thousandths = nanoseconds / 1_000 % 1_000
            let padding = thousandths < 10 ? "00" : thousandths < 100 ? "0" : ""
            return "\(nanoseconds / 1_000_000).\(padding)\(thousandths)"
        }
    }

    /// Every field but those of the connection.
    private func forEachField(_ body: (HTTPField.Name, String) -> Void) {
        for field in reply.headers { body(field.name, field.value) }
        if reply.headers[.cacheControl] == nil { body(.cacheControl, "no-store") }
        body(.requestID, requestID)
        body(.contentTypeOptions, "nosniff")
        body(.referrerPolicy, "no-referrer")
        body(.frameOptions, "DENY")
        if let timing { body(.serverTiming, timing.text) }
    }

    private var hasContent: Bool {
        reply.status != .noContent && reply.status != .notModified
    }

    /// The bytes of HTTP/1.1, to be written at once.
    /// - Parameters:
    ///   - date: the value of `Date`.
    ///   - connection: the value of `Connection`, if it must be said.
    func encoded(date: String, connection: String?, allocator: ByteBufferAllocator) -> ByteBuffer {
        var buffer = allocator.buffer(capacity: 640 + reply.body.count)
        if reply.status == .ok {
            buffer.writeStaticString("HTTP/1.1 200 OK\r\n")
        } else {
            buffer.writeString("HTTP/1.1 \(reply.status.code) \(reply.status.reasonPhrase)\r\n")
        }
        func field(_ name: String, _ value: String) {
            buffer.writeString(name)
            buffer.writeStaticString(": ")
            buffer.writeString(value)
            buffer.writeStaticString("\r\n")
        }
        forEachField { field($0.rawName, $1) }
        field("Date", date)
        if let connection { field("Connection", connection) }
        if hasContent { field("Content-Length", String(reply.body.count)) }
        buffer.writeStaticString("\r\n")
        if hasContent, !isBodyOmitted { buffer.writeBytes(reply.body) }
        return buffer
    }

    /// The same for a client inside the process.
    var asResponse: Response {
        var headers = HTTPFields()
        forEachField { headers[$0] = $1 }
        if isBodyOmitted { headers[.contentLength] = String(reply.body.count) }
        let hasBody = !isBodyOmitted && !reply.body.isEmpty
        return Response(
            status: reply.status, headers: headers,
            body: hasBody ? ResponseBody(byteBuffer: ByteBuffer(bytes: reply.body)) : ResponseBody())
    }
}
