import CoreMetrics
import Metrics
import OpenAIUsageMetrics
import OpenAIUsageObservability
import Testing

/// A program's own metrics stand in the exposition, whatever they are called.
struct UsageMetricsFactoryTests {
    private let metrics = UsageMetrics(build: BuildInformation(version: "1"))
    private var factory: UsageMetricsFactory { UsageMetricsFactory(metrics) }

    /// Both formats, which must be valid and say the same.
    private func scrape(sourceLocation: SourceLocation = #_sourceLocation) -> ParsedExposition {
        let text = ParsedExposition(metrics.exposition().body, openMetrics: false)
        let open = metrics.exposition(accept: "application/openmetrics-text;version=1.0.0").body
        let openMetrics = ParsedExposition(open, openMetrics: true)
        #expect(text.problems == [], sourceLocation: sourceLocation)
        #expect(openMetrics.problems == [], sourceLocation: sourceLocation)
        #expect(text.kinds == openMetrics.kinds, sourceLocation: sourceLocation)
        let names = [text, openMetrics].map { Set($0.values.keys.filter { !$0.name.hasPrefix("process_") }) }
        #expect(names[0] == names[1], sourceLocation: sourceLocation)
        return text
    }

    @Test
    func `Each kind becomes a family of its own kind`() {
        withMetricsFactory(factory) {
            Counter(label: "jobs", dimensions: [("queue", "a")]).increment(by: 3)
            FloatingPointCounter(label: "joules").increment(by: 0.25)
            Gauge(label: "depth").record(-5)
            Meter(label: "warmth").set(1.5)
            Recorder(label: "size").record(17)
            Timer(label: "wait").recordNanoseconds(1_500_000_000)
        }
        let scrape = scrape()
        #expect(scrape["jobs_total", ["queue": "a"]] == 3 && scrape["joules_total", [:]] == 0.25)
        #expect(scrape["depth", [:]] == -5 && scrape["warmth", [:]] == 1.5)
        #expect(scrape["size_sum", [:]] == 17 && scrape["size_bucket", ["le": "64.0"]] == 1)
        #expect(scrape["size_bucket", ["le": "16.0"]] == 0)
        #expect(scrape["wait_seconds_sum", [:]] == 1.5 && scrape["wait_seconds_bucket", ["le": "2.5"]] == 1)
        #expect(scrape["wait_seconds_bucket", ["le": "1.0"]] == 0 && scrape["wait_seconds_count", [:]] == 1)
        let kinds = ["jobs": "counter", "joules": "counter", "depth": "gauge", "warmth": "gauge"]
        for (name, kind) in kinds { #expect(scrape.kinds[name] == kind) }
        #expect(scrape.kinds["size"] == "histogram" && scrape.kinds["wait_seconds"] == "histogram")
    }

    @Test
    func `Before the first metric nothing of it is shown`() {
        let before = scrape()
        #expect(!before.kinds.keys.contains { $0.contains("application") })
        _ = Counter(label: "jobs", factory: factory)
        let after = scrape()
        #expect(after["jobs_total", [:]] == 0)
        #expect(after.count("oai_usage_application_metrics_refused_total") == 3)
        #expect(after.sum("oai_usage_application_metrics_refused_total") == 0)
    }

    @Test
    func `Numbers that a kind cannot hold are passed over`() {
        let counter = CounterPair(factory, "jobs")
        counter.whole.increment(by: 5)
        counter.whole.increment(by: -3)
        counter.real.increment(by: 0.5)
        for amount in [-1, Double.nan, .infinity, -.infinity] { counter.real.increment(by: amount) }
        let recorder = Recorder(label: "size", factory: factory)
        for value in [Double.nan, .infinity, -.infinity, 2] { recorder.record(value) }
        recorder.record(Double.greatestFiniteMagnitude)
        recorder.record(Double.greatestFiniteMagnitude)
        Timer(label: "wait", factory: factory).recordNanoseconds(-5)
        let scrape = scrape()
        #expect(scrape["jobs_total", [:]] == 5.5 && scrape["size_count", [:]] == 3)
        #expect(scrape["size_sum", [:]]?.isFinite == true)
        #expect(scrape["wait_seconds_sum", [:]] == 0 && scrape["wait_seconds_count", [:]] == 1)
        counter.whole.increment(by: Int64.max)
        counter.whole.increment(by: Int64.max)
        #expect((self.scrape()["jobs_total", [:]] ?? 0) >= 9.2e18)
        counter.real.reset()
        #expect(self.scrape()["jobs_total", [:]] == 0)
    }

    private struct CounterPair {
        let whole: Counter
        let real: FloatingPointCounter

        init(_ factory: UsageMetricsFactory, _ label: String) {
            whole = Counter(label: label, factory: factory)
            real = FloatingPointCounter(label: label, factory: factory)
        }
    }

    @Test
    func `A gauge rises, falls and may be no number`() {
        let meter = Meter(label: "depth", factory: factory)
        #expect(scrape().kinds["depth"] == nil)
        meter.increment(by: 2.0)
        meter.decrement(by: 0.5)
        #expect(scrape()["depth", [:]] == 1.5)
        meter.set(7)
        meter.increment()
        #expect(scrape()["depth", [:]] == 8)
        meter.set(Double.nan)
        #expect(scrape()["depth", [:]]?.isNaN == true)
        Gauge(label: "depth", factory: factory).record(3)
        #expect(scrape()["depth", [:]] == 3)
    }

    @Test
    func `Series of one name may have different labels`() {
        Counter(label: "jobs", factory: factory).increment(by: 1)
        Counter(label: "jobs", dimensions: [("a", "x")], factory: factory).increment(by: 2)
        Counter(label: "jobs", dimensions: [("b", "y"), ("a", "x")], factory: factory).increment(by: 4)
        Counter(label: "jobs", dimensions: [("a", "x"), ("b", "y")], factory: factory).increment(by: 8)
        Counter(label: "jobs", dimensions: [("a", ""), ("c", "")], factory: factory).increment(by: 16)
        let scrape = scrape()
        #expect(scrape["jobs_total", [:]] == 17 && scrape["jobs_total", ["a": "x"]] == 2)
        #expect(scrape["jobs_total", ["a": "x", "b": "y"]] == 12 && scrape.count("jobs_total") == 3)
    }

    @Test
    func `The first of a name decides its kind`() {
        Counter(label: "jobs", factory: factory).increment()
        Gauge(label: "jobs", factory: factory).record(5)
        Gauge(label: "jobs", factory: factory).record(6)
        Gauge(label: "jobs_total", factory: factory).record(7)
        Recorder(label: "wait_seconds", factory: factory).record(3)
        Timer(label: "wait", factory: factory).recordNanoseconds(1_000_000_000)
        Counter(label: "depth_current", factory: factory).increment()
        Counter(label: "depth", factory: factory).increment()
        Gauge(label: "depth", factory: factory).record(9)
        Gauge(label: "wait_seconds_count", factory: factory).record(1)
        Gauge(label: "jobs_created", factory: factory).record(1)
        let scrape = scrape()
        #expect(scrape["jobs_total", [:]] == 1 && scrape["jobs_current", [:]] == 6)
        #expect(scrape["jobs_total_current", [:]] == 7)
        #expect(scrape["wait_seconds_sum", [:]] == 3 && scrape["wait_timer_seconds_sum", [:]] == 1)
        #expect(
            scrape["depth_current_total", [:]] == 1 && scrape["depth_total", [:]] == 1 && scrape["depth", [:]] == nil
        )
        #expect(scrape["wait_seconds_count_current", [:]] == 1 && scrape["jobs_created_current", [:]] == 1)
        #expect(scrape["oai_usage_application_metrics_refused_total", ["reason": "name_taken"]] == 1)
    }

