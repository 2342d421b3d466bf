import Telemetry

/// What an operator sees of the hub.
final class RealtimeMetrics: Sendable {
    let sockets: Gauge
    let commands: Counter
    let deliveries: Counter
    let rateLimited: Counter
    let violations: Counter
    let recovered: Counter
    let refusedRecoveries: Counter
    let sampledOut: Counter
    private let closes: [String: Counter]

    init(registry: MetricRegistry) {
        sockets = registry.gauge("plaza_realtime_sockets", help: "Sockets open. A sudden fall is a network or a crash.")
        commands = registry.counter("plaza_realtime_commands_total", help: "Commands taken from clients.")
        deliveries = registry.counter(
            "plaza_realtime_deliveries_total", help: "Batches handed to sockets; rises with subscribers times messages."
        )
        rateLimited = registry.counter(
            "plaza_realtime_rate_limited_total",
            help: "Commands refused for coming too fast. Look for a client in a loop.")
        violations = registry.counter(
            "plaza_realtime_violations_total", help: "Sockets closed over frames that break RFC 6455.")
        recovered = registry.counter(
            "plaza_realtime_recoveries_total", help: "Returning subscribers who missed nothing.",
            labels: [("result", "whole")])
        refusedRecoveries = registry.counter(
            "plaza_realtime_recoveries_total", help: "Returning subscribers who missed nothing.",
            labels: [("result", "refused")])
        sampledOut = registry.counter(
            "plaza_realtime_sampled_out_total", help: "Messages of busy rooms that were left out for everybody.")
        closes = Dictionary(
            uniqueKeysWithValues: [
                "draining", "slow", "idle", "revoked", "flooding", "not_understood", "violation", "asked",
            ]
            .map { name in
                (
                    name,
                    registry.counter(
                        "plaza_realtime_closes_total",
                        help: "Sockets closed by the hub; slow: clients that do not read.",
                        labels: [("reason", name)])
                )
            })
    }

    func closed(_ reason: SocketClose) {
        closes[reason.label]?.add()
    }
}

extension SocketClose {
    fileprivate var label: String {
        switch self {
        case .draining: "draining"
        case .slow: "slow"
        case .idle: "idle"
        case .sessionRevoked: "revoked"
        case .flooding: "flooding"
        case .notUnderstood: "not_understood"
        case .violation: "violation"
        case .asked: "asked"
        }
    }
}
