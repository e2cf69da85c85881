import ArgumentParser

/// An output format of a command.
protocol OutputFormat: ExpressibleByArgument, CaseIterable, RawRepresentable where RawValue == String {
    /// The format without a flag, for people.
    static var standard: Self { get }
    /// The name of the format that `--json` stands for.
    static var jsonName: String { get }
}

extension OutputFormat {
    static var jsonName: String { "json" }
}

/// The flags for the output format: `--format NAME`, and `--json` as a short form.
struct FormatOption<Format: OutputFormat>: ParsableArguments {
    @Option(help: ArgumentHelp("The output format. (default: \(Format.standard.rawValue))", valueName: "format"))
    var format: Format?

    @Flag(help: "The same as --format \(Format.jsonName).")
    var json = false

    /// The effective format.
    var value: Format { format ?? (json ? Format(rawValue: Format.jsonName) : nil) ?? Format.standard }

    func validate() throws {
        guard json, let format, format.rawValue != Format.jsonName else { return }
        throw ValidationError(
            "--json stands for --format \(Format.jsonName), and --format \(format.rawValue) contradicts it: leave one of them out."
        )
    }
}

extension ReportFormat: OutputFormat { static var standard: ReportFormat { .table } }
extension LimitsCommand.LimitsFormat: OutputFormat { static var standard: LimitsCommand.LimitsFormat { .table } }
extension WasteCommand.WasteOutput: OutputFormat { static var standard: WasteCommand.WasteOutput { .table } }
extension TopCommand.TopFormat: OutputFormat { static var standard: TopCommand.TopFormat { .table } }
extension LedgerCheckCommand.CheckFormat: OutputFormat { static var standard: LedgerCheckCommand.CheckFormat { .text } }
extension ShowCommand.ShowFormat: OutputFormat { static var standard: ShowCommand.ShowFormat { .text } }
extension RepriceFormat: OutputFormat { static var standard: RepriceFormat { .table } }
extension PruneFormat: OutputFormat { static var standard: PruneFormat { .text } }
extension PriceListFormat: OutputFormat { static var standard: PriceListFormat { .table } }
extension PriceChangesFormat: OutputFormat { static var standard: PriceChangesFormat { .text } }

extension CallsFormat: OutputFormat {
    static var standard: CallsFormat { .table }
    /// Calls are a stream, one object a line; `--format json` is an array.
    static var jsonName: String { CallsFormat.jsonl.rawValue }
}
