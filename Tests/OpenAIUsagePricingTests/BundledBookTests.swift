import Foundation
import OpenAIUsage
import Testing

@testable import OpenAIUsagePricing

struct BundledBookTests {
    private static let file: String? = {
        let path = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Sources/OpenAIUsagePricing/prices.json").standardized.path
        return FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
    }()

    @Test func theLiteralIsTheFile() throws {
        let file = try #require(Self.file)
        #expect(PriceBook.bundledText == file)
        #expect(PriceBook.bundledHash == ContentHash.value(of: file))
    }

    @Test func theVersionIsTheDay() throws {
        #expect(PriceBook.bundled.version == "2026-11-30")
        #expect(PriceBook.bundled.asOf == "2026-11-30")
        #expect(PriceBook.bundled.contentHash == ContentHash.text(PriceBook.bundledHash))
        #expect(try PriceBook(json: PriceBook.bundledText).version == "2026-11-30")
    }

    @Test func anyChangeShowsInTheVersion() throws {
        let changed = try PriceBook(json: PriceBook.bundledText + "\n")
        #expect(changed.version == "2026-11-30+\(changed.contentHash.prefix(8))")
        #expect(changed.contentHash.utf8.count == 16)
        #expect(changed.contentHash != PriceBook.bundled.contentHash)
    }

    @Test func everythingIsThere() {
        #expect(PriceBook.bundled.models.count == 166)
        #expect(PriceBook.bundled.models.flatMap(\.names).count == 215)
        #expect(PriceBook.bundled.tools.count == 13)
        #expect(PriceBook.bundled.models.flatMap(\.periods).count == 176)
    }

    @Test func theValidatorFindsNoGap() {
        #expect(PriceBook.findings(in: PriceBook.bundledText).isEmpty)
    }

    @Test func everyNameHasTheTiersOfTheNameWithoutItsDate() throws {
        var pairs = 0
        for model in PriceBook.bundled.models where !model.id.hasPrefix("ft:") {
            for name in model.names {
                guard let alias = ModelName.withoutSnapshot(name), let other = PriceBook.bundled.model(named: alias)
                else {
                    continue
                }
                pairs += 1
                for period in other.periods {
                    for own in model.periods where own.days.overlaps(period.days) {
                        #expect(Set(period.tiers.keys).isSubset(of: own.tiers.keys), "\(name)")
                    }
                }
            }
        }
        #expect(pairs > 40)
    }

    @Test func everyPriceOfTheBookIsCharged() throws {
        var prices = 0
        for model in PriceBook.bundled.models {
            for period in model.periods {
                for (tier, card) in period.tiers {
                    for meter in PriceItem.allCases {
                        guard let listed = card[listed: meter] else { continue }
                        prices += 1
                        #expect(card[meter] == RateCard.Rate(picoUSD: listed, priceItem: meter), "\(model.id) \(tier)")
                        #expect(listed % 100 == 0, "\(model.id) \(tier): multipliers leave no fraction")
                    }
                }
                prices += period.units.count
            }
        }
        #expect(prices > 800)
    }

    @Test func whatElseTheBookTellsIsKept() throws {
        let model = try #require(PriceBook.bundled.model(named: "gpt-4o-transcribe"))
        #expect(model.kind == .transcription)
        #expect(model.shutdown?.description == "2027-02-26")
        let period = try #require(model.periods.first)
        #expect(period.sources == ["litellm-1.109.1", "tokencost-0.1.26"])
        #expect(period.confidence == "conflict_resolved")
        #expect(period.note?.hasPrefix("audio_input 6") == true)
        #expect(period.estimates["audio_input_minute"]?.description == "0.006")
        #expect(period.days.description == "any day")
        let tool = try #require(PriceBook.bundled.tool(id: "file_search.storage"))
        #expect(tool.unit == .storage)
        #expect(tool.freeUnits?.description == "1")
        #expect(tool.countedBy?.isEmpty == false)
        let search = try #require(PriceBook.bundled.tool(id: "web_search"))
        #expect(search.price(on: UTCDay(number: 0))?.description == "0.01")
        #expect(search.periods.first?.note?.contains("8000") == true)
    }

    @Test func theBookIsReadByManyAtOnce() async {
        let names = (0..<200).map { "openai/gpt-4o-2031-01-\($0 % 28 + 1 < 10 ? "0" : "")\($0 % 28 + 1)" }
        let found = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<8 {
                group.addTask { names.count { PriceBook.bundled.model(named: $0)?.id == "gpt-4o" } }
            }
            return await group.reduce(0, +)
        }
        #expect(found == 1600)
    }
}
