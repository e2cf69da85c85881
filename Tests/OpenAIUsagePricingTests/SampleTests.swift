import OpenAIUsage
import Testing

@testable import OpenAIUsagePricing

/// Every sample of the core's fixtures is priced as its table says, by the bundled book.
struct SampleTests {
    @Test func theTableIsThere() {
        #expect(ExpectedSamples.all.count == 111)
        #expect(ExpectedSamples.all.count { $0.modelCost != nil } == 58)
        #expect(ExpectedSamples.all.count { $0.toolCost != nil } == 2)
    }

    @Test(arguments: ExpectedSamples.all.filter { $0.modelCost != nil })
    func theModelsPartIsExact(_ sample: ExpectedSample) throws {
        let explanation = PriceBook.bundled.explanation(of: sample.call.record)
        #expect(Self.sum(explanation, .model) == sample.modelCost)
        let isEstimate = sample.file.hasPrefix("115-")
        #expect(explanation.cost.status == (isEstimate ? .partial : .exact))
        #expect(explanation.cost.reason == (isEstimate ? "estimate" : nil))
        #expect(explanation.cost.priceVersion == PriceBook.bundled.version)
        #expect(explanation.cost == PriceBook.bundled.cost(of: sample.call.record))
    }

    @Test(arguments: ExpectedSamples.all.filter { $0.toolCost != nil })
    func theToolsPartIsExact(_ sample: ExpectedSample) {
        let explanation = PriceBook.bundled.explanation(of: sample.call.record)
        #expect(Self.sum(explanation, .tool) == sample.toolCost)
        #expect(explanation.cost.status == .exact)
    }

    @Test(arguments: ExpectedSamples.all.filter { $0.providerCost != nil })
    func aProvidersFigureIsTaken(_ sample: ExpectedSample) throws {
        let cost = PriceBook.bundled.cost(of: sample.call.record)
        #expect(cost.status == .provider)
        #expect(cost.picoUSD.map { Money(picoUSD: $0).description } == sample.providerCost)
        #expect(cost.priceVersion == nil)
    }

    /// A sample without a cost in the table gets none from the book either.
    ///
    /// The character price of speech and the container that an endpoint creates are in the book, but not in the table,
    /// which holds costs of tokens only.
    @Test(
        arguments: ExpectedSamples.all.filter {
            $0.modelCost == nil && $0.toolCost == nil && $0.providerCost == nil && $0.isBillable
                && !$0.file.hasPrefix("117-") && !$0.file.hasPrefix("144-")
        }
    )
    func whatHasNoCostIsNotPriced(_ sample: ExpectedSample) {
        let cost = PriceBook.bundled.cost(of: sample.call.record)
        #expect(cost.picoUSD == nil)
        #expect(cost.status == (sample.call.usage.isEmpty && sample.call.units.isEmpty ? .none : .unpriced))
    }

    @Test(arguments: [
        ("014-", CostReason.unknownModel), ("021-", .unknownModel), ("045-", .otherProvider), ("101-", .missingPeriod),
        ("139-", .missingPriceItem), ("143-", .severalModels), ("145-", .missingPeriod), ("180-", .otherProvider),
        ("185-", .otherProvider),
    ])
    func theReasonIsTold(prefix: String, reason: CostReason) throws {
        let sample = try #require(ExpectedSamples.all.first { $0.file.hasPrefix(prefix) })
        #expect(PriceBook.bundled.cost(of: sample.call.record).reason == reason)
    }

    @Test(arguments: [("117-", "0.00021"), ("144-", "0.48")])
    func whatTheTableLeavesOutIsPriced(prefix: String, expected: String) throws {
        let sample = try #require(ExpectedSamples.all.first { $0.file.hasPrefix(prefix) })
        let cost = PriceBook.bundled.cost(of: sample.call.record)
        #expect(cost.status == .exact)
        #expect(cost.picoUSD.map { Money(picoUSD: $0).description } == expected)
    }

    private static func sum(_ explanation: PriceExplanation, _ part: PriceExplanation.Part) -> String {
        var sum = MoneySum()
        for line in explanation.lines where line.part == part { sum += line.subtotal }
        return sum.description
    }
}
