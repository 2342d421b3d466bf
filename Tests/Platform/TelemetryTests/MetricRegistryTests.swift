import Core
import Telemetry
import Testing

@Suite struct MetricRegistryTests {
    let registry = MetricRegistry()

    private var text: String { String(decoding: registry.prometheusText(), as: UTF8.self) }

    @Test func countersPrintHelpTypeAndLabels() {
        registry.counter("b_total", help: "Look at b.", labels: [("route", "/x"), ("status", "200")]).add(3)
        registry.counter("b_total", help: "Look at b.", labels: [("route", "/a"), ("status", "500")]).add()
        registry.gauge("a_level", help: "Look at a.").set(-2)
        #expect(
            text == """
                # HELP a_level Look at a.
                # TYPE a_level gauge
                a_level -2
                # HELP b_total Look at b.
                # TYPE b_total counter
                b_total{route="/a",status="500"} 1
                b_total{route="/x",status="200"} 3

                """)
    }

    @Test func theSameLabelsAreTheSameChild() {
        registry.counter("c_total", help: "c", labels: [("kind", "x")]).add()
        registry.counter("c_total", help: "c", labels: [("kind", "x")]).add()
        #expect(text.contains("c_total{kind=\"x\"} 2\n"))
    }

    @Test func specialCharactersAreEscaped() {
        _ = registry.counter("d_total", help: "back\\slash\nline", labels: [("kind", "a\"b\\c\nd")])
        #expect(text.contains("# HELP d_total back\\\\slash\\nline\n"))
        #expect(text.contains("d_total{kind=\"a\\\"b\\\\c\\nd\"} 0\n"))
    }

    @Test func readingsAreAskedAtEachScrape() {
        let level = registry.gauge("e_level", help: "e")
        registry.gauge("f_ratio", help: "f") { Double(level.value) / 4 }
        level.set(1)
        #expect(text.contains("f_ratio 0.25\n"))
        level.set(4)
        #expect(text.contains("f_ratio 1\n"))
    }

    @Test func histogramBucketsAreCumulative() {
        let histogram = registry.histogram("g_seconds", help: "g", labels: [("kind", "x")])
        for nanoseconds: UInt64 in [0, 100_000, 100_001, 200_000, 200_001, 60_000_000_000] {
            histogram.observe(nanoseconds: nanoseconds)
        }
        #expect(text.contains("g_seconds_bucket{kind=\"x\",le=\"0.0001\"} 2\n"))
        #expect(text.contains("g_seconds_bucket{kind=\"x\",le=\"0.0002\"} 4\n"))
        #expect(text.contains("g_seconds_bucket{kind=\"x\",le=\"0.0004\"} 5\n"))
        #expect(text.contains("g_seconds_bucket{kind=\"x\",le=\"26.2144\"} 5\n"))
        #expect(text.contains("g_seconds_bucket{kind=\"x\",le=\"+Inf\"} 6\n"))
        #expect(text.contains("g_seconds_sum{kind=\"x\"} 60.000600002\n"))
        #expect(text.contains("g_seconds_count{kind=\"x\"} 6\n"))
    }

    @Test func updatesFromManyTasksAreAllCounted() async {
        let counter = registry.counter("h_total", help: "h")
        let histogram = registry.histogram("h_seconds", help: "h")
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for step: UInt64 in 0..<1_000 {
                        counter.add()
                        histogram.observe(nanoseconds: step * 1_000_000)
                    }
                }
            }
        }
        #expect(counter.value == 8_000)
        #expect(text.contains("h_seconds_count 8000\n"))
    }

    @Test func theProcessIsMeasured() throws {
        registry.registerProcess(clock: WallClock { Timestamp(microseconds: 5_000_000) })
        #expect(text.contains("process_start_time_seconds 5\n"))
        for name in ["process_resident_memory_bytes", "process_open_fds", "process_max_fds"] {
            let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("\(name) ") })
            let value = try #require(Int(line.dropFirst(name.count + 1)))
            #expect(value > 0)
        }
        #expect(text.contains("# TYPE process_cpu_seconds_total counter\n"))
    }
}
