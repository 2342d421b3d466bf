/// One thing to ask of the server.
struct Call: Sendable {
    enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"
    }

    let method: Method
    /// After the server's URL, encoded.
    let path: String
    var query: [(name: String, value: String?)] = []
    var body: [UInt8]?
    var idempotencyKey: IdempotencyKey?
    /// Whether it speaks for somebody: sent with the session's token where there is one.
    var isPersonal = true
    /// Whether its body names what it makes, so that the server makes it once.
    var isRepeatableByContent = false

    init(_ method: Method, _ path: String) {
        self.method = method
        self.path = path
    }

    /// Whether it can be sent again without being done twice.
    var isRepeatable: Bool {
        switch method {
        case .get, .put, .delete: true
        case .post, .patch: idempotencyKey != nil || isRepeatableByContent
        }
    }

    var pathAndQuery: String {
        let pairs = query.compactMap { pair in pair.value.map { "\(pair.name)=\($0.percentEncoded)" } }
        return pairs.isEmpty ? path : "\(path)?\(pairs.joined(separator: "&"))"
    }
}
