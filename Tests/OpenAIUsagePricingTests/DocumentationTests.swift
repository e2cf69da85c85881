import Foundation
import Testing

@testable import OpenAIUsagePricing

struct DocumentationTests {
    private static let article: String = {
        let path = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Sources/OpenAIUsagePricing/Documentation.docc/PriceBooks.md").standardized.path
        return FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }()

    @Test
    func `The example of a price file is one`() throws {
        let blocks = Self.article.components(separatedBy: "```json\n").dropFirst()
        let example = try #require(blocks.first?.components(separatedBy: "```").first)
        #expect(!PriceBook.findings(in: example, before: .bundled).contains { $0.severity == .error })
        let book = try DocumentationSamples.layered(example)
        #expect(book.model(named: "our-alias")?.id == "gpt-6.1-sol")
    }

    @Test
    func `Every meter, tier, unit and kind is documented`() {
        var names = PriceItem.allCases.map(\.name) + ModelPrices.Kind.allCases.map(\.rawValue)
        names += ToolPrices.Unit.allCases.map(\.rawValue) + PriceBookDecoder.tierNames
        for name in names { #expect(Self.article.contains("`\(name)`"), "\(name)") }
    }
}
