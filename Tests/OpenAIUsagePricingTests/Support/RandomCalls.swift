import OpenAIUsage
import OpenAIUsageTestSupport

@testable import OpenAIUsagePricing

/// Calls of all models, tiers, hosts and units, with usage whose parts never exceed their whole.
struct RandomCalls {
    private var generator: SplitMix64
    private let models = PriceBook.bundled.models

    private static let tiers = [
        "default", "auto", "standard", "", "scale", "flex", "priority", "fast", "batch", "ultrafast", "warp",
    ]
    private static let regions = ["eu", "us", "jp", "ae"]
    private static let others = ["acme.openai.azure.com", "openrouter.ai", "api.groq.com"]
    private static let unknownModels = [
        "gpt-99", "gpt-5.4-cyber", "gpt-6.2-cyber", "gpt-4o-mini-extra", "anthropic/claude-opus-5.5", "gpt-4o:free", "",
    ]

    init(seed: UInt64) {
        generator = SplitMix64(seed: seed)
    }

    /// The next call.
    mutating func next() -> TestCall {
        var call = TestCall()
        let model = models[number(0...models.count - 1)]
        call.model = name(of: model)
        if chance(4) {
            call.requestModel = call.model
            call.model = nil
        } else if chance(10) {
            call.requestModel = "gpt-4o"
        }
        if chance(40) { call.tier = Self.tiers[number(0...Self.tiers.count - 1)] }
        if chance(20) { call.requestedTier = Self.tiers[number(0...Self.tiers.count - 1)] }
        if chance(8) { call.endpoint = "batches.retrieve" } else if chance(5) { call.endpoint = "decisions" }
        if chance(20) {
            call.host = Self.regions[number(0...Self.regions.count - 1)] + ".api.openai.com"
        } else if chance(5) {
            call.host = Self.others[number(0...Self.others.count - 1)]
        }
        // From 2023-12 to 2027-03, most of them in the days of the newest models.
        call.day = UTCDay(number: chance(60) ? number(20_774...20_900) : number(19_700...20_900)).description
        if chance(12) { call.window = ["soonest", "2h", "8h", "1h"][number(0...3)] }
        if chance(3) { call.providerCost = ["0", "0.0000067", "1.5e-7", "12.345678901234567"][number(0...3)] }
        if chance(3) { call.family = FreeFamily() }
        if chance(3) { call.outcome = .open }
        addWork(to: &call, model)
        if chance(2) {
            // Few models have prices for much input in some tiers and not in others.
            call.model = "gpt-5.4"
            call.tier = "fast"
            call.usage = [.inputTokens: Int64(number(272_000...272_003))]
            call.units = [:]
            call.toolCalls = [:]
            call.state = .reported
        }
        return call
    }

    private mutating func name(of model: ModelPrices) -> String {
        if chance(6) { return Self.unknownModels[number(0...Self.unknownModels.count - 1)] }
        var name = model.names[number(0...model.names.count - 1)]
        if name.hasPrefix("ft:") {
            if chance(70) { name += ":acme:\(chance(50) ? "" : "triage"):Ab\(number(10...99))" }
            if chance(20), name.contains(":acme") { name += ":ckpt-step-\(number(1...99))" }
        } else if chance(8) {
            name += ["-2031-01-31", "-0613", "-2031-13-01", ":20230824-v2", ":20230824"][number(0...4)]
        }
        return chance(6) ? ["openai/", "azure/", "openrouter/openai/"][number(0...2)] + name : name
    }

    private mutating func addWork(to call: inout TestCall, _ model: ModelPrices) {
        let hasUnits = model.periods.contains { !$0.units.isEmpty || !$0.estimates.isEmpty }
        if hasUnits, chance(85) {
            addUnits(to: &call, model.kind)
        } else if chance(90) {
            addTokens(to: &call)
        } else {
            call.state = [UsageState.missing, .error, .cut, .null, .unparsable][number(0...4)]
            if chance(50) { call.status = chance(50) ? 500 : nil }
            if chance(90) { call.requestBytes = tokens() }
            if chance(80) { call.maximumOutputTokens = tokens() / 4 }
            if chance(5) { call.requestOptions["input_by_reference"] = "true" }
        }
        if chance(12) { addTools(to: &call) }
        if chance(2) { call.diagnostics[chance(50) ? "cf-aig-cache-status" : "helicone-cache"] = "HIT" }
        if chance(2) { call.diagnostics["cf-aig-cache-status"] = "MISS" }
    }

