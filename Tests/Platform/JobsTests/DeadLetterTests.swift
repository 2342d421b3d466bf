import Core
import HTTP
import HTTPTypes
import Jobs
import PlazaTesting
import Storage
import Testing

@Suite struct DeadLetterTests {
    private func bury(_ names: [String], in jobs: JobFixture) async throws {
        for name in names {
            try await jobs.enqueue(name, uniqueKey: "key of \(name)")
            let job = try #require(try await jobs.claim().first)
            _ = try await jobs.settle(job, .failed(reason: "because of \(name)", isPermanent: true))
            jobs.clock.advance(seconds: 1)
        }
    }

    private func request(
        _ method: HTTPRequest.Method, parameters: [(name: String, value: String)] = [],
        query: [(name: String, value: String)] = []
    ) -> RouteRequest {
        RouteRequest(
            id: "r", method: method, path: "", headers: [:], address: "", principal: nil, parameters: parameters,
            query: query, body: nil)
    }

    private func routes(_ jobs: JobFixture) -> [HTTPRequest.Method: Route] {
        let routes = JobRoutes(
            database: jobs.database, deadLetters: DeadLetters(queue: jobs.queue),
            cursors: CursorSealer(key: Array(repeating: 1, count: 32)))
        return Dictionary(uniqueKeysWithValues: routes.routes.map { ($0.method, $0) })
    }

    @Test func pagesListTheLastDeathFirst() async throws {
        try await withJobs { jobs in
            try await bury(["a", "b", "c"], in: jobs)
            try await jobs.enqueue("alive")
            let list = try #require(routes(jobs)[.get])
            #expect(list.access == .role(.administrator))
            var (names, cursor): ([String?], String?) = ([], nil)
            repeat {
                let query = [(name: "limit", value: "2")] + (cursor.map { [(name: "cursor", value: $0)] } ?? [])
                let page = try JSONParser.parse(try await list.handler(request(.get, query: query)).body)
                names += page["items"]?.array?.map { $0["payload"]?["name"]?.string } ?? []
                cursor = page["next"]?.string
            } while cursor != nil
            #expect(names == ["c", "b", "a"])
            await #expect(throws: Problem.self) {
                try await list.handler(request(.get, query: [("cursor", "nonsense")]))
            }
        }
    }

    @Test func aRetriedJobIsReadyAndADiscardedOneIsGone() async throws {
        try await withJobs { jobs in
            try await bury(["a", "b"], in: jobs)
            let dead = try await jobs.database.read { db in try DeadLetters.page(limit: 10, in: db) }
            let (post, delete) = try (#require(routes(jobs)[.post]), #require(routes(jobs)[.delete]))
            let (b, a) = ("\(dead[0].id)", "\(dead[1].id)")

            #expect(try await post.handler(request(.post, parameters: [("job", a)])).status == .noContent)
            #expect(try await delete.handler(request(.delete, parameters: [("job", b)])).status == .noContent)
            let again = try await jobs.claim()
            #expect(again.map(\.name) == ["a"])
            #expect(again.map(\.lease.attempt) == [2], "the fence never goes back")

            for (route, id) in [(post, a), (post, b), (delete, a), (delete, b)] {
                await #expect(throws: DeadLetterError.notFound) {
                    try await route.handler(request(route.method, parameters: [("job", id)]))
                }
            }
            await #expect(throws: Problem.self) {
                try await post.handler(request(.post, parameters: [("job", "acc_1")]))
            }
        }
    }

    @Test func aJobWhoseKeyIsQueuedAgainIsNotRetried() async throws {
        try await withJobs { jobs in
            try await bury(["a", "b"], in: jobs)
            try await jobs.enqueue("a again", uniqueKey: "key of a")
            let letters = DeadLetters(queue: jobs.queue)
            let dead = try await jobs.database.read { db in try DeadLetters.page(limit: 10, in: db) }
            await #expect(throws: DeadLetterError.queuedAgain) {
                try await jobs.database.write { tx in try letters.retry(dead[1].id, in: tx) }
            }
            let all = try await jobs.database.write { tx in try letters.retryAll(limit: 1, in: tx) }
            #expect(all.retried == 0)
            let place = try #require(all.next)
            let rest = try await jobs.database.write { tx in try letters.retryAll(after: place, limit: 2, in: tx) }
            #expect(rest.retried == 1)
            #expect(rest.next == nil)
            #expect(Set(try await jobs.claim().map(\.name)) == ["a again", "b"])
        }
    }
}
