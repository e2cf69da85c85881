import Testing

@testable import oai_usage

struct DemoTrafficTests {
    @Test
    func `The traffic is the same each time, and of every kind`() {
        let calls = DemoTraffic.calls(300, seed: 1)
        #expect(calls.map(\.body) == DemoTraffic.calls(300, seed: 1).map(\.body))
        #expect(Set(calls.map(\.project)).count == 3)
        #expect(Set(calls.map(\.path)).count == 4)
        for word in ["status=429", "status=400", "status=500", "cut-after-chunks", "chunk-delay-ms"] {
            #expect(calls.contains { $0.directives?.contains(word) == true }, "\(word)")
        }
        #expect(calls.contains { $0.body?.contains("include_usage") == true })
        #expect(calls.contains { call in if case .leaves = call.manner { true } else { false } })
    }

    @Test
    func `Each attempt has an id of its own, whatever the order in which they arrive`() {
        let numbers = (0..<300).flatMap { call in (0..<3).map { DemoTraffic.idNumber(call: call, attempt: $0) } }
        #expect(Set(numbers).count == numbers.count)
        #expect(DemoTraffic.exampleRequestID.hasPrefix("req_"))
    }

    @Test
    func `What comes next names the ledger that was kept, and none that was not`() {
        let kept = DemoMetrics.nextSteps(ledger: "my demo/ledger.db")
        for command in ["report", "calls", "show"] {
            #expect(kept.contains("oai-usage \(command) --ledger 'my demo/ledger.db' "), "\(command)")
        }
        #expect(kept.contains(DemoTraffic.exampleRequestID))
        #expect(!DemoMetrics.nextSteps(ledger: nil).contains("--ledger"))
    }

    @Test(arguments: [("demo/ledger.db", "demo/ledger.db"), ("a b", "'a b'"), ("it's", #"'it'\''s'"#), ("", "''")])
    func `A word is quoted where a shell would split it`(text: String, word: String) {
        #expect(ShellWord.quoted(text) == word)
    }

    @Test
    func `The slice of the metrics names what it leaves out`() {
        let lines = (0..<20).map { "oai_usage_calls_total{code=\"\($0)\"} 1" }
        let slice = DemoMetrics.slice(of: (["# TYPE oai_usage_calls_total counter"] + lines).joined(separator: "\n"))
        #expect(slice.contains("# ... and 13 more"))
        #expect(!slice.contains("code=\"15\""))
    }
}
