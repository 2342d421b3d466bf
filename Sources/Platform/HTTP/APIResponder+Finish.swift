import Core
import Dispatch
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Storage

extension APIResponder {
    /// Bodies up to here are packed on the loop, which takes some milliseconds at most. Beyond, like somebody's whole
    /// history, all other connections of the loop would wait.
    private static let loopBodyMax = 256 << 10

    /// Turns a reply into a response: validators, compression, headers, and what is counted.
    func finish(_ reply: Reply, _ exchange: Exchange) async -> OutgoingResponse {
        let isLarge = reply.body.count > Self.loopBodyMax
        var reply = isLarge ? await packedElsewhere(reply, exchange) : packed(reply, exchange)
        allowOrigin(&reply, exchange)
        let elapsed = monotonicNanoseconds() - exchange.start
        (exchange.metrics ?? unmatched).observe(status: reply.status.code, nanoseconds: elapsed)
        if logger.logLevel <= .debug { log(reply, exchange, elapsed: elapsed) }
        return OutgoingResponse(
            reply: reply, requestID: exchange.requestID,
            timing: exchange.route?.tellsTiming == true
                ? exchange.scope.map { scope in
                    .init(
                        statements: scope.statements, databaseNanoseconds: scope.elapsedNanoseconds,
                        totalNanoseconds: elapsed)
                } : nil,
            isBodyOmitted: exchange.request.method == .head)
    }

    private func packedElsewhere(_ reply: Reply, _ exchange: Exchange) async -> Reply {
        await withCheckedContinuation { continuation in
            largeAnswers.async { continuation.resume(returning: packed(reply, exchange)) }
        }
    }

    private func packed(_ reply: Reply, _ exchange: Exchange) -> Reply {
        var reply = reply
        applyEntityTag(&reply, exchange)
        compress(&reply, exchange)
        return reply
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

    private func allowOrigin(_ reply: inout Reply, _ exchange: Exchange) {
        guard !configuration.allowedOrigins.isEmpty, let origin = exchange.request.headers[.origin],
            configuration.allowedOrigins.contains(origin)
        else { return }
        reply.headers[.accessControlAllowOrigin] = origin
        reply.headers[.accessControlExposeHeaders] =
            "ETag, RateLimit, RateLimit-Policy, Retry-After, Server-Timing, X-Request-Id"
        reply.headers[.vary] = reply.headers[.vary].map { "\($0), Origin" } ?? "Origin"
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
