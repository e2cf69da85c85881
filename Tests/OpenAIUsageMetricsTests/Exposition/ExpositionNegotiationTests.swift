import OpenAIUsageTestSupport
import Testing

@testable import OpenAIUsageMetrics

@Suite("Negotiation of the format")
struct ExpositionNegotiationTests {
    private static let text = "text/plain; version=0.0.4; charset=utf-8"
    private static let openMetrics = "application/openmetrics-text; version=1.0.0; charset=utf-8"
    private static let draft = "application/openmetrics-text; version=0.0.1; charset=utf-8"
    private static let escaping = "; escaping=underscores"
    private static let protobuf = "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily"

    @Test(
        "Each header gets its format",
        arguments: [
            // Nothing that is understood.
            (nil, text), ("", text), (",", text), (";;,;", text), ("text", text), ("/", text),
            ("application/json", text),
            ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", text),
            // The text format.
            ("text/plain", text), ("text/plain;version=0.0.4", text), ("text/plain; version=0.0.4;", text),
            ("TEXT/Plain ; VERSION=0.0.4", text), ("text/plain;version=\"0.0.4\"", text),
            ("text/plain;version=1.0.0", text),
            ("text/*", text), ("*/*", text), ("*/*;q=0.1", text),
            // OpenMetrics.
            ("application/openmetrics-text", draft), ("application/openmetrics-text;version=0.0.1", draft),
            ("application/openmetrics-text;version=1.0.0", openMetrics),
            ("application/openmetrics-text; version=1.0.0; charset=utf-8", openMetrics),
            ("application/openmetrics-text;version=2.0.0", text), ("application/openmetrics-text;version=0.0.4", text),
            ("application/openmetrics-text;version=", text), ("application/*", openMetrics),
            // Protobuf is not offered.
            (protobuf + ";encoding=delimited", text), (protobuf + ";encoding=text", text),
            (protobuf + ";encoding=compact-text", text),
            (protobuf + ";encoding=delimited,application/openmetrics-text;version=1.0.0;q=0.5", openMetrics),
            // The escaping of names.
            ("text/plain;version=0.0.4; escaping=values", text + escaping),
            ("text/plain;version=0.0.4; escaping=allow-utf-8", text + escaping),
            ("application/openmetrics-text;version=1.0.0; escaping=allow-utf-8", openMetrics + escaping),
            ("application/openmetrics-text;version=0.0.1; escaping=underscores", draft + escaping),
            ("application/openmetrics-text;version=1.0.0; escaping=dots;", openMetrics + escaping),
            ("application/openmetrics-text;version=1.0.0; escaping=shout", openMetrics),
            ("text/plain;escaping=\"a\r\nSet-Cookie: b\"", text),
            (protobuf + ";encoding=delimited; escaping=allow-utf-8", text + escaping),
            // Weights.
            ("text/plain;version=0.0.4;q=0.5,application/openmetrics-text;version=1.0.0;q=0.4", text),
            ("text/plain;version=0.0.4;q=0.4,application/openmetrics-text;version=1.0.0;q=0.5", openMetrics),
            ("text/plain;version=0.0.4,application/openmetrics-text;version=1.0.0", text),
            ("application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4", openMetrics),
            ("application/openmetrics-text;version=1.0.0;q=0,text/plain;q=0.1", text),
            ("application/openmetrics-text;version=1.0.0;q=0", text), ("text/plain;q=0", text),
            ("application/openmetrics-text;version=1.0.0;q=junk,text/plain;q=0.9", openMetrics),
            ("text/plain;q=0.9,application/openmetrics-text;version=1.0.0;q=7", openMetrics),
            ("application/openmetrics-text;version=1.0.0;q=-1,text/plain;q=0.1", text),
            ("application/openmetrics-text;version=9,application/openmetrics-text;version=1.0.0;q=0.2", openMetrics),
            ("a/b;x=\",\";q=1,application/openmetrics-text;version=1.0.0;q=0.9", openMetrics),
            ("a/b;x=\"\\\",;\";q=1,application/openmetrics-text;version=1.0.0;q=0.9", openMetrics),
        ] as [(String?, String)]
    )
    func table(_ accept: String?, _ contentType: String) {
        #expect(ExpositionNegotiation(accept: accept).contentType == contentType)
    }

    @Test("Prometheus 2 and 3 get OpenMetrics")
    func prometheus() {
        let second =
            "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
            + "text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
        #expect(ExpositionNegotiation(accept: second).contentType == Self.openMetrics)
        let third =
            "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
            + "application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,"
            + "text/plain;version=0.0.4;q=0.3,*/*;q=0.2"
        #expect(ExpositionNegotiation(accept: third).contentType == Self.openMetrics + Self.escaping)
        #expect(ExpositionNegotiation(accept: third).format == .openMetrics)
    }

    @Test("A client that prefers the newer text format falls back to the older one")
    func newerText() {
        let accept = "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.6,text/plain;version=0.0.4;q=0.5,*/*;q=0.2"
        #expect(ExpositionNegotiation(accept: accept).contentType == Self.text + Self.escaping)
    }

    @Test("Nothing of the header stands in the answer", arguments: [1, 2] as [UInt64])
    func noInjection(_ seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let pieces = [
            "application/openmetrics-text", "text/plain", "*/*", ";", ",", "=", "\"", "\\", "q", "version", "escaping",
            "1.0.0", "0.0.4", "0.5", "values", "\r\n", "X: y", " ", "ü", "/",
        ]
        let answers = [Self.text, Self.openMetrics, Self.draft]
        let allowed = Set(answers + answers.map { $0 + Self.escaping })
        for _ in 0..<5_000 {
            let header = (0..<Int.random(in: 0..<14, using: &random)).map { _ in
                pieces[Int.random(in: 0..<pieces.count, using: &random)]
            }.joined()
            #expect(allowed.contains(ExpositionNegotiation(accept: header).contentType), "seed \(seed): \(header)")
        }
    }

    @Test("The ranges of a header are taken apart and sorted by weight")
    func ranges() {
        let header = AcceptHeader("a/b;q=0.3;x=1, C/D ; Q=0.9 ; Y=\"a\\\"b\",e/f;q=0.9,g/h;q=0")
        #expect(
            header.ranges == [
                .init(type: "c", subtype: "d", parameters: ["y": "a\"b"], quality: 0.9),
                .init(type: "e", subtype: "f", parameters: [:], quality: 0.9),
                .init(type: "a", subtype: "b", parameters: ["x": "1"], quality: 0.3),
            ]
        )
    }

    @Test("The exposition bears the format that was negotiated")
    func exposition() {
        let registry = MetricsRegistry()
        registry.register(.counter("calls", help: "Calls."))
        let text = registry.exposition(accept: nil)
        #expect(text.contentType == Self.text)
        #expect(String(decoding: text.body, as: UTF8.self).hasSuffix("calls_total 0\n"))
        let openMetrics = registry.exposition(accept: "application/openmetrics-text;version=1.0.0")
        #expect(openMetrics.contentType == Self.openMetrics)
        #expect(String(decoding: openMetrics.body, as: UTF8.self).hasSuffix("calls_total 0\n# EOF\n"))
    }
}
