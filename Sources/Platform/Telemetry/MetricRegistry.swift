import Synchronization

/// Makes the process's metrics and prints them for Prometheus.
///
/// A metric is a name, a help text that says what to do when it moves, and one set of label names. Its children, one
/// for each combination of label values, are made once and held by who updates them; asking again answers the same
/// child. Label values come from closed sets: a child is never dropped.
package final class MetricRegistry: Sendable {
    package typealias Labels = [(name: String, value: String)]

    enum Kind: String {
        case counter, gauge, histogram
    }

    enum Instrument: Sendable {
        case counter(Counter)
        case gauge(Gauge)
        case histogram(Histogram)
        /// Read while the metrics are printed.
        case reading(@Sendable () -> Double)
    }

    struct Family: Sendable {
        let kind: Kind
        let help: String
        let labelNames: [String]
        /// By printed labels: `route="/v1/me",status="200"`.
        var children: [String: Instrument] = [:]
    }

    private let families = Mutex<[String: Family]>([:])

    package init() {}

    /// - Parameter name: by convention it ends in `_total`.
    package func counter(_ name: String, help: String, labels: Labels = []) -> Counter {
        let made = child(name, .counter, help: help, labels: labels) { .counter(Counter()) }
        guard case .counter(let counter) = made else { preconditionFailure("\(name) is read, not added to") }
        return counter
    }

    package func gauge(_ name: String, help: String, labels: Labels = []) -> Gauge {
        let made = child(name, .gauge, help: help, labels: labels) { .gauge(Gauge()) }
        guard case .gauge(let gauge) = made else { preconditionFailure("\(name) is read, not set") }
        return gauge
    }

    /// Durations; by convention the name ends in `_seconds`.
    package func histogram(_ name: String, help: String, labels: Labels = []) -> Histogram {
        let made = child(name, .histogram, help: help, labels: labels) { .histogram(Histogram()) }
        guard case .histogram(let histogram) = made else { preconditionFailure("\(name) is no histogram") }
        return histogram
    }

    /// A gauge whose value is asked for at each scrape: `read` must be quick and must not block.
    package func gauge(
        _ name: String, help: String, labels: Labels = [], read: @escaping @Sendable () -> Double
    ) {
        _ = child(name, .gauge, help: help, labels: labels) { .reading(read) }
    }

    /// A counter that something else keeps, asked for at each scrape.
    package func counter(
        _ name: String, help: String, labels: Labels = [], read: @escaping @Sendable () -> Double
    ) {
        _ = child(name, .counter, help: help, labels: labels) { .reading(read) }
    }

    /// All families at this instant. Readings run outside the lock, so that they may use the registry.
    func snapshot() -> [String: Family] {
        families.withLock { $0 }
    }

    private func child(
        _ name: String, _ kind: Kind, help: String, labels: Labels, make: () -> Instrument
    ) -> Instrument {
        let labelNames = labels.map(\.name)
        precondition(([name] + labelNames).allSatisfy(Self.isName), "\(name) has characters that Prometheus refuses")
        let key = PrometheusText.labels(labels)
        return families.withLock { families in
            var family = families[name] ?? Family(kind: kind, help: help, labelNames: labelNames)
            precondition(family.kind == kind, "\(name) is a \(family.kind.rawValue) already")
            precondition(family.labelNames == labelNames, "\(name) has the labels \(family.labelNames)")
            if let child = family.children[key] { return child }
            let child = make()
            family.children[key] = child
            families[name] = family
            return child
        }
    }

    private static func isName(_ name: String) -> Bool {
        guard let first = name.utf8.first, !(0x30...0x39).contains(first) else { return false }
        return name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
    }
}
