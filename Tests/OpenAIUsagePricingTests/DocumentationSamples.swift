import OpenAIUsagePricing

/// The sample of the article on price books.
enum DocumentationSamples {
    static func layered(_ text: String) throws -> PriceBook {
        let own = try PriceBook(json: text)
        let book = PriceBook.bundled.layered(with: own)
        return book
    }
}
