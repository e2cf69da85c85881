import Testing

@testable import OpenAIUsagePricing

struct PriceRangeTests {
    @Test(arguments: ["0", "0.0", "0.0025", "0.001", "2.5", "600", "5000"])
    func pricesOfAMillionTokensArePlausible(text: String) {
        #expect(PriceRange.millionTokens.objection(to: text) == nil)
    }

    /// A price per token, a price per thousand tokens, and pico-dollars typed where dollars per million belong.
    @Test(arguments: ["0.0000025", "0.00015", "0.0000000025", "2500000", "5000.01"])
    func pricesOfOtherUnitsAreNot(text: String) throws {
        let objection = try #require(PriceRange.millionTokens.objection(to: text))
        #expect(objection.hasPrefix("\(text) USD per 1,000,000 tokens is "))
    }

    @Test(arguments: [
        ("input_character", "0.000015", "15"), ("audio_input_minute", "0.006", "0.00006"),
        ("audio_output_minute", "0.015", "15"), ("session_minute", "0.05", "50"),
        ("video_output_second", "0.3", "300"), ("image:hd/1024x1024", "0.08", "80"),
    ])
    func everyUnitHasARange(name: String, plausible: String, implausible: String) throws {
        let range = try #require(PriceRange.unit(named: name))
        #expect(range.objection(to: plausible) == nil)
        #expect(range.objection(to: implausible) != nil)
    }

    @Test(arguments: ["", "image:", "image:hd", "token", "minute", "input_characters"])
    func otherUnitsAreUnknown(name: String) {
        #expect(PriceRange.unit(named: name) == nil)
    }

    @Test(arguments: [
        (ToolPrices.Unit.call, "0.01", "10"), (.container, "1.92", "1920"), (.storage, "0.1", "100"),
        (.none, "0", "10"),
    ])
    func everyFeeHasARange(unit: ToolPrices.Unit, plausible: String, implausible: String) {
        #expect(PriceRange.tool(unit).objection(to: plausible) == nil)
        #expect(PriceRange.tool(unit).objection(to: implausible) != nil)
    }
}
