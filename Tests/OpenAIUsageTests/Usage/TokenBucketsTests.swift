import OpenAIUsage
import OpenAIUsageTestSupport
import Testing

struct TokenBucketsTests {
    static func usage(_ counters: [TokenCounter: Int64]) -> TokenUsage {
        var usage = TokenUsage()
        for (counter, value) in counters { usage[counter] = value }
        return usage
    }

    @Test
    func `Nothing reported is nothing in the buckets`() {
        #expect(TokenBuckets(TokenUsage()) == TokenBuckets())
        #expect(TokenBuckets().totalInput == 0 && TokenBuckets().totalOutput == 0 && !TokenBuckets().isInconsistent)
    }

    @Test
    func `Parts are taken out of their whole`() {
        let buckets = TokenBuckets(
            Self.usage([
                .inputTokens: 6_000, .cachedInputTokens: 2_048, .cacheWriteTokens: 3_072, .outputTokens: 50,
                .reasoningTokens: 12,
            ])
        )
        #expect(buckets.input == 880 && buckets.cachedInput == 2_048 && buckets.cacheWrite == 3_072)
        #expect(buckets.output == 50 && !buckets.isInconsistent)
    }

    @Test
    func `Writes for 12 hours are told apart from the rest`() {
        let buckets = TokenBuckets(
            Self.usage([
                .inputTokens: 10_000, .cacheWriteTokens: 9_000, .cacheWrite30MinuteTokens: 1_000,
                .cacheWrite12HourTokens: 8_000,
            ])
        )
        #expect(buckets.input == 1_000 && buckets.cacheWrite == 1_000 && buckets.cacheWrite12Hour == 8_000)
        let parts = TokenBuckets(
            Self.usage([.inputTokens: 10, .cacheWrite30MinuteTokens: 3, .cacheWrite12HourTokens: 4])
        )
        #expect(parts.input == 3 && parts.cacheWrite == 3 && parts.cacheWrite12Hour == 4)
        #expect(!buckets.isInconsistent && !parts.isInconsistent)
    }

    @Test
    func `Cached audio and images are parts of the cached and of their kind`() {
        let buckets = TokenBuckets(
            Self.usage([
                .inputTokens: 620, .cachedInputTokens: 364, .cachedAudioInputTokens: 200, .cachedTextInputTokens: 164,
                .cachedImageInputTokens: 0, .textInputTokens: 200, .audioInputTokens: 420, .imageInputTokens: 0,
                .outputTokens: 161, .textOutputTokens: 41, .audioOutputTokens: 120,
            ])
        )
        #expect(buckets.input == 36 && buckets.cachedInput == 164)
        #expect(buckets.audioInput == 220 && buckets.cachedAudioInput == 200)
        #expect(buckets.output == 41 && buckets.audioOutput == 120)
        #expect(buckets.totalInput == 620 && buckets.totalOutput == 161 && !buckets.isInconsistent)
    }

    @Test
    func `The buckets of any consistent usage are its parts, and their sums its totals`() {
        let seed: UInt64 = 0xb0c4
        var random = SplitMix64(seed: seed)
        for _ in 0..<5_000 {
            func part() -> Int64 {
                Bool.random(using: &random) ? 0 : Int64.random(in: 1...1_000_000_000, using: &random)
            }
            var expected = TokenBuckets()
            expected.input = part()
            expected.cachedInput = part()
            expected.cacheWrite = part()
            expected.cacheWrite12Hour = part()
            expected.audioInput = part()
            expected.cachedAudioInput = part()
            expected.imageInput = part()
            expected.cachedImageInput = part()
            expected.output = part()
            expected.audioOutput = part()
            expected.imageOutput = part()
            let usage = Self.usage([
                .inputTokens: expected.totalInput,
                .cachedInputTokens: expected.cachedInput + expected.cachedAudioInput + expected.cachedImageInput,
                .cachedAudioInputTokens: expected.cachedAudioInput,
                .cachedImageInputTokens: expected.cachedImageInput,
                .cacheWriteTokens: expected.cacheWrite + expected.cacheWrite12Hour,
                .cacheWrite12HourTokens: expected.cacheWrite12Hour,
                .audioInputTokens: expected.audioInput + expected.cachedAudioInput,
                .imageInputTokens: expected.imageInput + expected.cachedImageInput,
                .outputTokens: expected.totalOutput,
                .audioOutputTokens: expected.audioOutput,
                .imageOutputTokens: expected.imageOutput,
                .reasoningTokens: expected.output,
            ])
            #expect(TokenBuckets(usage) == expected, "seed \(seed): \(usage.counters)")
        }
    }

