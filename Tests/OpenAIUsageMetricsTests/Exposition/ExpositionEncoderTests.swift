import OpenAIUsageTestSupport
import Testing

@testable import OpenAIUsageMetrics

@Suite("Texts of the formats")
struct ExpositionEncoderTests {
    private func registry() -> MetricsRegistry {
        let registry = MetricsRegistry()
        let calls = registry.register(
            .counter("calls", labels: ["path", "code"], help: "Calls \\ with \"quotes\"\nand lines.")
        )
        let cost = registry.register(.counter("cost_usd", unit: "usd", labels: ["project"], help: "Cost."))
        let temperature = registry.register(.gauge("temperature_celsius", unit: "celsius", help: "Warmth."))
        let duration = registry.register(
            .histogram(
                "duration_seconds",
                unit: "seconds",
                labels: ["path"],
                buckets: [0.1, 1, 1_000_000],
                help: "Time."
            )
        )
        registry.update { editor in
            editor.add(.integer(2), to: calls, ["/b", "200"])
            editor.add(.integer(3), to: calls, ["/a", "500"])
            editor.add(.integer(1), to: calls, ["/a", "200"])
            editor.add(.pico(6_750_000), to: cost, ["x\\y\"z\nü"])
            editor.set(.double(-1.5), of: editor.cell(temperature))
            let cell = editor.cell(duration, ["/a"])
            let exemplar = Exemplar(requestID: "req_1", value: 0.25, microseconds: 1_795_425_300_250_000)
            editor.observe(0.1, in: cell)
            editor.observe(0.25, in: cell, exemplar: exemplar)
            editor.observe(2_000_000, in: cell)
        }
        return registry
    }

