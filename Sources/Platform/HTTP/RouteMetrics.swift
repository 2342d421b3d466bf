import Telemetry

/// What is counted for one route, made once so that a request touches atomics alone.
struct RouteMetrics: Sendable {
    /// By the first digit of the status.
    private let byStatusClass: [Counter]
    private let duration: Histogram

    init(route: String, registry: MetricRegistry) {
        byStatusClass = (1...5).map { digit in
            registry.counter(
                "plaza_http_requests_total",
                help:
                    "Requests answered. Many 5xx: see the error log; many 429 or 503: clients press harder than allowed.",
                labels: [("route", route), ("status", "\(digit)xx")])
        }
        duration = registry.histogram(
            "plaza_http_request_duration_seconds",
            help: "Time from head to answer. When it grows, compare Server-Timing's db share with the total.",
            labels: [("route", route)])
    }

    func observe(status: Int, nanoseconds: UInt64) {
        byStatusClass[min(max(status / 100, 1), 5) - 1].add()
        duration.observe(nanoseconds: nanoseconds)
    }
}
