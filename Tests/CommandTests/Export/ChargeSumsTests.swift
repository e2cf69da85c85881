import OpenAIUsage
import Testing

@testable import oai_usage

struct ChargeSumsTests {
    private static func charge(hour: Int64, project: String = "a", picoUSD: Int128 = 1) -> Charge {
        Charge(
            key: Charge.Key(
                hour: hour * Charge.hourLength,
                project: project,
                provider: "OpenAI",
                sku: "m/input",
                meter: "input",
                unit: .tokens,
                status: "exact"
            ),
            quantity: ExactDecimal(10, scale: 0),
            picoUSD: picoUSD
        )
    }

    @Test
    func `Charges of one key are one, and an hour is complete two hours later`() {
        var sums = ChargeSums()
        #expect(sums.add(Self.charge(hour: 5)).isEmpty)
        #expect(sums.add(Self.charge(hour: 5)).isEmpty)
        // Calls of different ledgers may arrive a little out of order.
        #expect(sums.add(Self.charge(hour: 6)).isEmpty)
        #expect(sums.add(Self.charge(hour: 5)).isEmpty)
        let done = sums.add(Self.charge(hour: 7))
        #expect(done.map(\.picoUSD) == [3])
        #expect(done.map(\.calls) == [3])
        #expect(done.map(\.quantity.text) == ["30"])
        #expect(sums.finish().map(\.key.hour) == [6 * Charge.hourLength, 7 * Charge.hourLength])
        #expect(sums.picoUSD == 5)
        #expect(sums.count == 3)
    }

    @Test
    func `The number of charges in memory has a bound, and the sum is the same`() {
        var sums = ChargeSums(maximumCount: 10)
        var done: [Charge] = []
        for number in 0..<100 { done += sums.add(Self.charge(hour: 1, project: "p\(number % 20)")) }
        done += sums.finish()
        #expect(done.reduce(0) { $0 + $1.picoUSD } == 100)
        #expect(done.count > 20)
        #expect(sums.picoUSD == 100)
    }

    @Test
    func `Charges come out in order`() {
        var sums = ChargeSums()
        for project in ["c", "a", "b"] { _ = sums.add(Self.charge(hour: 1, project: project)) }
        #expect(sums.finish().map(\.key.project) == ["a", "b", "c"])
    }
}
