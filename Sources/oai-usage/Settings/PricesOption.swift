import ArgumentParser
import OpenAIUsagePricing

/// The flag that names price files.
struct PricesOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A price file that goes before the built-in prices, and before those named earlier; repeatable.",
            valueName: "file"
        )
    )
    var prices: [String] = []

    /// The price files, from the flags or else from the settings.
    func files(_ settings: Settings) -> [String] {
        guard !prices.isEmpty else { return settings.list("prices") }
        settings.trace.note("prices", prices.joined(separator: ","), .flag("prices"))
        return prices
    }

    /// The book that calls are priced with.
    ///
    /// - Parameters:
    ///   - settings: What the flag leaves open.
    ///   - tell: What is called with each finding about a file.
    /// - Returns: The book.
    /// - Throws: A ``CommandFailure`` for a file that cannot be read, or has mistakes.
    func book(_ settings: Settings, tell: (String) -> Void = StandardError.write) throws -> PriceBook {
        try PriceFiles.book(files(settings), tell: tell)
    }
}
