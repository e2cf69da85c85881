import CoreMetrics
import Metrics
import OpenAIUsageMetrics
import OpenAIUsageObservability
import OpenAIUsageTestSupport
import Testing

/// Whatever a program does, the exposition is valid and its size bounded.
struct ApplicationMetricBoundsTests {
    private let metrics = UsageMetrics(build: BuildInformation(version: "1"))
    private var factory: UsageMetricsFactory { UsageMetricsFactory(metrics) }

    private func scrape(openMetrics: Bool = false) -> ParsedExposition {
        let accept = openMetrics ? "application/openmetrics-text;version=1.0.0" : nil
        let parsed = ParsedExposition(metrics.exposition(accept: accept).body, openMetrics: openMetrics)
        #expect(parsed.problems == [])
        return parsed
    }

    @Test
    func `What would pass the cap of a family is counted in one series more`() {
        for index in 0..<1_000 {
            Counter(label: "jobs", dimensions: [("id", "\(index)")], factory: factory).increment()
            Timer(label: "wait", dimensions: [("id", "\(index)")], factory: factory).recordNanoseconds(1)
        }
        let scrape = scrape()
        #expect(scrape.count("jobs_total") == 401 && scrape.sum("jobs_total") == 1_000)
        #expect(scrape["jobs_total", ["otel_metric_overflow": "true"]] == 600)
        #expect(scrape.count("wait_seconds_count") == 51 && scrape.sum("wait_seconds_count") == 1_000)
        #expect(scrape["oai_usage_application_metrics_refused_total", ["reason": "too_many_series"]] == 1_550)
    }

    @Test
    func `The names of labels are bounded too`() {
        for index in 0..<100 { Counter(label: "jobs", dimensions: [("l\(index)", "x")], factory: factory).increment() }
        let many = (0..<100).map { ("m\($0)", "x") }
        Counter(label: "more", dimensions: many, factory: factory).increment()
        let scrape = scrape()
        #expect(scrape.count("jobs_total") == 33 && scrape.sum("jobs_total") == 100)
        #expect(scrape["more_total", ["otel_metric_overflow": "true"]] == 1)
    }

    @Test
    func `The number of names and of lines is bounded`() {
        for name in 0..<600 {
            for series in 0..<60 {
                Timer(label: "wait\(name)", dimensions: [("id", "\(series)")], factory: factory).recordNanoseconds(1)
            }
        }
        let lines = String(decoding: metrics.exposition().body, as: UTF8.self).split(separator: "\n")
        #expect(lines.count { $0.hasPrefix("# TYPE wait") } == 500)
        let samples = lines.count { $0.hasPrefix("wait") }
        let width = UsageMetricsFactory.defaultTimerBuckets.count + 3
        #expect(samples <= 20_000 + 500 * width && samples > 19_000)
        let refused = "oai_usage_application_metrics_refused_total{reason=\"too_many_families\"}"
        #expect(lines.contains { $0 == refused + " 6000" })
        let counts = lines.filter { $0.hasPrefix("wait") && $0.contains("_count") }
        #expect(counts.reduce(0) { $0 + (Int($1.split(separator: " ").last ?? "") ?? 0) } == 30_000)
    }

    @Test
    func `What is destroyed makes room`() {
        for index in 0..<2_000 {
            let counter = Counter(label: "jobs\(index)", dimensions: [("id", "\(index)")], factory: factory)
            let timer = Timer(label: "wait", dimensions: [("id\(index)", "x")], factory: factory)
            counter.increment()
            timer.recordNanoseconds(1)
            counter.destroy()
            timer.destroy()
        }
        Counter(label: "last", factory: factory).increment()
        let scrape = scrape()
        #expect(scrape["last_total", [:]] == 1 && scrape.sum("oai_usage_application_metrics_refused_total") == 0)
        #expect(!scrape.kinds.keys.contains { $0.hasPrefix("jobs") || $0.hasPrefix("wait") })
    }

