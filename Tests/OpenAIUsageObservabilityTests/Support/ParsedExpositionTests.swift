import Testing

/// The judge of the other tests must itself find what is wrong.
struct ParsedExpositionTests {
    @Test(
        arguments: [
            "# TYPE a_total counter\na_total 1", "a 1\n", "# TYPE a_total counter\na_total -1\n",
            "# TYPE a_total counter\na_total NaN\n", "# TYPE a gauge\nb 1\n", "# TYPE a gauge\na 1\na 2\n",
            "# TYPE a gauge\na{x=\"\"} 1\na 2\n", "# TYPE a gauge\na{x=\"1\",x=\"2\"} 1\n",
            "# TYPE a gauge\na{__x=\"1\"} 1\n", "# TYPE a gauge\na{x.y=\"1\"} 1\n", "# TYPE a gauge\na{x=\"\\q\"} 1\n",
            "# TYPE a gauge\na{x=\"1\" 1\n", "# TYPE a gauge\na one\n", "# TYPE a gauge\n# TYPE b gauge\nb 1\na 1\n",
            "# TYPE a gauge\na 1\n# TYPE b gauge\nb 1\n# TYPE a gauge\na{x=\"1\"} 1\n",
            "# TYPE a gauge\na_total 1\n",
            "# TYPE a counter\na 1\n", "# TYPE a histogram\na_bucket{le=\"1.0\"} 1\na_sum 1\na_count 1\n",
            "# TYPE a histogram\na_bucket{le=\"1.0\"} 2\na_bucket{le=\"+Inf\"} 1\na_sum 1\na_count 1\n",
            "# TYPE a histogram\na_bucket{le=\"+Inf\"} 2\na_sum 1\na_count 1\n",
            "# TYPE a histogram\na_bucket{le=\"+Inf\"} 2\na_count 2\n", "# TYPE 1a gauge\n1a 1\n", "# note\n",
            "# TYPE a_created gauge\na_created 1\n# TYPE a_total counter\na_total 1\n", "# UNIT a s\n",
            "# TYPE a_count gauge\na_count 1\n# TYPE a histogram\na_bucket{le=\"+Inf\"} 0\na_sum 0\n",
        ]
    )
    func `What is wrong is found`(text: String) {
        #expect(!ParsedExposition(Array(text.utf8), openMetrics: false).problems.isEmpty)
    }

    @Test
    func `What is right is taken`() {
        let metrics =
            "# TYPE a_total counter\n# HELP a_total A.\na_total{x=\"\\\\\\\"\\n, }\",y=\"\"} 1\na_total 2.5\n"
            + "# TYPE b gauge\nb NaN\n# TYPE c histogram\nc_bucket{le=\"1.0\"} 1\nc_bucket{le=\"+Inf\"} 2\nc_sum -3\nc_count 2\n"
        let parsed = ParsedExposition(Array(metrics.utf8), openMetrics: false)
        #expect(parsed.problems.isEmpty)
        #expect(
            parsed["a_total", ["x": "\\\"\n, }"]] == 1 && parsed.sum("a_total") == 3.5 && parsed.count("a_total") == 2
        )
        let open = "# TYPE a counter\n# HELP a A.\na_total 1\n# TYPE t_s gauge\n# UNIT t_s s\nt_s 1\n# EOF\n"
        #expect(ParsedExposition(Array(open.utf8), openMetrics: true).problems.isEmpty)
        #expect(!ParsedExposition(Array(open.utf8.dropLast(6)), openMetrics: true).problems.isEmpty)
    }
}
