import OpenAIUsage
import OpenAIUsageTestSupport
import Testing

struct TokenUsageTests {
    @Test
    func `What is not reported is unknown, and zero is not that`() {
        var usage = TokenUsage()
        #expect(usage.isEmpty && usage.counters.isEmpty)
        for counter in TokenCounter.allCases { #expect(usage[counter] == nil) }
        usage[.cachedInputTokens] = 0
        #expect(!usage.isEmpty && usage.cachedInputTokens == 0 && usage.inputTokens == nil)
        usage[.cachedInputTokens] = nil
        #expect(usage.isEmpty && usage == TokenUsage() && usage.hashValue == TokenUsage().hashValue)
        usage[.inputTokens] = nil
        #expect(usage == TokenUsage())
    }

    @Test(arguments: TokenCounter.allCases)
    func `Every counter has its own place and name`(counter: TokenCounter) {
        var usage = TokenUsage()
        usage[counter] = 42
        for other in TokenCounter.allCases { #expect(usage[other] == (other == counter ? 42 : nil)) }
        #expect(usage.counters.map(\.counter) == [counter] && usage.counters.map(\.value) == [42])
        #expect(TokenCounter.allCases.filter { $0.name == counter.name } == [counter])
        #expect(counter.name.allSatisfy { $0.isLowercase || $0 == "_" || $0.isNumber })
    }

    @Test
    func `Counters come in the order of their declaration`() {
        var usage = TokenUsage()
        usage[.totalTokens] = 3
        usage[.inputTokens] = 1
        usage[.outputTokens] = 2
        usage[.reasoningTokens] = 0
        #expect(usage.counters.map(\.counter) == [.inputTokens, .outputTokens, .reasoningTokens, .totalTokens])
        #expect([usage.inputTokens, usage.outputTokens, usage.reasoningTokens, usage.totalTokens] == [1, 2, 0, 3])
    }

    @Test
    func `Usages are equal if they report the same`() {
        let seed: UInt64 = 0x75
        var random = SplitMix64(seed: seed)
        for _ in 0..<500 {
            var left = TokenUsage()
            var right = TokenUsage()
            var model: [TokenCounter: Int64] = [:]
            for _ in 0..<40 {
                guard let counter = TokenCounter.allCases.randomElement(using: &random) else { continue }
                let value: Int64? = Bool.random(using: &random) ? Int64.random(in: -5...5, using: &random) : nil
                left[counter] = value
                model[counter] = value
            }
            for (counter, value) in model { right[counter] = value }
            #expect(left == right && left.hashValue == right.hashValue, "seed \(seed)")
            #expect(Dictionary(uniqueKeysWithValues: left.counters.map { ($0.counter, $0.value) }) == model)
            right[.inputTokens] = (right[.inputTokens] ?? 0) + 1
            #expect(left != right)
        }
    }
}
