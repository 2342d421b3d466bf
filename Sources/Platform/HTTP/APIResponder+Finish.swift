import Core
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Storage

extension APIResponder {
    /// Turns a reply into a response: validators, compression, headers, and what is counted.
    func finish(_ reply: Reply, _ exchange: Exchange) -> Response {
        var reply = reply
        applyEntityTag(&reply, exchange)
        compress(&reply, exchange)
        let elapsed = monotonicNanoseconds() - exchange.start
        addHeaders(&reply, exchange, elapsed: elapsed)
        (exchange.metrics ?? unmatched).observe(status: reply.status.code, nanoseconds: elapsed)
        if logger.logLevel <= .debug { log(reply, exchange, elapsed: elapsed) }
        let hasBody = exchange.request.method != .head && !reply.body.isEmpty
        if exchange.request.method == .head { reply.headers[.contentLength] = String(reply.body.count) }
        return Response(
            status: reply.status,
            headers: reply.headers,
            body: hasBody ? ResponseBody(byteBuffer: ByteBuffer(bytes: reply.body)) : ResponseBody())
    }

    private func applyEntityTag(_ reply: inout Reply, _ exchange: Exchange) {
        guard exchange.route?.hasETag == true, reply.status == .ok else { return }
        let tag = EntityTag.of(reply.body)
        reply.headers[.eTag] = tag
        reply.headers[.cacheControl] = "private, no-cache"
        if let condition = exchange.request.headers[.ifNoneMatch], EntityTag.matches(condition, tag) {
            reply.status = .notModified
            reply.body = []
            reply.headers[.contentType] = nil
        }
    }

    private func compress(_ reply: inout Reply, _ exchange: Exchange) {
        guard reply.body.count >= Gzip.bytesMin else { return }
        reply.headers[.vary] = "Accept-Encoding"
        guard let accepted = exchange.request.headers[.acceptEncoding], Gzip.isAccepted(by: accepted),
            let compressed = Gzip.compress(reply.body)
        else { return }
        reply.body = compressed
        reply.headers[.contentEncoding] = "gzip"
    }

    private func addHeaders(_ reply: inout Reply, _ exchange: Exchange, elapsed: UInt64) {
        reply.headers[.requestID] = exchange.requestID
        reply.headers[.contentTypeOptions] = "nosniff"
        reply.headers[.referrerPolicy] = "no-referrer"
        reply.headers[.frameOptions] = "DENY"
        if reply.headers[.cacheControl] == nil { reply.headers[.cacheControl] = "no-store" }
        if let scope = exchange.scope {
            reply.headers[.serverTiming] = Self.timing(
                statements: scope.statements, database: scope.elapsedNanoseconds, total: elapsed)
        }
        guard let origin = exchange.request.headers[.origin], configuration.allowedOrigins.contains(origin) else {
            return
        }
        reply.headers[.accessControlAllowOrigin] = origin
        reply.headers[.accessControlExposeHeaders] =
            "ETag, RateLimit, RateLimit-Policy, Retry-After, Server-Timing, X-Request-Id"
        reply.headers[.vary] = reply.headers[.vary].map { "\($0), Origin" } ?? "Origin"
    }

    /// `db;desc="2 statements";dur=0.041, total;dur=0.093`: milliseconds.
    private static func timing(statements: Int, database: UInt64, total: UInt64) -> String {
        "db;desc=\"\(statements) statements\";dur=\(milliseconds(database)), total;dur=\(milliseconds(total))"
    }

    private static func milliseconds(_ nanoseconds: UInt64) -> String {
        let fraction = String(nanoseconds / 1_000 % 1_000)
        return "\(nanoseconds / 1_000_000).\(String(repeating: "0", count: 3 - fraction.utf8.count))\(fraction)"
    }

    private func log(_ reply: Reply, _ exchange: Exchange, elapsed: UInt64) {
        logger.debug(
            "request",
            metadata: [
                "http.request.method": "\(exchange.request.method.rawValue)",
                "http.route": "\(exchange.route?.path ?? "unmatched")",
                "http.response.status_code": "\(reply.status.code)",
                "duration.us": "\(elapsed / 1_000)",
                "request.id": "\(exchange.requestID)",
            ])
    }
}