    private mutating func addUnits(to call: inout TestCall, _ kind: ModelPrices.Kind) {
        switch kind {
        case .transcription:
            if chance(20) { call.usage[.audioSeconds] = Int64(number(0...7200)) }
            call.units["audio_seconds"] = call.usage[.audioSeconds].map { String($0) } ?? decimal()
        case .realtime: call.units["session_seconds"] = decimal()
        case .speech: call.units["input_characters"] = String(number(0...100_000))
        case .video:
            call.units["video_seconds"] = "\"\(number(1...60))\""
            if chance(50) { call.units["size"] = "\"720x1280\"" }
        default:
            call.units["images"] = String(number(1...10))
            if chance(70) { call.units["size"] = ["\"1024x1024\"", "\"1792x1024\"", "\"9x9\""][number(0...2)] }
            if chance(70) { call.units["quality"] = ["\"hd\"", "\"standard\"", "\"high\"", "\"low\""][number(0...3)] }
        }
        call.state = .unitsFromBody
        if chance(5) { call.status = 400 }
    }

    private mutating func addTokens(to call: inout TestCall) {
        let input = tokens()
        var rest = input
        func part(_ wanted: Int) -> Int64 {
            guard chance(wanted) else { return 0 }
            let part = Int64.random(in: 0...rest, using: &generator)
            rest -= part
            return part
        }
        let cachedText = part(40)
        let written = part(25)
        let audio = part(15)
        let image = part(15)
        call.usage[.inputTokens] = input
        if cachedText > 0 { call.usage[.cachedInputTokens] = cachedText }
        if audio > 0 {
            let cached = chance(50) ? Int64.random(in: 0...audio, using: &generator) : 0
            call.usage[.audioInputTokens] = audio
            call.usage[.cachedAudioInputTokens] = cached
            call.usage[.cachedInputTokens, default: 0] += cached
        }
        if image > 0 {
            let cached = chance(50) ? Int64.random(in: 0...image, using: &generator) : 0
            call.usage[.imageInputTokens] = image
            call.usage[.cachedImageInputTokens] = cached
            call.usage[.cachedInputTokens, default: 0] += cached
        }
        if written > 0 {
            call.usage[.cacheWriteTokens] = written
            if chance(40) { call.usage[.cacheWrite12HourTokens] = Int64.random(in: 0...written, using: &generator) }
        }
        if chance(3) {
            // A server that tells nothing but the sum, or nothing but what it said.
            call.usage = chance(50) ? [.totalTokens: input] : [.outputTokens: input / 4]
            return
        }
        guard chance(90) else { return }
        let output = tokens() / 4
        if chance(20) { call.usage[.totalTokens] = input + output + (chance(40) ? tokens() / 8 : 0) }
        call.usage[.outputTokens] = output
        if chance(40) { call.usage[.reasoningTokens] = Int64.random(in: 0...output, using: &generator) }
        if chance(15) {
            let audio = Int64.random(in: 0...output, using: &generator)
            call.usage[.audioOutputTokens] = audio
            call.usage[.imageOutputTokens] = Int64.random(in: 0...(output - audio), using: &generator)
        }
    }

    private mutating func addTools(to call: inout TestCall) {
        // Nothing says whether a window's discount holds for what a search brings in.
        if chance(50), call.window == nil { call.toolCalls["web_search"] = Int64(number(0...5)) }
        if chance(40) { call.toolCalls["file_search"] = Int64(number(1...5)) }
        if chance(20) { call.toolCalls["mcp"] = 3 }
        if chance(20) { call.toolCalls["teleport"] = 1 }
        if chance(25) { call.toolCalls["code_interpreter"] = 2 }
        if chance(25) { call.toolCalls["container.\(["1g", "4g", "16g", "64g", "2g"][number(0...4)])"] = 1 }
        if call.usage[.reasoningTokens] ?? 0 > 0, chance(20) { call.toolCalls["web_search_preview"] = 2 }
        if chance(25) {
            call.toolCalls["image_generation"] = 1
            if chance(80) {
                call.units["image_generation.model"] = "\"\(chance(80) ? "gpt-image-2" : "gpt-image-99")\""
                call.units["image_generation.input_tokens"] = String(number(1...5000))
                call.units["image_generation.output_tokens"] = String(number(1...5000))
            }
        }
        if chance(10) {
            call.units["container_memory"] = "\"4g\""
            if chance(50) { call.units["container_windows_min"] = String(number(1...9)) }
        }
    }

    private mutating func tokens() -> Int64 {
        if chance(6) { return [0, 271_999, 272_000, 272_001, 200_000, 200_001][number(0...5)] }
        let magnitude = 1 << number(0...21)
        return Int64(number(0...magnitude))
    }

    /// Seconds with up to three decimals.
    private mutating func decimal() -> String {
        let whole = number(0...7200)
        return chance(50) ? String(whole) : "\(whole).\(number(1...999))"
    }

    private mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }
    private mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &generator) < percent }
}