    static let inconsistencies: [[TokenCounter: Int64]] = [
        [.inputTokens: 10, .cachedInputTokens: 11], [.cachedInputTokens: 1], [.inputTokens: -1], [.outputTokens: -1],
        [.inputTokens: 10, .cachedInputTokens: -1], [.inputTokens: 10, .cacheWriteTokens: -1],
        [.inputTokens: 10, .audioInputTokens: 11], [.inputTokens: 10, .imageInputTokens: 11],
        [.inputTokens: 10, .audioInputTokens: -1], [.inputTokens: 10, .imageInputTokens: -1],
        [.inputTokens: 10, .cachedInputTokens: 6, .cacheWriteTokens: 6],
        [.inputTokens: 10, .cachedInputTokens: 3, .cachedAudioInputTokens: 4, .audioInputTokens: 5],
        [.inputTokens: 10, .cachedInputTokens: 3, .cachedAudioInputTokens: 2, .cachedImageInputTokens: 2],
        [.inputTokens: 10, .cachedInputTokens: 5, .cachedAudioInputTokens: 5, .audioInputTokens: 3],
        [.inputTokens: 10, .cachedInputTokens: 5, .cachedImageInputTokens: 5, .imageInputTokens: 3],
        [.inputTokens: 10, .cacheWriteTokens: 3, .cacheWrite12HourTokens: 4],
        [.inputTokens: 10, .cacheWrite12HourTokens: -4], [.inputTokens: 10, .cachedAudioInputTokens: -4],
        [.outputTokens: 5, .audioOutputTokens: 6], [.outputTokens: 5, .audioOutputTokens: 3, .imageOutputTokens: 3],
        [.audioOutputTokens: 1], [.outputTokens: 5, .imageOutputTokens: -1],
    ]

    @Test(arguments: inconsistencies)
    func `Parts beyond their whole are told, and cut to it`(counters: [TokenCounter: Int64]) {
        let buckets = TokenBuckets(Self.usage(counters))
        #expect(buckets.isInconsistent)
        #expect(buckets.totalInput == max(0, counters[.inputTokens] ?? 0))
        #expect(buckets.totalOutput == max(0, counters[.outputTokens] ?? 0))
    }

    @Test
    func `Reasoning that only the total tells of is output`() {
        let outside = TokenBuckets(
            Self.usage([.inputTokens: 12, .outputTokens: 1, .reasoningTokens: 386, .totalTokens: 399])
        )
        #expect(outside.output == 1 && outside.hiddenOutput == 386 && outside.totalOutput == 387)
        #expect(!outside.isInconsistent)
        let unsaid = TokenBuckets(Self.usage([.inputTokens: 12, .outputTokens: 1, .reasoningTokens: 386]))
        #expect(unsaid.hiddenOutput == 0 && unsaid.isInconsistent)
        let inside = TokenBuckets(
            Self.usage([.inputTokens: 12, .outputTokens: 390, .reasoningTokens: 386, .totalTokens: 402])
        )
        #expect(inside.hiddenOutput == 0 && !inside.isInconsistent)
    }

    @Test
    func `No counters, however wrong, break the sums`() {
        let seed: UInt64 = 0xbad
        var random = SplitMix64(seed: seed)
        let values: [Int64] = [.min, .min + 1, -.max, -1, 0, 1, 2, 1_000, .max - 1, .max]
        for round in 0..<20_000 {
            var usage = TokenUsage()
            for counter in TokenCounter.allCases where Bool.random(using: &random) {
                usage[counter] = values.randomElement(using: &random)
            }
            let buckets = TokenBuckets(usage)
            let all = [
                buckets.input, buckets.cachedInput, buckets.cacheWrite, buckets.cacheWrite12Hour, buckets.audioInput,
                buckets.cachedAudioInput, buckets.imageInput, buckets.cachedImageInput, buckets.output,
                buckets.audioOutput,
                buckets.imageOutput,
            ]
            #expect(all.allSatisfy { $0 >= 0 }, "seed \(seed), round \(round)")
            #expect(buckets.totalInput == max(0, usage.inputTokens ?? 0), "seed \(seed), round \(round)")
            let output = max(0, usage.outputTokens ?? 0) + (usage.hiddenOutputTokens ?? 0)
            #expect(buckets.totalOutput == output, "seed \(seed), round \(round)")
        }
    }

    @Test(arguments: SampleTests.samples)
    func `The samples are consistent`(sample: Sample) throws {
        let record = try SampleTests.record(of: sample)
        let buckets = TokenBuckets(record.usage)
        #expect(!buckets.isInconsistent)
        #expect(buckets.totalInput == record.usage.inputTokens ?? 0)
        #expect(buckets.totalOutput == (record.usage.outputTokens ?? 0) + (record.usage.hiddenOutputTokens ?? 0))
    }
}
