import OpenAIUsage
import OpenAIUsageTestSupport
import Testing

@testable import OpenAIUsagePricing

/// Laws that hold for every call; the seeds make each run the same.
struct PricePropertyTests {
    private static let seed: UInt64 = 0x5eed_2026
    private static let tiers: [String?] = [nil, "default", "fast", "priority", "flex", "batch", "ultrafast", "warp"]
    private static let hosts = ["api.openai.com", "eu.api.openai.com", "127.0.0.1", "openrouter.ai"]
    private static let windows: [String?] = [nil, nil, "2h", "8h", "9h"]

    /// A call of any model of the book with any usage that a provider could report.
    private static func anyCall(_ generator: inout SplitMix64) -> TestCall {
        let models = PriceBook.bundled.models
        var call = TestCall()
        let model = models[Int.random(in: 0..<models.count, using: &generator)]
        call.model = model.names.randomElement(using: &generator)
        call.tier = tiers[Int.random(in: 0..<tiers.count, using: &generator)]
        call.host = hosts[Int.random(in: 0..<hosts.count, using: &generator)]
        call.window = windows[Int.random(in: 0..<windows.count, using: &generator)]
        let largest = Int64(1) << Int64.random(in: 0..<24, using: &generator)
        let input = Int64.random(in: 0...largest, using: &generator)
        let cached = Int64.random(in: 0...input, using: &generator)
        let written = Int64.random(in: 0...(input - cached), using: &generator)
        let audio = Int64.random(in: 0...(input - cached - written), using: &generator)
        call.usage = [
            .inputTokens: input, .cachedInputTokens: cached, .cacheWriteTokens: written, .audioInputTokens: audio,
            .outputTokens: Int64.random(in: 0...largest, using: &generator),
        ]
        if Bool.random(using: &generator) { call.usage[.reasoningTokens] = call.usage[.outputTokens] }
        if Int.random(in: 0..<8, using: &generator) == 0 {
            call.toolCalls = ["web_search": Int64.random(in: 0..<5, using: &generator), "mcp": 1]
        }
        return call
    }

    @Test func theLinesAddUpToTheCost() {
        var generator = SplitMix64(seed: Self.seed)
        var statuses: Set<CostStatus> = []
        for index in 0..<20_000 {
            let record = Self.anyCall(&generator).record
            let explanation = PriceBook.bundled.explanation(of: record)
            var sum = MoneySum()
            for line in explanation.lines { sum += line.subtotal }
            if let cost = explanation.cost.picoUSD {
                #expect(sum.picoUSD == Int128(cost), "seed \(Self.seed), call \(index)")
            } else {
                #expect(explanation.lines.isEmpty, "seed \(Self.seed), call \(index)")
            }
            #expect(explanation.cost == PriceBook.bundled.cost(of: record), "seed \(Self.seed), call \(index)")
            let isExplained = explanation.gaps.isEmpty == (explanation.cost.status == .exact)
            #expect(isExplained, "seed \(Self.seed), call \(index)")
            statuses.insert(explanation.cost.status)
        }
        #expect(statuses == [.exact, .partial, .unpriced])
    }

    @Test func everyLineIsTheRoundedProductOfWhatItShows() throws {
        var generator = SplitMix64(seed: Self.seed &+ 1)
        var lines = 0
        for index in 0..<5000 {
            let record = Self.anyCall(&generator).record
            for line in PriceBook.bundled.explanation(of: record).lines {
                let quantity = try #require(Int128(line.quantity))
                var numerator = quantity * Int128(line.price.picoUSD)
                var denominator = Int128(line.unitsPerPrice)
                for modifier in line.modifiers {
                    guard let text = modifier.factor else { continue }
                    numerator *= Int128(try Money(decimal: text).picoUSD / 1_000_000)
                    denominator *= 1_000_000
                }
                let distance = (numerator - Int128(line.subtotal.picoUSD) * denominator).magnitude
                #expect(distance * 2 <= denominator.magnitude, "seed \(Self.seed), call \(index)")
                lines += 1
            }
        }
        #expect(lines > 2000)
    }

