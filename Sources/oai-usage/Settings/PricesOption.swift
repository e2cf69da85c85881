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
    func files(_ settings: Settings) -> [String] { prices.isEmpty ? settings.list("prices") : prices }

    /// The book that calls are priced with.
    func book(_ settings: Settings) throws -> PriceBook { try PriceFiles.book(files(settings)) }
}