    @Test("The text format 0.0.4")
    func text() {
        let expected = #"""
            # HELP calls_total Calls \\ with "quotes"\nand lines.
            # TYPE calls_total counter
            calls_total{path="/a",code="200"} 1
            calls_total{path="/a",code="500"} 3
            calls_total{path="/b",code="200"} 2
            # HELP cost_usd_total Cost.
            # TYPE cost_usd_total counter
            cost_usd_total{project="x\\y\"z\nü"} 0.00000675
            # HELP duration_seconds Time.
            # TYPE duration_seconds histogram
            duration_seconds_bucket{path="/a",le="0.1"} 1
            duration_seconds_bucket{path="/a",le="1.0"} 2
            duration_seconds_bucket{path="/a",le="1e+06"} 2
            duration_seconds_bucket{path="/a",le="+Inf"} 3
            duration_seconds_sum{path="/a"} 2.00000035e+06
            duration_seconds_count{path="/a"} 3
            # HELP temperature_celsius Warmth.
            # TYPE temperature_celsius gauge
            temperature_celsius -1.5

            """#
        #expect(String(decoding: registry().exposition(.text), as: UTF8.self) == expected)
    }

    @Test("OpenMetrics", arguments: [ExpositionFormat.openMetrics, .openMetricsDraft])
    func openMetrics(_ format: ExpositionFormat) {
        let expected = #"""
            # TYPE calls counter
            # HELP calls Calls \\ with \"quotes\"\nand lines.
            calls_total{path="/a",code="200"} 1
            calls_total{path="/a",code="500"} 3
            calls_total{path="/b",code="200"} 2
            # TYPE cost_usd counter
            # UNIT cost_usd usd
            # HELP cost_usd Cost.
            cost_usd_total{project="x\\y\"z\nü"} 0.00000675
            # TYPE duration_seconds histogram
            # UNIT duration_seconds seconds
            # HELP duration_seconds Time.
            duration_seconds_bucket{path="/a",le="0.1"} 1
            duration_seconds_bucket{path="/a",le="1.0"} 2 # {request_id="req_1"} 0.25 1795425300.25
            duration_seconds_bucket{path="/a",le="1e+06"} 2
            duration_seconds_bucket{path="/a",le="+Inf"} 3
            duration_seconds_sum{path="/a"} 2.00000035e+06
            duration_seconds_count{path="/a"} 3
            # TYPE temperature_celsius gauge
            # UNIT temperature_celsius celsius
            # HELP temperature_celsius Warmth.
            temperature_celsius -1.5
            # EOF

            """#
        #expect(String(decoding: registry().exposition(format), as: UTF8.self) == expected)
    }

    @Test("Without metrics there is no line, and in OpenMetrics the last one")
    func empty() {
        let registry = MetricsRegistry()
        #expect(registry.exposition(.text).isEmpty)
        #expect(String(decoding: registry.exposition(.openMetrics), as: UTF8.self) == "# EOF\n")
    }

    @Test("A family without series has no metadata")
    func familyWithoutSeries() {
        let registry = MetricsRegistry()
        registry.register(.counter("calls", labels: ["path"], help: "Calls."))
        registry.register(.gauge("warmth", help: "Warmth."))
        #expect(registry.exposition(.text).isEmpty)
    }

    @Test(
        "The value of a label is escaped in both formats alike",
        arguments: [
            ("plain", "plain"), ("", ""), ("a\"b", "a\\\"b"), ("a\\b", "a\\\\b"), ("a\nb", "a\\nb"), ("\\n", "\\\\n"),
            ("\\\"", "\\\\\\\""), ("a\tb", "a\tb"), ("a\rb", "a\rb"), ("{a=\"b\"} 1", "{a=\\\"b\\\"} 1"),
            ("日本語", "日本語"),
            ("\u{0}", "\u{0}"), ("trailing\\", "trailing\\\\"), ("👩‍👩‍👧", "👩‍👩‍👧"), ("\r\n", "\r\\n"),
        ]
    )
    func labelEscapes(_ value: String, _ escaped: String) {
        let registry = MetricsRegistry()
        let calls = registry.register(.counter("calls", labels: ["x"], help: "Calls."))
        registry.update { $0.add(.integer(1), to: calls, [value]) }
        for format in ExpositionFormat.allCases {
            let text = String(decoding: registry.exposition(format), as: UTF8.self)
            #expect(text.utf8.contains(subsequence: "calls_total{x=\"\(escaped)\"} 1\n".utf8))
        }
    }

    @Test(
        "Help is escaped by the rules of its format",
        arguments: [
            ("a\"b", "a\"b", "a\\\"b"), ("a\\b", "a\\\\b", "a\\\\b"), ("a\nb", "a\\nb", "a\\nb"), ("ü", "ü", "ü"),
            ("\\n", "\\\\n", "\\\\n"),
        ]
    )
    func helpEscapes(_ help: String, _ text: String, _ openMetrics: String) {
        let registry = MetricsRegistry()
        registry.register(.counter("calls", help: help))
        let texts = [ExpositionFormat.text, .openMetrics].map {
            String(decoding: registry.exposition($0), as: UTF8.self)
        }
        #expect(texts[0].utf8.contains(subsequence: "# HELP calls_total \(text)\n".utf8))
        #expect(texts[1].utf8.contains(subsequence: "# HELP calls \(openMetrics)\n".utf8))
    }

    @Test("Buckets are cumulated, and the last is the count")
    func cumulation() throws {
        let registry = MetricsRegistry()
        let family = registry.register(.histogram("size_bytes", buckets: [1, 2, 4], help: "Size."))
        var random = SplitMix64(seed: 5)
        let values = (0..<1_000).map { _ in Double.random(in: 0..<6, using: &random) }
        registry.update { editor in
            for value in values { editor.observe(value, in: family) }
        }
        let scrape = Scrape(registry.exposition(.text))
        for (bound, text) in [(1.0, "1.0"), (2, "2.0"), (4, "4.0"), (.infinity, "+Inf")] {
            let expected = values.count { $0 <= bound }
            #expect(scrape.values["size_bytes_bucket{le=\"\(text)\"}"] == String(expected))
        }
        #expect(scrape.values["size_bytes_count"] == "1000")
        let sum = try #require(scrape.values["size_bytes_sum"].flatMap(Double.init))
        #expect(abs(sum - values.reduce(0, +)) < 1e-6)
    }

    @Test("A value on a bound belongs to its bucket")
    func bounds() {
        let buckets = HistogramBuckets([0, 0.5, 1])
        #expect(buckets.texts == ["0.0", "0.5", "1.0", "+Inf"])
        #expect([-1, 0, 0.1, 0.5, 0.6, 1, 1.1].map(buckets.place) == [0, 0, 1, 1, 2, 2, 3])
    }

    @Test("A counter shows its exemplar in OpenMetrics only")
    func counterExemplar() {
        let registry = MetricsRegistry()
        let family = registry.register(.counter("errors", labels: ["kind"], help: "Errors."))
        registry.update { editor in
            let exemplar = Exemplar(requestID: "req_9", value: 1, microseconds: 1_000_001)
            editor.add(.integer(1), to: editor.cell(family, ["a"]), exemplar: exemplar)
            editor.add(.integer(1), to: editor.cell(family, ["b"]))
        }
        let openMetrics = Scrape(registry.exposition(.openMetrics), openMetrics: true)
        #expect(openMetrics.exemplars == ["errors_total{kind=\"a\"}": "{request_id=\"req_9\"} 1 1.000001"])
        #expect(Scrape(registry.exposition(.text)).exemplars.isEmpty)
    }

    @Test("The newest exemplar stays, in whatever order calls end")
    func newestExemplar() {
        let registry = MetricsRegistry()
        let family = registry.register(.counter("errors", help: "Errors."))
        registry.update { editor in
            for (name, time) in [("req_1", 1_000_000), ("req_3", 3_000_000), ("req_2", 2_000_000)] as [(String, Int64)]
            {
                let exemplar = Exemplar(requestID: name, value: 1, microseconds: time)
                editor.add(.integer(1), to: editor.cell(family), exemplar: exemplar)
            }
        }
        let scrape = Scrape(registry.exposition(.openMetrics), openMetrics: true)
        #expect(scrape.exemplars["errors_total"] == "{request_id=\"req_3\"} 1 3")
        #expect(scrape.values["errors_total"] == "3")
    }

    @Test(
        "An identity that could break the line is not an exemplar",
        arguments: ["", "a b", "a\"b", "a\\b", "a\nb", "ü", String(repeating: "x", count: 101), "a{b"]
    )
    func badExemplar(_ requestID: String) {
        #expect(Exemplar(requestID: requestID, value: 1, microseconds: 1) == nil)
    }

    @Test(
        "An identity as providers write it is one",
        arguments: ["req_c3ae8797920d6674105cbf843cee0ea7", "9a2b3c4d-5e6f-7a8b-9c0d-1e2f3a4b5c6d", "a.b:c/d+e="]
    )
    func goodExemplar(_ requestID: String) {
        #expect(Exemplar(requestID: requestID, value: 1, microseconds: 1)?.requestID == requestID)
        #expect(Exemplar(requestID: requestID, value: .nan, microseconds: 1) == nil)
        #expect(Exemplar(requestID: requestID, value: 1, microseconds: -1) == nil)
        #expect(Exemplar(requestID: requestID, value: 1, microseconds: 1)?.with(value: .infinity) == nil)
    }
}

extension Sequence where Element: Equatable {
    /// Whether the elements of another sequence stand in this one, side by side.
    func contains(subsequence other: some Sequence<Element>) -> Bool {
        let all = Array(self)
        let wanted = Array(other)
        guard all.count >= wanted.count else { return false }
        return (0...(all.count - wanted.count)).contains { all[$0..<($0 + wanted.count)].elementsEqual(wanted) }
    }
}