    @Test func thePriceOfDisjointBucketsIsTheSumOfTheirPrices() {
        var generator = SplitMix64(seed: Self.seed &+ 2)
        let counters: [[TokenCounter]] = [
            [.inputTokens], [.inputTokens, .cachedInputTokens], [.inputTokens, .cacheWriteTokens],
            [.inputTokens, .cacheWriteTokens, .cacheWrite12HourTokens], [.inputTokens, .audioInputTokens],
            [.inputTokens, .imageInputTokens], [.outputTokens], [.outputTokens, .audioOutputTokens],
        ]
        for index in 0..<5000 {
            var whole = Self.anyCall(&generator)
            // An audio counter at zero keeps a speech model from taking text for speech.
            // Both sides are told, since one that is not is not a zero.
            let nothing: [TokenCounter: Int64] = [
                .inputTokens: 0, .outputTokens: 0, .audioOutputTokens: 0, .imageOutputTokens: 0,
            ]
            whole.usage = nothing
            whole.toolCalls = [:]
            whole.window = nil
            var sum: Int64? = 0
            for part in counters {
                // Small enough that no sum is long.
                let tokens = Int64.random(in: 0..<10_000, using: &generator)
                var call = whole
                call.usage = nothing
                for counter in part {
                    call.usage[counter] = tokens
                    whole.usage[counter, default: 0] += tokens
                }
                let cost = PriceBook.bundled.cost(of: call.record)
                sum = sum.flatMap { sum in cost.status == .exact ? cost.picoUSD.map { sum + $0 } : nil }
            }
            let cost = PriceBook.bundled.cost(of: whole.record)
            #expect((cost.status == .exact ? cost.picoUSD : nil) == sum, "seed \(Self.seed), call \(index)")
        }
    }

    @Test func moreTokensNeverCostLess() {
        var generator = SplitMix64(seed: Self.seed &+ 3)
        var compared = 0
        for index in 0..<10_000 {
            var call = Self.anyCall(&generator)
            let before = PriceBook.bundled.cost(of: call.record)
            let counter = Bool.random(using: &generator) ? TokenCounter.inputTokens : .outputTokens
            call.usage[counter, default: 0] += Int64.random(in: 1..<100_000, using: &generator)
            let after = PriceBook.bundled.cost(of: call.record)
            guard before.status == .exact, after.status == .exact else { continue }
            #expect(before.picoUSD ?? 0 <= after.picoUSD ?? -1, "seed \(Self.seed), call \(index)")
            compared += 1
        }
        #expect(compared > 1000)
    }

    @Test func whatIsReadFromTheCacheNeverCostsMore() {
        for model in PriceBook.bundled.models {
            for period in model.periods {
                for (tier, card) in period.tiers {
                    guard let input = card[.input], let cached = card[.cachedInput] else { continue }
                    #expect(cached.picoUSD <= input.picoUSD, "\(model.id) \(tier)")
                }
            }
        }
    }

    @Test func noUsageCrashesTheCalculation() {
        var generator = SplitMix64(seed: Self.seed &+ 4)
        let extremes: [Int64] = [0, 1, -1, 272_000, Int64.max, Int64.max / 2, -Int64.max, 1 << 40]
        for index in 0..<5000 {
            var call = Self.anyCall(&generator)
            for counter in [TokenCounter.inputTokens, .outputTokens, .cacheWriteTokens, .audioInputTokens] {
                call.usage[counter] = extremes[Int.random(in: 0..<extremes.count, using: &generator)]
            }
            call.toolCalls["file_search"] = extremes[Int.random(in: 0..<extremes.count, using: &generator)]
            let cost = PriceBook.bundled.cost(of: call.record)
            #expect(cost.picoUSD ?? 0 >= 0, "seed \(Self.seed), call \(index)")
            #expect((cost.picoUSD == nil) == (cost.status == .unpriced), "seed \(Self.seed), call \(index)")
        }
    }
}
