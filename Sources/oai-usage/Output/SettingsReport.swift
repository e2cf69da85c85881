import OpenAIUsagePricing

/// The effective settings of a command with their origins, without secrets.
struct SettingsReport {
    /// The text in place of a secret.
    static let secret = "(set)"

    /// An effective setting.
    struct Row: Equatable {
        var name: String
        /// The value; empty for none.
        var value: String
        /// The origin as text.
        var origin: String
        /// The kind of the origin in JSON: `flag`, `variable`, `file`, `default`, or `none`.
        var kind: String

        /// The value for programs; empty for none.
        fileprivate var shownValue: String { value == "-" ? "" : value }
        /// The flag, variable or file of the origin; empty for none.
        fileprivate var place: String { kind == "none" || kind == "default" ? "" : origin }

        init(name: String, value: String, origin: String, kind: String = "none") {
            (self.name, self.value, self.origin, self.kind) = (name, value, origin, kind)
        }

        init(name: String, value: String, origin: SettingsTrace.Origin?) {
            let origin = value.isEmpty && origin == .standard ? nil : origin
            self.init(name: name, value: value, origin: origin?.description ?? "-", kind: origin?.kind ?? "none")
        }
    }

    /// The settings by name, followed by the others.
    let rows: [Row]

    /// Creates the report of rows, of which anything that may be a key or password is masked.
    init(_ rows: [Row]) {
        self.rows = rows.map { row in
            var row = row
            row.value = row.value.isEmpty ? "-" : SecretText.masked(row.value)
            return row
        }
    }

    /// Creates the report of the settings of the gateway that were read so far.
    ///
    /// - Parameters:
    ///   - settings: The settings that record what was read.
    ///   - others: Further rows, for values that are not settings.
    init(_ settings: Settings, others: [Row] = []) {
        self.init(
            Setting.ofGateway.map { setting in
                let entry = settings.trace[setting.name]
                let origin = entry?.origin ?? .standard
                return Row(
                    name: setting.name,
                    value: entry?.value ?? "",
                    origin: origin.description,
                    kind: origin.kind
                )
            } + others
        )
    }

    /// Writes the report.
    func write(as format: RowsFormat) {
        switch format {
        case .table: StandardOutput.write(text(width: Terminal.tableWidth))
        case .json: StandardOutput.write(json)
        case .csv: StandardOutput.write(table { [$0.name, $0.shownValue, $0.kind, $0.place] }.csv)
        case .markdown: StandardOutput.write(table { [$0.name, $0.value, $0.kind, $0.place] }.markdown)
        }
    }

    private func table(_ cells: (Row) -> [String]) -> Table {
        var table = Table(columns: ["name", "value", "origin", "from"].map { .init(name: $0) })
        table.rows = rows.map(cells)
        return table
    }

    /// Returns the report in three columns; the origin of a long value stands below it where the width ends.
    func text(width: Int?) -> String {
        let names = rows.map { DisplayWidth.of($0.name) }.max() ?? 0
        let origins = rows.map { DisplayWidth.of($0.origin) }.max() ?? 0
        let longest = rows.map { DisplayWidth.of($0.value) }.max() ?? 0
        let values = min(longest, width.map { max(8, $0 - names - origins - 4) } ?? longest)
        return rows.map { row in
            let start = row.name.padded(names) + "  " + row.value.padded(values)
            guard DisplayWidth.of(row.value) > values else { return "\(start)  \(row.origin)\n" }
            return "\(start)\n" + "".padded(names + 2 + values + 2) + row.origin + "\n"
        }.joined()
    }

    /// The report as indented JSON: an array of objects.
    var json: String {
        JSONDocument.Value.elements(
            rows.map { row in
                .members([
                    "name": .string(row.name), "value": .text(row.shownValue.isEmpty ? nil : row.value),
                    "origin": .string(row.kind), "from": .text(row.place.isEmpty ? nil : row.place),
                ])
            }
        ).indented + "\n"
    }
}

extension SettingsTrace.Origin {
    /// The kind of the origin in JSON.
    var kind: String {
        switch self {
        case .flag: "flag"
        case .variable: "variable"
        case .file: "file"
        case .standard: "default"
        }
    }
}

extension String {
    /// Returns the text padded with blanks to a width.
    fileprivate func padded(_ width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - DisplayWidth.of(self)))
    }
}
