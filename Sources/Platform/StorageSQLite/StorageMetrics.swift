import Telemetry

/// What the writer counts.
struct StorageMetrics: Sendable {
    let commits: Counter
    let writes: Counter
    let failures: Counter
    let refusals: Counter
    let duration: Histogram
    let waiting: Gauge

    init(registry: MetricRegistry) {
        commits = registry.counter(
            "plaza_storage_commits_total",
            help: "Commits, each with one fsync. Compare with the writes: they share commits when there are many.")
        writes = registry.counter(
            "plaza_storage_writes_total", help: "Writes that were carried out, kept or rolled back.")
        failures = registry.counter(
            "plaza_storage_commit_failures_total",
            help: "Commits that failed with all their writes. Any: is the disk full or failing?")
        refusals = registry.counter(
            "plaza_storage_writes_refused_total",
            help:
                "Writes refused because the queue was full. Growing: the writer cannot keep up; look for slow statements."
        )
        duration = registry.histogram(
            "plaza_storage_commit_duration_seconds",
            help: "Time from BEGIN to durable. Growing: larger groups, a slower disk, or one long write.")
        waiting = registry.gauge(
            "plaza_storage_writes_waiting", help: "Writes that wait for their turn. Near its bound they are refused.")
    }
}