    @Test
    func `The library's own names are left to it`() {
        Gauge(label: "oai_usage.build_info", factory: factory).record(5)
        Counter(label: "oai_usage_new_total", factory: factory).increment()
        Counter(label: "oai_usage_application_metrics_refused", factory: factory).increment()
        Gauge(label: "process_resident_memory_bytes", factory: factory).record(7)
        Gauge(label: "process_cpu_seconds_created", factory: factory).record(8)
        let scrape = scrape()
        #expect(scrape["app_oai_usage_build_info", [:]] == 5 && scrape["app_oai_usage_new_total", [:]] == 1)
        #expect(scrape["app_oai_usage_application_metrics_refused_total", [:]] == 1)
        #expect(scrape.count("oai_usage_build_info") == 1)
        #if os(Linux)
        #expect(scrape["app_process_resident_memory_bytes", [:]] == 7)
        #expect(scrape["app_process_cpu_seconds_created", [:]] == 8)
        #endif
    }

    @Test
    func `A family that the library registers later hides the application's`() {
        Gauge(label: "later", factory: factory).record(5)
        let family = metrics.registry.register(.gauge("later", help: "x"))
        metrics.registry.update { $0.set(.integer(1), of: $0.cell(family)) }
        #expect(scrape()["later", [:]] == 1)
    }

