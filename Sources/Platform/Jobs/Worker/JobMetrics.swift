import Telemetry

/// What is measured of jobs. Kinds are those that have handlers: a closed set.
struct JobMetrics: Sendable {
    struct PerKind: Sendable {
        let completed: Counter
        let failed: Counter
        let dead: Counter
        let duration: Histogram
    }

    private let byKind: [String: PerKind]
    private let unknown: PerKind
    private let depth: [JobState: Gauge]

    init(registry: MetricRegistry, kinds: some Sequence<String>) {
        byKind = Dictionary(uniqueKeysWithValues: kinds.map { ($0, PerKind(registry: registry, kind: $0)) })
        // Jobs of a newer or older Plaza, that this one has no handler for.
        unknown = PerKind(registry: registry, kind: "unknown")
        depth = Dictionary(
            uniqueKeysWithValues: JobState.allCases.map { state in
                (
                    state,
                    registry.gauge(
                        "plaza_jobs_depth",
                        help: "Jobs in the queue. Ready growing: add workers. Dead: list and retry or discard them.",
                        labels: [("state", state.name)])
                )
            })
    }

    func of(_ kind: String) -> PerKind {
        byKind[kind] ?? unknown
    }

    func setDepth(_ summary: JobSummary) {
        for (state, gauge) in depth { gauge.set(summary.count(state)) }
    }
}

extension JobMetrics.PerKind {
    init(registry: MetricRegistry, kind: String) {
        let labels: MetricRegistry.Labels = [("kind", kind)]
        completed = registry.counter(
            "plaza_jobs_completed_total",
            help: "Jobs done. Flat while plaza_jobs_depth grows: the workers are stuck, see their errors in the log.",
            labels: labels)
        failed = registry.counter(
            "plaza_jobs_failed_total",
            help: "Runs that failed. A burst is an outage of what the job calls; steady is a bug: see the log.",
            labels: labels)
        dead = registry.counter(
            "plaza_jobs_dead_total",
            help: "Jobs given up. Each waits for a person: GET /v1/admin/jobs/dead, then retry or discard.",
            labels: labels)
        duration = registry.histogram(
            "plaza_jobs_duration_seconds",
            help: "How long runs take. Near the kind's timeout: split the job or raise the timeout.",
            labels: labels)
    }
}
