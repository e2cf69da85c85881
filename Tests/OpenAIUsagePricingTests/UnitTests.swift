import OpenAIUsage
import Testing

@testable import OpenAIUsagePricing

struct UnitTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var model: String
        var units: [String: String]
        var expected: String?
        var day = "2026-05-01"
        var status = CostStatus.exact

        var testDescription: String { "\(model) \(units.sorted { $0.key < $1.key })" }
    }

    static let cases: [Case] = [
        Case(model: "whisper-1", units: ["audio_seconds": "12"], expected: "0.0012"),
        Case(model: "whisper-1", units: ["audio_seconds": "12.0"], expected: "0.0012"),
        Case(model: "whisper-1", units: ["audio_seconds": "1.2e1"], expected: "0.0012"),
        Case(model: "whisper-1", units: ["audio_seconds": "\"12\""], expected: "0.0012"),
        Case(model: "whisper-1", units: ["audio_seconds": "0"], expected: "0"),
        Case(model: "gpt-live-1", units: ["session_seconds": "44.25"], expected: "0.036875"),
        Case(model: "gpt-realtime-translate", units: ["session_seconds": "1"], expected: "0.000566666667"),
        Case(model: "gpt-realtime-whisper", units: ["audio_seconds": "1"], expected: "0.000283333333"),
        Case(model: "gpt-transcribe", units: ["audio_seconds": "60"], expected: "0.0045"),
        Case(model: "tts-1", units: ["input_characters": "14"], expected: "0.00021"),
        Case(model: "tts-1-hd", units: ["input_characters": "1000000"], expected: "30"),
        Case(
            model: "dall-e-3",
            units: ["images": "1", "size": "\"1792x1024\"", "quality": "\"hd\""],
            expected: "0.12"
        ),
        Case(model: "dall-e-2", units: ["images": "3", "size": "\"256x256\""], expected: "0.048"),
        Case(model: "dall-e-3", units: ["images": "2"], expected: "0.08"),
        Case(model: "sora-2", units: ["video_seconds": "\"8\"", "size": "\"720x1280\""], expected: "0.8"),
        Case(model: "sora-2-pro", units: ["video_seconds": "8", "size": "\"1280x720\""], expected: "2.4"),
        Case(model: "sora-2-pro", units: ["video_seconds": "8", "size": "\"1792x1024\""], expected: "4"),
        Case(model: "sora-2", units: ["video_seconds": "8", "size": "\"1792x1024\""], status: .unpriced),
        Case(model: "dall-e-3", units: ["images": "1", "size": "\"9x9\""], status: .unpriced),
        Case(model: "dall-e-3", units: ["images": "1", "quality": "\"h\\\"d\""], expected: "0.04"),
        Case(model: "whisper-1", units: ["audio_seconds": "-5"], status: .unpriced),
        Case(model: "whisper-1", units: ["session_seconds": "5"], status: .unpriced),
        Case(model: "gpt-4o-transcribe-diarize", units: ["audio_seconds": "27"], expected: "0.0027", status: .partial),
        Case(
            model: "gpt-image-1",
            units: ["images": "2", "quality": "\"high\"", "size": "\"1024x1024\""],
            expected: "0.334",
            status: .partial
        ),
        Case(model: "dall-e-3", units: ["images": "1"], day: "2026-05-13", status: .unpriced),
        Case(model: "whisper-1", units: ["audio_seconds": "oops"], status: .none),
        Case(model: "whisper-1", units: ["storage_bytes": "5"], status: .none),
    ]

    @Test(arguments: cases)
    func unitsArePriced(_ item: Case) {
        let call = TestCall(model: item.model, day: item.day, units: item.units, state: .unitsFromBody)
        let cost = PriceBook.bundled.cost(of: call.record)
        #expect(cost.picoUSD.map { Money(picoUSD: $0).description } == item.expected)
        #expect(cost.status == item.status)
        #expect(PriceBook.bundled.explanation(of: call.record).cost == cost)
    }

    @Test func wholeSecondsMayStandAmongTheCounters() {
        let call = TestCall(model: "whisper-1", usage: [.audioSeconds: 90])
        #expect(PriceBook.bundled.cost(of: call.record).picoUSD == 9_000_000_000)
        let lines = PriceBook.bundled.explanation(of: call.record).lines
        #expect(lines.map(\.item) == ["audio_input_minute"])
        #expect(lines.map(\.quantity) == ["90"])
        #expect(lines.map(\.unitsPerPrice) == [60])
        #expect(lines.map(\.unit) == ["second"])
    }

    @Test func tokensComeBeforeUnits() {
        let units = ["images": "1", "size": "\"1024x1024\"", "quality": "\"high\""]
        let call = TestCall(model: "gpt-image-1", usage: [.inputTokens: 0, .outputTokens: 100], units: units)
        #expect(PriceBook.bundled.cost(of: call.record) == Self.exact(4_000_000_000))
    }

    private static func exact(_ picoUSD: Int64) -> CallCost {
        CallCost(picoUSD: picoUSD, status: .exact, priceVersion: PriceBook.bundled.version)
    }
}
