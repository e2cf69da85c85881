/// The settings of a command as they count, each with its origin, without secrets.
struct SettingsReport {
    /// A setting as it counts.
    struct Row: Equatable {
        var name: String
        var value: String
        var origin: String
    }

    /// The rows, by name.
    let rows: [Row]

    /// Creates the report of what was asked for.
    ///
    /// - Parameters:
    ///   - settings: Where the settings were asked for.
    ///   - others: What counts besides, by names that are no settings.
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

    /// The report as a table of three columns.
    var text: String {
        let names = rows.map(\.name.count).max() ?? 0
        let values = rows.map(\.value.count).max() ?? 0
        return rows.map { row in
            row.name.padded(names) + "  " + row.value.padded(values) + "  " + row.origin + "\n"
        }.joined()
    }

    /// A value without what may be a key or a password in it.
    static func masked(_ value: String) -> String {
        value.replacing(/:\/\/[^\/@\s]*@/) { _ in "://***@" }.replacing(/\bsk-[A-Za-z0-9_-]+/) { _ in "sk-***" }
            .replacing(/(?i)\b(bearer|basic)\s+\S+/) { match in "\(match.output.1) ***" }
    }
}

extension String {
    /// The text, filled with blanks up to a width.
    fileprivate func padded(_ width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
