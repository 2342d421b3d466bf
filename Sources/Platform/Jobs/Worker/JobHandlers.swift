import Core

/// What to do with jobs of each kind.
package struct JobHandlers: Sendable {
    struct Handler: Sendable {
        let timeoutSeconds: Int
        let run: @Sendable (_ payload: String, JobContext) async throws -> Void
    }

    private(set) var byKind: [String: Handler] = [:]

    package init() {}

    /// - Parameters:
    ///   - timeoutSeconds: after it the run is cancelled and counts as failed.
    ///   - run: must do no harm when it runs again, and heed cancellation.
    package mutating func on<J: Job>(
        _ job: J.Type, timeoutSeconds: Int = 60, run: @escaping @Sendable (J, JobContext) async throws -> Void
    ) {
        precondition(byKind[J.kind] == nil, "\(J.kind) has a handler already")
        byKind[J.kind] = Handler(timeoutSeconds: timeoutSeconds) { payload, context in
            try await run(try Self.decode(payload), context)
        }
    }

    private static func decode<J: Job>(_ payload: String) throws -> J {
        do {
            return try J(payload: JSONParser.parse(payload))
        } catch {
            throw PermanentJobFailure("the payload cannot be read: \(error)")
        }
    }
}
