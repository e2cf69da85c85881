import ArgumentParser
import OpenAIUsage
import OpenAIUsageLedger

/// A currency, by its code.
struct CurrencyArgument: ExpressibleByArgument {
    var code: String

    init?(argument: String) {
        guard CurrencyRates.isCode(argument) else { return nil }
        code = argument
    }
}

/// The flags for a second currency.
struct CurrencyOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Show costs in this currency, too, as in EUR: each UTC day's dollars at the rate of that day.",
            valueName: "code"
        )
    )
    var currency: CurrencyArgument?

    @Option(
        help: ArgumentHelp(
            #"The rates, as {"EUR": [{"from": "2026-01-01", "rate": "0.92"}]}: what one US dollar is worth from a day on. (default: the variable OAI_USAGE_CURRENCY_RATES)"#,
            valueName: "file"
        ),
        completion: .file(extensions: ["json"])
    )
    var currencyRates: String?

    func validate() throws {
        if currency?.code == "USD" { throw ValidationError("--currency USD is what the ledger has; leave it out.") }
        if currency == nil, currencyRates != nil {
            throw ValidationError("--currency-rates needs --currency, as in --currency EUR.")
        }
    }

    /// Returns the rates of the currency; `nil` without one.
    ///
    /// - Throws: A ``CommandFailure`` if no file is named, or for a file that cannot be read or has a mistake.
    func rates(_ settings: Settings) throws -> CurrencyRates? {
        guard let currency else { return nil }
        guard let path = settings.text("currency-rates", currencyRates) else {
            throw CommandFailure(
                "There are no rates of \(currency.code): name a file with --currency-rates, or as \"currency-rates\" in the configuration file."
            )
        }
        return try CurrencyRates(currency.code, in: PriceFiles.text(path, "file of rates"), path: path)
    }
}

extension ReportSource {
    /// Converts the costs of a report that this source has made.
    mutating func conversion(
        of report: Report,
        _ request: ReportRequest,
        _ rates: CurrencyRates
    ) async throws -> ReportConversion {
        var source = self
        return try await ReportConversion(report, rates, first: try first()) { from, to in
            var request = request
            request.selection.since = .absolute(microseconds: from)
            request.selection.until = .absolute(microseconds: to)
            return try await source.sums(request).report
        }
    }
}
