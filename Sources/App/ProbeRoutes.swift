import Core
import HTTP
import HTTPTypes
import Telemetry

extension Plaza {
    /// What machines ask: is it alive, is it ready, how is it doing.
    var probeRoutes: [Route] {
        let registry = registry
        let readiness = Readiness(database: database, node: node)
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
                    .init(.ok, "Ready", readinessShape, example: ["status": "ok"]),
                    .init(
                        .serviceUnavailable, "Not ready, with reasons", readinessShape,
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
                Self.reply(await readiness.checks(), isVerbose: request.queryValue("verbose") != nil)
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
        ]
    }

    private var status: Schema { .object([.required("status", .choice(["ok", "not_ready"]))]) }

    private var readinessShape: Schema {
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

    private static func reply(_ checks: [Readiness.Check], isVerbose: Bool) -> Reply {
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
}
