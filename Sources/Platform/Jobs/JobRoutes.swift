package import Core
package import HTTP
import HTTPTypes
package import Storage

/// What an administrator does with dead jobs.
package struct JobRoutes: Sendable {
    private let database: any Database
    private let deadLetters: DeadLetters
    private let cursors: CursorSealer

    package init(database: any Database, deadLetters: DeadLetters, cursors: CursorSealer) {
        self.database = database
        self.deadLetters = deadLetters
        self.cursors = cursors
    }

    package var routes: [Route] { [listDead, retry, discard] }

    private var listDead: Route {
        Route(
            .get, "/v1/admin/jobs/dead", "Jobs that failed for good, last first", tag: "jobs",
            access: .role(.administrator), query: Route.Parameter.page,
            answers: [
                Route.Answer(
                    .ok, "A page of dead jobs.", .page(of: Self.schema),
                    example: ["items": [Self.example], "next": nil]),
                .problem(.badRequest, "invalid_cursor"),
            ], statementsMax: 1
        ) { request in
            let limit = request.limit
            let place = try place(of: request.cursor)
            let letters = try await database.read { db in try DeadLetters.page(after: place, limit: limit, in: db) }
            return .page(letters, next: letters.count == limit ? letters.last.map(cursor) : nil) { json, letter in
                Self.write(letter, into: &json)
            }
        }
    }

    private var retry: Route {
        Route(
            .post, "/v1/admin/jobs/{job}/retry", "Run a dead job again", tag: "jobs", access: .role(.administrator),
            answers: [
                Route.Answer(.noContent, "It is ready again."), .problem(.notFound, "job_not_found"),
                .problem(.conflict, "job_queued_again"),
            ], statementsMax: 3
        ) { request in
            let (deadLetters, id) = (deadLetters, try request.id("job", of: QueuedJob.self))
            try await database.write { tx in try deadLetters.retry(id, in: tx) }
            return .noContent
        }
    }

    private var discard: Route {
        Route(
            .delete, "/v1/admin/jobs/{job}", "Discard a dead job", tag: "jobs", access: .role(.administrator),
            answers: [Route.Answer(.noContent, "It is gone."), .problem(.notFound, "job_not_found")],
            statementsMax: 1
        ) { request in
            let (deadLetters, id) = (deadLetters, try request.id("job", of: QueuedJob.self))
            try await database.write { tx in try deadLetters.discard(id, in: tx) }
            return .noContent
        }
    }

    private static let filter = "jobs:dead"

    private func place(of cursor: String?) throws -> DeadLetters.Place? {
        guard let cursor else { return nil }
        guard let fields = try? cursors.open(cursor, fields: 2, filter: Self.filter) else {
            throw Problem.invalidCursor
        }
        return DeadLetters.Place(diedAt: Timestamp(microseconds: fields[0]), id: ID(rawValue: fields[1]))
    }

    private func cursor(after letter: DeadLetters.Letter) -> String {
        cursors.seal([letter.diedAt.microseconds, letter.id.rawValue], filter: Self.filter)
    }

    private static let schema = Schema.named(
        "DeadJob",
        .object([
            .required("id", .id(of: QueuedJob.self)),
            .required("kind", .text(1...100), "What it does: social.fan_out_posts."),
            .required("payload", .anything, "What it was given."),
            .required("attempts", .integer(0...Int64.max), "Runs so far."),
            .required("error", .text(0...4_000), "Why the last run failed."),
            .required("created_at", .time),
            .required("died_at", .time),
        ]))

    private static let example: JSON = [
        "id": .string("\(ID<QueuedJob>(rawValue: 238_889_766_685_246_046))"), "kind": "social.fan_out_posts",
        "payload": ["post": "238889766685246046"], "attempts": 12, "error": "The database is full.",
        "created_at": "2026-03-01T12:00:00Z", "died_at": "2026-03-01T18:40:00Z",
    ]

    private static func write(_ letter: DeadLetters.Letter, into json: inout JSONWriter) {
        json.object { json in
            json.member("id", letter.id)
            json.member("kind", letter.kind)
            json.member("payload", letter.payload)
            json.member("attempts", Int64(letter.attempts))
            json.member("error", letter.error)
            json.member("created_at", letter.createdAt)
            json.member("died_at", letter.diedAt)
        }
    }
}

extension DeadLetterError: ProblemConvertible {
    package var problem: Problem {
        switch self {
        case .notFound:
            .notFound("job_not_found", "No dead job has this id: it may have been retried or discarded already.")
        case .queuedAgain:
            Problem(.conflict, "job_queued_again", "A job of the same key waits or runs already: discard this one.")
        }
    }
}
