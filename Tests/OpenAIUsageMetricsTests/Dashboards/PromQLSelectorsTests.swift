import Testing

@Suite("The selectors of queries")
struct PromQLSelectorsTests {
    @Test("Names, matchers, ranges and functions are found")
    func selectors() {
        let query =
            "histogram_quantile(0.95, sum by (le, model) (rate(a_bucket{job=~\"$job\", x!=\"by (y)\"}[$__rate_interval])))"
            + " and sum(b) without (c) / on (d) group_left (e) (max(f_total{}) > bool 0.5)"
        let parsed = PromQLSelectors(query)
        #expect(parsed.isBalanced)
        #expect(
            parsed.selectors == [
                .init(
                    name: "a_bucket",
                    matchers: ["job": "$job", "x": "by (y)"],
                    range: "$__rate_interval",
                    functions: ["histogram_quantile", "sum", "rate"]
                ),
                .init(name: "b", functions: ["sum"]),
                .init(name: "f_total", functions: ["max"]),
            ]
        )
        #expect(parsed.groupingLabels == ["le", "model", "c", "d", "e"])
    }

    @Test("What is not closed is noticed", arguments: ["sum(a", "a)", "rate(a{b=\"c\"", "a[5m"])
    func unbalanced(_ query: String) {
        #expect(!PromQLSelectors(query).isBalanced)
    }

    @Test("A query of numbers selects nothing", arguments: ["vector(0)", "1 + 2e3", "(sum(vector(1)) or vector(0))"])
    func nothing(_ query: String) {
        #expect(PromQLSelectors(query).selectors.isEmpty)
        #expect(PromQLSelectors(query).isBalanced)
    }
}
