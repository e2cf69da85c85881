/// The effective settings of a command with their origins, without secrets.
struct SettingsReport {
    /// An effective setting.
    struct Row: Equatable {
        var name: String
        var value: String
        var origin: String
    }

    /// The settings by name, followed by the others.
    let rows: [Row]

    /// Creates the report of the settings read so far.
    ///
    /// - Parameters:
    ///   - settings: The settings that record what was read.
    ///   - others: Further rows, for values that are not settings.
    init(_ settings: Settings, others: [Row] = []) {
        rows =
            Setting.all.map { setting in
                guard let entry = settings.trace[setting.name] else {
                    return Row(name: setting.name, value: "-", origin: SettingsTrace.Origin.standard.description)
                }
                let value = entry.value.isEmpty ? "-" : Self.masked(entry.value)
                return Row(name: setting.name, value: value, origin: entry.origin.description)
            } + others.map { Row(name: $0.name, value: Self.masked($0.value), origin: $0.origin) }
    }

    /// The report as a table with three columns.
    var text: String {
        let names = rows.map(\.name.count).max() ?? 0
        let values = rows.map(\.value.count).max() ?? 0
        return rows.map { row in
            row.name.padded(names) + "  " + row.value.padded(values) + "  " + row.origin + "\n"
        }.joined()
    }

    /// Masks anything in a value that may be a key or password.
    static func masked(_ value: String) -> String {
        value.replacing(/:\/\/[^\/@\s]*@/) { _ in "://***@" }.replacing(/\bsk-[A-Za-z0-9_-]+/) { _ in "sk-***" }
            .replacing(/(?i)\b(bearer|basic)\s+\S+/) { match in "\(match.output.1) ***" }
    }
}

extension String {
    /// Returns the text padded with blanks to a width.
    fileprivate func padded(_ width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
