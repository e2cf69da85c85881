import OpenAIUsage
import OpenAIUsageTestSupport
import Testing

@testable import OpenAIUsagePricing

/// Objects of JSON have no order: neither a response nor a book may depend on one.
struct KeyOrderTests {
    private static let seed: UInt64 = 0x0bde_0001

    private static func shuffled(_ value: JSONDocument.Value, _ generator: inout SplitMix64) -> JSONDocument.Value {
        switch value {
        case .object(let members):
            let shuffled = members.shuffled(using: &generator)
            return .members(shuffled.map { ($0.name, self.shuffled($0.node.value, &generator)) })
        case .array(let elements): return .elements(elements.map { shuffled($0.value, &generator) })
        default: return value
        }
    }

    @Test(
        arguments: RecordedCall.all.filter { call in
            call.expected["token_cost_usd"]?.string != nil && call.file.hasSuffix(".json")
                // Of a key that stands twice the last one counts.
                && !call.file.hasPrefix("016-")
        }
    )
    func `A response costs the same in any order of its keys`(call: RecordedCall) throws {
        var generator = SplitMix64(seed: Self.seed)
        let cost = PriceBook.bundled.cost(of: try call.record())
        #expect(cost.picoUSD != nil)
        for round in 0..<5 {
            let record = try call.record { body in
                let document = try JSONDocument(parsing: String(decoding: body, as: UTF8.self))
                return Array(Self.shuffled(document.root.value, &generator).line.utf8)
            }
            #expect(PriceBook.bundled.cost(of: record) == cost, "seed \(Self.seed), round \(round)")
        }
    }

    @Test
    func `A book prices the same in any order of its keys`() throws {
        var generator = SplitMix64(seed: Self.seed &+ 1)
        let root = try JSONDocument(parsing: PriceBook.bundledText).root.value
        for round in 0..<3 {
            let book = try PriceBook(json: Self.shuffled(root, &generator).line)
            #expect(PriceBookDifference(from: .bundled, to: book).changes.isEmpty, "seed \(Self.seed), round \(round)")
            for call in RecordedCall.all.prefix(60) {
                let record = try call.record()
                var (cost, other) = (PriceBook.bundled.cost(of: record), book.cost(of: record))
                // The text is another one, and the version says so.
                if cost.priceVersion != nil { #expect(cost.priceVersion != other.priceVersion) }
                cost.priceVersion = nil
                other.priceVersion = nil
                #expect(cost == other, "seed \(Self.seed), round \(round), \(call.file)")
            }
        }
    }
}
