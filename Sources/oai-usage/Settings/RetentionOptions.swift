import ArgumentParser
import OpenAIUsageLedger

/// The flags for the retention of calls in a gateway's ledger.
struct RetentionOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "How long the rows of calls are kept, as in 400d; their sums stay. (default: forever)",
            valueName: "time"
        )
    )
    var keep: DurationArgument?

    @Option(
        help: ArgumentHelp(
            "The most bytes of the ledger, as in 10GB; the oldest rows go first, and sums stay. (default: no limit)",
            valueName: "size"
        )
    )
    var keepSize: ByteCount?

    /// Sets the retention options.
    ///
    /// - Throws: An error with the origin of the invalid value and the allowed values.
    func apply(_ settings: Settings, to options: inout LedgerOptions) throws {
        if keep != nil || settings.text("keep") != nil {
            let value = try settings.value("keep", keep, otherwise: DurationArgument(milliseconds: 0))
            guard 86_400_000...(36_500 * 86_400_000) ~= value.milliseconds else {
                throw settings.refusal(
                    "keep",
                    isFlag: keep != nil,
                    "is \(value.defaultValueDescription); it must be from 1d to 36500d."
                )
            }
            options.keep = .milliseconds(value.milliseconds)
        }
        if keepSize != nil || settings.text("keep-size") != nil {
            let value = try settings.value("keep-size", keepSize, otherwise: ByteCount(0))
            guard value.value >= 16 << 20 else {
                throw settings.refusal(
                    "keep-size",
                    isFlag: keepSize != nil,
                    "is \(value.defaultValueDescription); it must be at least 16MiB."
                )
            }
            options.keepBytes = Int64(value.value)
        }
    }
}
