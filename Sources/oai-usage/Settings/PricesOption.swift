import ArgumentParser
import OpenAIUsagePricing

/// The flag for price files.
struct PricesOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A price file that goes before the built-in prices, and before those named earlier; repeatable.",
            valueName: "file"
        ),
        completion: .file(extensions: ["json"])
    )
    var prices: [String] = []

    /// Returns the price files from the flags, or from the settings if there are none.
    func files(_ settings: Settings) -> [String] {
        guard !prices.isEmpty else { return settings.list("prices") }
        settings.trace.note("prices", prices.joined(separator: ","), .flag("prices"))
        return prices
    }

    /// Returns the book that prices calls.
    ///
    /// - Parameters:
    ///   - settings: The settings that apply where the flag is absent.
    ///   - tell: Called for each finding about a file.
    /// - Returns: The book.
    /// - Throws: A ``CommandFailure`` for a file that cannot be read or has errors.
    func book(_ settings: Settings, tell: (String) -> Void = StandardError.write) throws -> PriceBook {
        try PriceFiles.book(files(settings), tell: tell)
    }
}