    @Test(
        arguments: [
            ("http.server.requests", "http_server_requests"), ("http2-calls", "http2_calls"), ("2xx", "_2xx"),
            ("", "_"), ("a:b c", "a_b_c"), ("größe", "gr__e"), ("\u{1F600}", "_"), ("a\nb\"}", "a_b__"),
            ("__name__", "__name__"), ("le", "le"), ("total", "total"), ("_total", "_"), ("x_total_total", "x"),
        ]
    )
    func `A name is made fit`(label: String, name: String) {
        Counter(label: label, dimensions: [(label, "v")], factory: factory).increment()
        for openMetrics in [false, true] {
            let scrape = scrape(openMetrics: openMetrics)
            #expect(scrape.kinds[name] == "counter" && scrape.sum(name + "_total") == 1)
        }
    }

    @Test(arguments: ["le", "quantile", "__name__", "__", "", "1", "a.b"])
    func `A label's name is made fit, and its value kept`(label: String) {
        Recorder(label: "size", dimensions: [(label, "a\\b\"c\nd")], factory: factory).record(1)
        let scrape = scrape()
        let value = scrape.values.keys.first { $0.name == "size_count" }?.labels.values.first
        #expect(value == "a\\b\"cd")
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `Whatever is made and destroyed, the exposition is valid`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let labels = [
            "a", "a_total", "a_count", "a_created", "a_seconds", "a_bucket", "a_current", "a.b", "a-b", "A", "", "1",
            "le",
            "oai_usage_requests", "process_open_fds", "a_sum", "a_timer_seconds", "a_distribution", "\u{0}", "é\n",
        ]
        let names = ["", "le", "x", "x.y", "x_y", "__x", "otel_metric_overflow", "9", "é"]
        let values = ["", "1", "2", "\"", "\\", "\n", "é", String(repeating: "v", count: 300)]
        var destroyers: [() -> Void] = []
        for _ in 0..<300 {
            let label = labels[Int.random(in: labels.indices, using: &random)]
            let dimensions = (0..<Int.random(in: 0...3, using: &random)).map { _ in
                (
                    names[Int.random(in: names.indices, using: &random)],
                    values[Int.random(in: values.indices, using: &random)]
                )
            }
            let amount = Double.random(in: -10...1e9, using: &random)
            switch Int.random(in: 0..<7, using: &random) {
            case 0:
                let counter = Counter(label: label, dimensions: dimensions, factory: factory)
                counter.increment(by: Int64(amount))
                destroyers.append(counter.destroy)
            case 1:
                let counter = FloatingPointCounter(label: label, dimensions: dimensions, factory: factory)
                counter.increment(by: amount)
                destroyers.append(counter.destroy)
            case 2:
                let gauge = Gauge(label: label, dimensions: dimensions, factory: factory)
                gauge.record(amount)
                destroyers.append(gauge.destroy)
            case 3:
                let recorder = Recorder(label: label, dimensions: dimensions, factory: factory)
                recorder.record(amount)
                destroyers.append(recorder.destroy)
            case 4:
                let timer = Timer(label: label, dimensions: dimensions, factory: factory)
                timer.recordNanoseconds(Int64(amount))
                destroyers.append(timer.destroy)
            case 5: Meter(label: label, dimensions: dimensions, factory: factory).set(amount)
            default: if let destroy = destroyers.popLast() { destroy() }
            }
        }
        let (text, open) = (scrape(), scrape(openMetrics: true))
        #expect(text.kinds == open.kinds, "seed \(seed)")
        #expect(text.kinds.count > 30, "seed \(seed)")
    }

    @Test
    func `Metrics may be used and scraped from all threads at once`() async {
        await withTaskGroup(of: Void.self) { group in
            for worker in 0..<4 {
                group.addTask { [factory] in
                    for index in 0..<500 {
                        Counter(label: "jobs", dimensions: [("worker", "\(worker)")], factory: factory).increment()
                        let gone = Timer(label: "wait", dimensions: [("id", "\(index % 7)")], factory: factory)
                        gone.recordNanoseconds(1_000)
                        gone.destroy()
                    }
                }
            }
            group.addTask { for _ in 0..<20 { _ = scrape() } }
        }
        let last = scrape()
        #expect(last.sum("jobs_total") == 2_000 && last.kinds["wait_seconds"] == nil)
    }
}