    @Test
    func `A metric that is destroyed takes its series with it`() {
        let first = Counter(label: "jobs", dimensions: [("queue", "a")], factory: factory)
        let second = Counter(label: "jobs", dimensions: [("queue", "b")], factory: factory)
        let third = Counter(label: "jobs", dimensions: [("queue", "b")], factory: factory)
        for counter in [first, second, third] { counter.increment() }
        first.destroy()
        first.destroy()
        first.increment()
        #expect(scrape().count("jobs_total") == 1)
        second.destroy()
        #expect(scrape()["jobs_total", ["queue": "b"]] == 2)
        third.destroy()
        #expect(scrape().kinds["jobs"] == nil)
        Gauge(label: "jobs", factory: factory).record(5)
        #expect(scrape()["jobs", [:]] == 5)
    }

    @Test
    func `A metric that goes away leaves its series, which a later one may destroy`() {
        Counter(label: "jobs", factory: factory).increment()
        #expect(scrape()["jobs_total", [:]] == 1)
        Counter(label: "jobs", factory: factory).destroy()
        #expect(scrape().kinds["jobs"] == nil)
    }

    @Test
    func `Each kind can be destroyed`() {
        let kept = Counter(label: "kept", factory: factory)
        let real = FloatingPointCounter(label: "joules", factory: factory)
        let gauge = Gauge(label: "depth", factory: factory)
        let meter = Meter(label: "warmth", factory: factory)
        let recorder = Recorder(label: "size", factory: factory)
        let timer = Timer(label: "wait", factory: factory)
        gauge.record(1)
        meter.set(1)
        let names = ["joules", "depth", "warmth", "size", "wait_seconds"]
        let before = scrape()
        #expect(names.allSatisfy { before.kinds[$0] != nil })
        real.destroy()
        gauge.destroy()
        meter.destroy()
        recorder.destroy()
        timer.destroy()
        let after = scrape()
        #expect(names.allSatisfy { after.kinds[$0] == nil } && after.kinds["kept"] != nil)
        kept.destroy()
    }

    @Test(arguments: [[], [.nan, .infinity], [2, 1, 1, .infinity, -1]] as [[Double]])
    func `Buckets are brought into order`(bounds: [Double]) {
        let factory = UsageMetricsFactory(metrics, timerBuckets: bounds, recorderBuckets: bounds)
        Timer(label: "wait", factory: factory).recordNanoseconds(1)
        Recorder(label: "size", factory: factory).record(1)
        let scrape = scrape()
        let isOwn = bounds.count > 2
        #expect(scrape.count("size_bucket") == (isOwn ? 4 : UsageMetricsFactory.defaultRecorderBuckets.count + 1))
        #expect(scrape.count("wait_seconds_bucket") == (isOwn ? 4 : UsageMetricsFactory.defaultTimerBuckets.count + 1))
    }

    @Test
    func `Factories of the same metrics share their series, and other factories' handlers are left alone`() {
        let counter = Counter(label: "jobs", factory: factory)
        Counter(label: "jobs", factory: UsageMetricsFactory(metrics)).increment()
        counter.increment()
        factory.destroyCounter(NOOPMetricsHandler.instance)
        factory.destroyTimer(NOOPMetricsHandler.instance)
        #expect(scrape()["jobs_total", [:]] == 2)
    }
}
