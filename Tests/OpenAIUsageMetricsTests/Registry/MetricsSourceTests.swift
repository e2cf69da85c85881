import Testing

@testable import OpenAIUsageMetrics

@Suite("Families that come and go")
struct MetricsSourceTests {
    private static func family(_ descriptor: MetricDescriptor, _ value: Int64) -> MetricFamily {
        var family = MetricFamily(descriptor)
        if let place = family.place(of: []) { _ = family.set(.integer(value), at: place) }
        return family
    }

    @Test("A source is asked at each scrape, and stands in the order of the names")
    func source() {
        let registry = MetricsRegistry()
        let calls = registry.register(.counter("m", help: "x"))
        registry.registerSource {
            registry.update { $0.add(.integer(1), to: calls) }
            return [Self.family(.gauge("z", help: "x"), 7), Self.family(.gauge("a", help: "x"), 8)]
        }
        _ = registry.exposition(.text)
        let scrape = Scrape(registry.exposition(.text))
        #expect(scrape.values == ["a": "8", "m_total": "1", "z": "7"] && scrape.order == ["a", "m_total", "z"])
    }

    @Test(
        "A family that clashes with a registered one is left out",
        arguments: [
            (.gauge("calls", help: "x"), true), (.gauge("calls_total", help: "x"), true),
            (.gauge("calls_created", help: "x"), true), (.histogram("calls", buckets: [1], help: "x"), true),
            (.counter("calls_sum", help: "x"), false), (.gauge("time_sum", help: "x"), true),
            (.gauge("time_seconds", help: "x"), false), (.counter("time", help: "x"), true),
        ] as [(MetricDescriptor, Bool)]
    )
    func clash(_ descriptor: MetricDescriptor, _ clashes: Bool) {
        let registry = MetricsRegistry()
        registry.register(.counter("calls", help: "x"))
        registry.register(.histogram("time", buckets: [1], help: "x"))
        #expect(registry.hasClaims(descriptor.claimedNames) == clashes)
        let before = Scrape(registry.exposition(.text)).order
        registry.registerSource { [Self.family(descriptor, 1)] }
        #expect((Scrape(registry.exposition(.text)).order == before) == clashes)
    }

    @Test("A histogram is loaded with counts that fit its buckets, and with no others")
    func load() {
        var family = MetricFamily(.histogram("time", labels: ["a"], buckets: [1, 2], help: "x"))
        let places = ["x", "y"].map { family.place(of: [$0]) }
        let loads = [([1, 2, 3], 1), ([1, 2], 1), ([1, 2, 3], 2)].map { family.load($0.0, sum: 9, at: $0.1) }
        #expect(places == [0, 1] && loads == [true, false, false])
        #expect(family.bucketCounts == [0, 0, 0, 1, 2, 3] && family.sums == [0, 9])
        var gauge = MetricFamily(.gauge("depth", help: "x"))
        let place = gauge.place(of: [])
        let isLoaded = gauge.load([1], sum: 1, at: 0)
        #expect(place == 0 && !isLoaded)
    }
}
