import OpenAIUsageTestSupport
import Testing

@testable import OpenAIUsageMetrics

@Suite("The registry")
struct MetricsRegistryTests {
    @Test("Counters add up by their labels")
    func counters() {
        let registry = MetricsRegistry()
        let calls = registry.register(.counter("calls", labels: ["a", "b"], help: "Calls."))
        registry.update { editor in
            editor.add(.integer(1), to: calls, ["x", "y"])
            editor.add(.integer(2), to: calls, ["x", "y"])
            editor.add(.integer(5), to: calls, ["y", "x"])
        }
        let scrape = Scrape(registry.exposition(.text))
        #expect(scrape.values == ["calls_total{a=\"x\",b=\"y\"}": "3", "calls_total{a=\"y\",b=\"x\"}": "5"])
        #expect(registry.misuses.isEmpty)
    }

    @Test("A counter without labels is there from the start, a gauge once it is known")
    func unlabelled() {
        let registry = MetricsRegistry()
        registry.register(.counter("calls", help: "Calls."))
        registry.register(.histogram("size_bytes", buckets: [1], help: "Size."))
        let warmth = registry.register(.gauge("warmth", help: "Warmth."))
        #expect(
            Scrape(registry.exposition(.text)).names == [
                "calls_total", "size_bytes_bucket", "size_bytes_sum", "size_bytes_count",
            ]
        )
        registry.update { $0.set(.double(1.5), of: $0.cell(warmth)) }
        #expect(Scrape(registry.exposition(.text)).values["warmth"] == "1.5")
        registry.update { $0.set(nil, of: $0.cell(warmth)) }
        #expect(Scrape(registry.exposition(.text)).values["warmth"] == nil)
    }

    @Test("Gauges rise and fall")
    func gauges() {
        let registry = MetricsRegistry()
        let depth = registry.register(.gauge("depth", labels: ["queue"], help: "Depth."))
        registry.update { editor in
            editor.add(.integer(3), to: depth, ["a"])
            editor.add(.integer(-5), to: depth, ["a"])
        }
        #expect(Scrape(registry.exposition(.text)).values["depth{queue=\"a\"}"] == "-2")
    }

    @Test("A sum stops at the largest number")
    func saturation() {
        let registry = MetricsRegistry()
        let calls = registry.register(.counter("calls", help: "Calls."))
        registry.update { editor in
            editor.add(.integer(.max), to: calls)
            editor.add(.integer(1), to: calls)
        }
        #expect(Scrape(registry.exposition(.text)).values["calls_total"] == "9223372036854775807")
        var number = MetricNumber.pico(.max)
        let added = number.add(.pico(1))
        #expect(added)
        #expect(number == .pico(.max))
        var low = MetricNumber.integer(.min)
        let lowered = low.add(.integer(-1))
        #expect(lowered)
        #expect(low == .integer(.min))
        var float = MetricNumber.double(0.5)
        let mixed = float.add(.integer(1))
        #expect(!mixed)
        #expect(float == .double(0.5))
    }

    @Test(
        "A wrong definition is refused",
        arguments: [
            (.counter("", help: "x"), .invalidName), (.counter("1calls", help: "x"), .invalidName),
            (.counter("calls_total", help: "x"), .invalidName), (.counter("a:b", help: "x"), .invalidName),
            (.counter("a-b", help: "x"), .invalidName), (.counter("ünder", help: "x"), .invalidName),
            (.gauge("a b", help: "x"), .invalidName), (.gauge("size", unit: "bytes", help: "x"), .invalidName),
            (.gauge("bytes", unit: "bytes", help: "x"), .invalidName),
            (.counter("calls", labels: ["le"], help: "x"), .invalidLabelName),
            (.counter("calls", labels: ["quantile"], help: "x"), .invalidLabelName),
            (.counter("calls", labels: ["__name__"], help: "x"), .invalidLabelName),
            (.counter("calls", labels: ["a", "a"], help: "x"), .invalidLabelName),
            (.counter("calls", labels: ["a.b"], help: "x"), .invalidLabelName),
            (.counter("calls", labels: [""], help: "x"), .invalidLabelName),
            (.histogram("time", buckets: [], help: "x"), .invalidBuckets),
            (.histogram("time", buckets: [1, 1], help: "x"), .invalidBuckets),
            (.histogram("time", buckets: [2, 1], help: "x"), .invalidBuckets),
            (.histogram("time", buckets: [1, .infinity], help: "x"), .invalidBuckets),
            (.histogram("time", buckets: [.nan], help: "x"), .invalidBuckets),
        ] as [(MetricDescriptor, MetricsError.Code)]
    )
    func definitions(_ descriptor: MetricDescriptor, _ code: MetricsError.Code) {
        #expect {
            try descriptor.validate()
        } throws: { error in
            (error as? MetricsError)?.code == code
        }
        let registry = MetricsRegistry()
        let family = registry.register(descriptor)
        registry.update { $0.add(.integer(1), to: family) }
        #expect(registry.misuses.map(\.code) == [code, .unknownFamily])
        #expect(registry.exposition(.text).isEmpty)
    }

    @Test(
        "A right definition is taken",
        arguments: [
            .counter("http2_calls", help: "x"), .counter("_a9", help: ""),
            .gauge("size_bytes", unit: "bytes", help: "x"),
            .gauge("A", labels: ["a", "B9", "_c"], help: "x"), .histogram("time", buckets: [-1, 0, 1], help: "x"),
        ] as [MetricDescriptor]
    )
    func validDefinitions(_ descriptor: MetricDescriptor) {
        #expect(throws: Never.self) { try descriptor.validate() }
        let registry = MetricsRegistry()
        registry.register(descriptor)
        #expect(registry.misuses.isEmpty)
        #expect(registry.descriptors == [descriptor])
    }

    @Test("Two families cannot share a name or a series")
    func duplicates() {
        let registry = MetricsRegistry()
        registry.register(.counter("a", help: "x"))
        registry.register(.gauge("a", help: "x"))
        registry.register(.gauge("a_total", help: "x"))
        registry.register(.histogram("b", buckets: [1], help: "x"))
        registry.register(.gauge("b_count", help: "x"))
        registry.register(.gauge("b_created", help: "x"))
        #expect(registry.misuses.map(\.code) == [.duplicate, .duplicate, .duplicate])
        #expect(registry.misuses.map(\.family) == ["a", "a_total", "b_count"])
        #expect(registry.descriptors.map(\.name) == ["a", "b", "b_created"])
    }

    @Test("A wrong use changes nothing, and is told")
    func misuse() {
        let registry = MetricsRegistry()
        let calls = registry.register(.counter("calls", labels: ["a"], help: "x"))
        let time = registry.register(.histogram("time", buckets: [1], help: "x"))
        let before = registry.exposition(.text)
        registry.update { editor in
            editor.add(.integer(1), to: calls, [])
            editor.add(.integer(1), to: calls, ["a", "b"])
            editor.add(.integer(-1), to: editor.cell(calls, ["a"]))
            editor.add(.double(.nan), to: editor.cell(calls, ["a"]))
            editor.observe(1, in: editor.cell(calls, ["a"]))
            editor.add(.integer(1), to: editor.cell(time))
            editor.set(.integer(1), of: editor.cell(time))
            editor.observe(.nan, in: time)
            editor.observe(.infinity, in: time)
            editor.add(.integer(1), to: MetricCell(family: 99, place: 0))
            editor.add(.integer(1), to: nil)
        }
        #expect(registry.exposition(.text) == before)
        let expected: [MetricsError.Code] = [.labelCount, .labelCount, .kind, .kind, .kind, .kind, .kind, .kind, .kind]
        #expect(registry.misuses.map(\.code) == expected)
        #expect(registry.misuses.first?.description == "metric calls: 0 label values for 1 label names")
    }

    @Test("The list of mistakes is bounded")
    func misuseBound() {
        let registry = MetricsRegistry()
        let calls = registry.register(.counter("calls", labels: ["a"], help: "x"))
        for _ in 0..<100 { registry.update { $0.add(.integer(1), to: calls, []) } }
        #expect(registry.misuses.count == 16)
    }

    @Test("A collector is asked at each scrape")
    func collector() {
        let registry = MetricsRegistry()
        let clock = ManualClock(0)
        registry.registerCollector([
            .gauge("age_seconds", unit: "seconds", help: "Age."), .counter("ticks", labels: ["kind"], help: "Ticks."),
            .gauge("unknown", help: "Not known."), .counter("never", help: "Never set."),
        ]) { collection in
            collection.set("age_seconds", .integer(clock.wallMicroseconds / 1_000_000))
            collection.set("ticks", ["a"], .double(0.5))
            collection.set("unknown", nil)
        }
        #expect(Scrape(registry.exposition(.text)).values == ["age_seconds": "0", "ticks_total{kind=\"a\"}": "0.5"])
        clock.advance(seconds: 5)
        #expect(Scrape(registry.exposition(.text)).values["age_seconds"] == "5")
        #expect(registry.descriptors.map(\.name) == ["age_seconds", "never", "ticks", "unknown"])
        #expect(registry.misuses.isEmpty)
    }

    @Test("A collector can set what it has declared, and nothing else")
    func collectorMisuse() {
        let registry = MetricsRegistry()
        registry.register(.counter("calls", help: "x"))
        registry.registerCollector([.gauge("calls", help: "x"), .gauge("depth", help: "x")]) { collection in
            collection.set("calls", .integer(9))
            collection.set("other", .integer(9))
            collection.set("depth", ["a"], .integer(9))
        }
        #expect(Scrape(registry.exposition(.text)).values == ["calls_total": "0"])
        #expect(registry.misuses.map(\.code) == [.duplicate, .unknownFamily, .unknownFamily, .labelCount])
    }

    @Test("A collector may use the registry itself")
    func collectorReentrancy() {
        let registry = MetricsRegistry()
        let scrapes = registry.register(.counter("scrapes", help: "Scrapes."))
        registry.registerCollector([.gauge("depth", help: "Depth.")]) { collection in
            registry.update { $0.add(.integer(1), to: scrapes) }
            collection.set("depth", .integer(1))
        }
        _ = registry.exposition(.text)
        #expect(Scrape(registry.exposition(.text)).values == ["depth": "1", "scrapes_total": "1"])
    }

    @Test("The order does not depend on the order of the changes", arguments: [1, 2, 3] as [UInt64])
    func order(_ seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let names = ["b", "a", "c_d", "c"].shuffled(using: &random)
        let labels = ["", "a", "b", "ab", "\u{0}", "Z", "z", "é"].shuffled(using: &random)
        let registry = MetricsRegistry()
        for name in names {
            let family = registry.register(.counter(name, labels: ["x", "y"], help: "x"))
            registry.update { editor in
                for left in labels {
                    for right in labels.shuffled(using: &random) { editor.add(.integer(1), to: family, [left, right]) }
                }
            }
        }
        let reference = MetricsRegistry()
        for name in names.sorted() {
            let family = reference.register(.counter(name, labels: ["x", "y"], help: "x"))
            reference.update { editor in
                for left in labels.sorted() {
                    for right in labels.sorted() { editor.add(.integer(1), to: family, [left, right]) }
                }
            }
        }
        #expect(registry.exposition(.text) == reference.exposition(.text), "seed \(seed)")
    }

    @Test("A scrape sees a change in all families or in none")
    func atomicity() async {
        let registry = MetricsRegistry()
        let calls = registry.register(.counter("calls", help: "x"))
        let time = registry.register(.histogram("time", buckets: [1], help: "x"))
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    for _ in 0..<2_000 {
                        registry.update { editor in
                            editor.add(.integer(1), to: calls)
                            editor.observe(0.5, in: time)
                        }
                    }
                }
            }
            group.addTask {
                for _ in 0..<200 {
                    let scrape = Scrape(registry.exposition(.text))
                    #expect(scrape.values["calls_total"] == scrape.values["time_count"])
                }
            }
        }
        #expect(Scrape(registry.exposition(.text)).values["calls_total"] == "8000")
    }
}
