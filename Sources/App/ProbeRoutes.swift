import Core
import HTTP
import HTTPTypes
import Jobs
import Storage
import StorageSQLite
import Telemetry

extension Plaza {
    /// What machines ask: is it alive, is it ready, how is it doing, what can it do.
    /// - Parameter document: the text of `/openapi.json`; nil while it is being made.
    func probeRoutes(document: String?) -> [Route] {
        let (registry, body) = (registry, Array((document ?? "").utf8))
        return [
            Route(
                .get, "/livez", "Whether the process answers", tag: "operations", access: .anyone,
                answers: [.init(.ok, "It does", status, example: ["status": "ok"])], statementsMax: 0,
                rateClass: .unlimited
            ) { _ in .object { $0.member("status", "ok") } },
            Route(
                .get, "/readyz", "Whether requests should be sent here", tag: "operations", access: .anyone,
                query: [.init("verbose", .text(0...5), "Names every check.")],
                answers: [
                    .init(.ok, "Ready", readiness, example: ["status": "ok"]),
                    .init(
                        .serviceUnavailable, "Not ready, with reasons", readiness,
                        example: [
                            "status": "not_ready",
                            "checks": [
                                [
                                    "name": "database.write", "ok": false,
                                    "detail": "nothing can be committed: is the disk full?",
                                ]
                            ],
                        ]),
                ],
                statementsMax: 4, rateClass: .unlimited
            ) { request in
                await self.readiness(isVerbose: request.queryValue("verbose") != nil)
            },
            Route(
                .get, "/metrics", "Metrics in Prometheus' text format", tag: "operations", access: .anyone,
                answers: [.init(.ok, "Metrics", contentType: "text/plain; version=0.0.4")], statementsMax: 0,
                rateClass: .unlimited
            ) { _ in
                Reply(
                    .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
                    body: registry.prometheusText())
            },
            Route(
                .get, "/openapi.json", "This description", tag: "operations", access: .anyone,
                answers: [.init(.ok, "OpenAPI 3.1", .anything)], statementsMax: 0, hasETag: true
            ) { _ in .json(body) },
        ]
    }

    private var status: Schema { .object([.required("status", .choice(["ok", "not_ready"]))]) }

    private var readiness: Schema {
        .object([
            .required("status", .choice(["ok", "not_ready"])),
            .optional(
                "checks",
                .array(
                    .object([
                        .required("name", .text(1...50)), .required("ok", .boolean),
                        .required("detail", .text(0...500)),
                    ]), count: 0...20)),
        ])
    }

    private struct Check {
        let name: String
        let isOK: Bool
        let detail: String
    }

    private func readiness(isVerbose: Bool) async -> Reply {
        let checks = [await readCheck(), await writeCheck(), await jobsCheck()]
        let isReady = checks.allSatisfy(\.isOK)
        return .object(status: isReady ? .ok : .serviceUnavailable) { json in
            json.member("status", isReady ? "ok" : "not_ready")
            guard isVerbose || !isReady else { return }
            json.name("checks")
            json.array(checks) { json, check in
                json.object { json in
                    json.member("name", check.name)
                    json.member("ok", check.isOK)
                    json.member("detail", check.detail)
                }
            }
        }
    }

    private func readCheck() async -> Check {
        do {
            let count = try await database.read {
                try $0.integer("SELECT COUNT(*) FROM schema_migration /* scan: a row per migration */")
            }
            return Check(name: "database.read", isOK: true, detail: "\(count) migrations applied")
        } catch {
            return Check(name: "database.read", isOK: false, detail: "the database does not answer reads: see the log")
        }
    }

    /// The writer's turn comes, and its commit reaches the disk.
    private func writeCheck() async -> Check {
        let start = monotonicNanoseconds()
        let isOwner = (try? await node.renew(in: database)) ?? false
        let milliseconds = (monotonicNanoseconds() - start) / 1_000_000
        return Check(
            name: "database.write", isOK: isOwner,
            detail: isOwner ? "a commit took \(milliseconds) ms" : "nothing can be committed: is the disk full?")
    }

    private func jobsCheck() async -> Check {
        do {
            let summary = try await database.read(lane: .background) { try JobSummary($0) }
            let dead = summary.count(.dead)
            return Check(
                name: "jobs", isOK: true,
                detail: "\(summary.count(.ready)) ready, \(summary.count(.running)) running, \(dead) dead letters")
        } catch {
            return Check(name: "jobs", isOK: false, detail: "the queue cannot be read: see the log")
        }
    }
}
