import Foundation
import OpenAIUsage
import OpenAIUsageTestSupport
import Testing

@testable import OpenAIUsagePricing

/// The engine and a second implementation agree about every model, tier and kind of token.
struct DifferentialTests {
    private static let seed: UInt64 = 0xd1ff
    private static let tiers: [String?] = [
        nil, "default", "standard", "auto", "scale", "fast", "priority", "flex", "batch", "ultrafast", "warp",
    ]
    private static let days = [
        "2024-05-13", "2024-10-01", "2025-06-09", "2025-06-10", "2026-03-05", "2026-07-29", "2026-07-30", "2026-08-20",
        "2026-08-21", "2026-11-23", "2027-02-28", "2027-03-01",
    ]

    @Test func everyModelAndTierIsPricedAlike() throws {
        let reference = try ReferencePricer(json: PriceBook.bundledText)
        var generator = SplitMix64(seed: Self.seed)
        var exact = 0
        for name in reference.names {
            for tier in Self.tiers {
                for day in Self.days {
                    var call = TestCall(model: name, tier: tier, day: day)
                    call.usage = Self.anyUsage(&generator)
                    call.host = ["api.openai.com", "eu.api.openai.com"][Int.random(in: 0...1, using: &generator)]
                    if Int.random(in: 0..<4, using: &generator) == 0 {
                        call.window = ["soonest", "2h", "8h", "1h"][Int.random(in: 0..<4, using: &generator)]
                    }
                    if Int.random(in: 0..<16, using: &generator) == 0 { call.endpoint = "decisions" }
                    let isSame = Self.isSame(reference.price(call), PriceBook.bundled.cost(of: call.record))
                    #expect(isSame, "seed \(Self.seed), \(name) \(tier ?? "-") \(day) \(call.usage)")
                    if PriceBook.bundled.cost(of: call.record).status == .exact { exact += 1 }
                }
            }
        }
        #expect(exact > 5000)
    }

    @Test(arguments: [271_999, 272_000, 272_001, 1_000_000])
    func theThresholdIsTheSame(input: Int64) throws {
        let reference = try ReferencePricer(json: PriceBook.bundledText)
        for name in reference.names {
            var call = TestCall(model: name)
            call.usage = [.inputTokens: input, .cachedInputTokens: input / 3, .outputTokens: 77]
            #expect(Self.isSame(reference.price(call), PriceBook.bundled.cost(of: call.record)), "\(name)")
        }
    }

    private static func anyUsage(_ generator: inout SplitMix64) -> [TokenCounter: Int64] {
        func part(_ whole: Int64) -> Int64 {
            Bool.random(using: &generator) ? 0 : Int64.random(in: 0...whole, using: &generator)
        }
        let input = Int64.random(in: 1...600_000, using: &generator)
        var rest = input
        var usage: [TokenCounter: Int64] = [.inputTokens: input]
        let audio = part(rest)
        rest -= audio
        let image = part(rest)
        rest -= image
        let cachedText = part(rest)
        rest -= cachedText
        let written = part(rest)
        let cachedAudio = part(audio)
        let cachedImage = part(image)
        usage[.audioInputTokens] = audio
        usage[.imageInputTokens] = image
        usage[.cachedAudioInputTokens] = cachedAudio
        usage[.cachedImageInputTokens] = cachedImage
        usage[.cachedInputTokens] = cachedText + cachedAudio + cachedImage
        usage[.cacheWriteTokens] = written
        usage[.cacheWrite12HourTokens] = part(written)
        let output = part(200_000)
        usage[.outputTokens] = output
        if Bool.random(using: &generator) {
            let audioOutput = part(output)
            usage[.audioOutputTokens] = audioOutput
            usage[.imageOutputTokens] = part(output - audioOutput)
        }
        switch Int.random(in: 0..<12, using: &generator) {
        case 0: usage[.totalTokens] = input + output
        case 1: usage[.totalTokens] = input + output + part(20_000)
        case 2:
            for counter in [TokenCounter.outputTokens, .audioOutputTokens, .imageOutputTokens] { usage[counter] = nil }
        case 3: usage = [.outputTokens: output]
        default: break
        }
        return usage
    }

    private static func isSame(_ price: ReferencePricer.Price, _ cost: CallCost) -> Bool {
        switch price {
        case .unknown: cost.status == .unpriced && cost.picoUSD == nil
        case .known(let amount, let isComplete):
            cost.status == (isComplete ? .exact : .partial)
                && cost.picoUSD.map { Decimal($0) / 1_000_000_000_000 } == amount
        }
    }
}
