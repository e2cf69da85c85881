import Testing

@testable import OpenAIUsageMetrics

@Suite("Families that come and go")
struct MetricsSourceTests {
    private func family(_ descriptor: MetricDescriptor, _ value: Int64 = 1) -> MetricFamily {
        var family = MetricFamily(descriptor)
        if let place = family.place(of: []) { _ = family.set(.integer(value), at: place) }
        return family
    }

    @Test("A source is asked at each scrape, and stands in the order of the names")
    func source() {
        let registry = MetricsRegistry()
        let calls = registry.register(.counter("m", help: "x"))
        registry.registerSource { [family] in
            registry.update { $0.add(.integer(1), to: calls) }
            return [family(.gauge("z", help: "x"), 7), family(.gauge("a", help: "x"), 8)]
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
        registry.registerSource { [family] in [family(descriptor)] }
        #expect((Scrape(registry.exposition(.text)).order == before) == clashes)
    }

    @Test("A histogram is loaded with counts that fit its buckets, and with no others")
    func load() {
        var family = MetricFamily(.histogram("time", labels: ["a"], buckets: [1, 2], help: "x"))
        #expect(family.place(of: ["x"]) == 0 && family.place(of: ["y"]) == 1)
        #expect(family.load([1, 2, 3], sum: 9, at: 1))
        #expect(!family.load([1, 2], sum: 9, at: 1) && !family.load([1, 2, 3], sum: 9, at: 2))
        #expect(family.bucketCounts == [0, 0, 0, 1, 2, 3] && family.sums == [0, 9])
        var gauge = MetricFamily(.gauge("depth", help: "x"))
        #expect(gauge.place(of: []) == 0 && !gauge.load([1], sum: 1, at: 0))
    }
}
