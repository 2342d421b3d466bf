package import Core
package import HTTPTypes

/// One endpoint: how it is reached, what it takes and answers, what it may cost, and the function that does it.
///
/// Everything that can be checked before the handler runs is declared here, and `/openapi.json` is printed from it.
package struct Route: Sendable {
    package typealias Handler = @Sendable (RouteRequest) async throws -> Reply

    package let method: HTTPRequest.Method
    /// `/v1/posts/{post}/like`: a segment in braces is a parameter.
    package let path: String
    package let summary: String
    /// Groups routes in the API's description: the slice's noun.
    package let tag: String
    package var access: Access
    /// Names of the query parameters that this route takes; others are refused.
    package var query: [Parameter] = []
    package var body: Body?
    /// A body that the handler reads part by part, instead of one that is read for it.
    package var upload: Upload?
    package var answers: [Answer]
    /// Statements that one request may run at most, beside the one that may be needed to identify the caller. Tests fail
    /// when it is passed.
    package var statementsMax: Int
    /// Which allowance a request counts against.
    package var rateClass: RateClass
    /// Answers carry an `ETag`, and `If-None-Match` is honoured.
    package var hasETag = false
    /// Writes of money and orders: the client names each with an `Idempotency-Key`, so that it can be sent again.
    package var needsIdempotencyKey = false
    /// Answers say in `Server-Timing` what they took. Not where a password or token is looked at: how long that took
    /// depends on what is stored.
    package let tellsTiming: Bool
    /// Seconds until a request is given up.
    package var deadlineSeconds: Int = 10
    /// Takes over connections that ask for it here.
    package var upgrade: (any ConnectionUpgrade)?
    package let handler: Handler

    package init(
        _ method: HTTPRequest.Method, _ path: String, _ summary: String, tag: String, access: Access,
        query: [Parameter] = [], body: Body? = nil, upload: Upload? = nil, answers: [Answer], statementsMax: Int,
        rateClass: RateClass? = nil, hasETag: Bool = false, needsIdempotencyKey: Bool = false,
        deadlineSeconds: Int = 10,
        handler: @escaping Handler
    ) {
        self.method = method
        self.path = path
        self.summary = summary
        self.tag = tag
        self.access = access
        self.query = query
        self.body = body
        self.upload = upload
        self.answers = answers
        self.statementsMax = statementsMax
        self.rateClass = rateClass ?? (method == .get ? .read : .write)
        tellsTiming = rateClass != .credentials && body?.schema.hasSecrets != true
        self.hasETag = hasETag
        self.needsIdempotencyKey = needsIdempotencyKey
        self.deadlineSeconds = deadlineSeconds
        self.handler = handler
    }

    package enum Access: Sendable, Equatable {
        /// Nobody is asked who they are.
        case anyone
        /// A session is used when there is one, and refused when it is not valid.
        case visitor
        case session
        case role(Role)
    }

    /// A closed set: each has its own allowance per account, or per address where there is no session.
    package enum RateClass: String, Sendable, CaseIterable {
        case read, write
        /// Passwords and tokens: costly to answer and worth guessing.
        case credentials
        /// Full-text search.
        case search
        /// Probes and metrics: not limited.
        case unlimited
    }

    package struct Parameter: Sendable {
        package let name: String
        package let schema: Schema
        package let about: String
        package let example: String?

        package init(_ name: String, _ schema: Schema, _ about: String, example: String? = nil) {
            self.name = name
            self.schema = schema
            self.about = about
            self.example = example
        }

        /// `cursor` and `limit`, for every list.
        package static let page: [Parameter] = [
            Parameter("cursor", .text(1...512), "Where the page before this one ended: its next."),
            Parameter("limit", .integer(1...100), "Rows on the page at most; 20 by default.", example: "20"),
        ]
    }

    package struct Body: Sendable {
        package let schema: Schema
        package let example: JSON
        /// Bytes; a longer body is refused before it is read.
        package let bytesMax: Int
        /// The handler sees the bytes as they came, because a signature is over them.
        package let isSigned: Bool

        package init(_ schema: Schema, example: JSON, bytesMax: Int = 16 * 1_024, isSigned: Bool = false) {
            self.schema = schema
            self.example = example
            self.bytesMax = bytesMax
            self.isSigned = isSigned
        }
    }

    package struct Upload: Sendable {
        /// Of what is sent: `text/csv`.
        package let contentType: String
        package let about: String
        /// Bytes; what is beyond is refused where it begins.
        package let bytesMax: Int

        package init(_ contentType: String, _ about: String, bytesMax: Int) {
            self.contentType = contentType
            self.about = about
            self.bytesMax = bytesMax
        }
    }

    package struct Answer: Sendable {
        package let status: HTTPResponse.Status
        package let about: String
        /// Nil: no content.
        package let schema: Schema?
        package let example: JSON?
        package let contentType: String

        package init(
            _ status: HTTPResponse.Status, _ about: String, _ schema: Schema? = nil, example: JSON? = nil,
            contentType: String = "application/json"
        ) {
            self.status = status
            self.about = about
            self.schema = schema
            self.example = example
            self.contentType = contentType
        }

        /// A problem with a stable code that this route can answer. Those that every route can are listed once.
        package static func problem(_ status: HTTPResponse.Status, _ code: String) -> Answer {
            Answer(status, code, contentType: "application/problem+json")
        }
    }
}
