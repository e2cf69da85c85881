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

    /// Creates a format by its name; `text` and `table` are both that for people, whichever a command has.
    init?(argument: String) {
        let isForPeople = ["text", "table"].contains(argument) && ["text", "table"].contains(Self.standard.rawValue)
        self.init(rawValue: isForPeople ? Self.standard.rawValue : argument)
    }
}

/// The output formats of commands that list rows.
enum RowsFormat: String, OutputFormat {
    case table, json, csv, markdown

    static var standard: RowsFormat { .table }
}

/// The output formats of commands that write a text.
enum TextFormat: String, OutputFormat {
    case text, json

    static var standard: TextFormat { .text }
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
extension RepriceFormat: OutputFormat { static var standard: RepriceFormat { .table } }
extension PruneFormat: OutputFormat { static var standard: PruneFormat { .text } }
extension PriceChangesFormat: OutputFormat { static var standard: PriceChangesFormat { .text } }

extension CallsFormat: OutputFormat {
    static var standard: CallsFormat { .table }
    /// Calls are a stream, one object a line; `--format json` is an array.
    static var jsonName: String { CallsFormat.jsonl.rawValue }
}
