extension MetricRegistry {
    /// What `/metrics` answers, with `Content-Type: text/plain; version=0.0.4`.
    ///
    /// Format: https://prometheus.io/docs/instrumenting/exposition_formats/
    package func prometheusText() -> [UInt8] {
        var text = PrometheusText()
        for (name, family) in snapshot().sorted(by: { $0.key < $1.key }) {
            text.append(family, name: name)
        }
        return text.bytes
    }
}

/// Prometheus' text format, version 0.0.4.
struct PrometheusText {
    private(set) var bytes: [UInt8] = []

    /// `route="/v1/me",status="200"`, escaped.
    static func labels(_ labels: MetricRegistry.Labels) -> String {
        labels.map { label in
            let value = escaped(label.value).replacing("\"", with: "\\\"")
            return "\(label.name)=\"\(value)\""
        }.joined(separator: ",")
    }

    mutating func append(_ family: MetricRegistry.Family, name: String) {
        append("# HELP \(name) \(Self.escaped(family.help))\n# TYPE \(name) \(family.kind.rawValue)\n")
        for (labels, child) in family.children.sorted(by: { $0.key < $1.key }) {
            switch child {
            case .counter(let counter): sample(name, labels, "\(counter.value)")
            case .gauge(let gauge): sample(name, labels, "\(gauge.value)")
            case .reading(let read): sample(name, labels, Self.number(read()))
            case .histogram(let histogram): append(histogram, name, labels)
            }
        }
    }

    private mutating func append(_ histogram: Histogram, _ name: String, _ labels: String) {
        let (counts, sumSeconds) = histogram.snapshot()
        let separator = labels.isEmpty ? "" : ","
        var total: UInt64 = 0
        for (index, count) in counts.enumerated() {
            total += count
            let bound = index < Histogram.boundCount ? Self.number(Histogram.bound(index)) : "+Inf"
            sample(name + "_bucket", "\(labels)\(separator)le=\"\(bound)\"", "\(total)")
        }
        sample(name + "_sum", labels, Self.number(sumSeconds))
        sample(name + "_count", labels, "\(total)")
    }

    private mutating func sample(_ name: String, _ labels: String, _ value: String) {
        append(labels.isEmpty ? "\(name) \(value)\n" : "\(name){\(labels)} \(value)\n")
    }

    private mutating func append(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
    }

    private static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        return Int64(exactly: value).map(String.init) ?? value.description
    }
}
