import OpenAIUsagePricing

/// The effective values of all settings with their origins, without a command that reads them.
struct EffectiveSettings {
    /// The values by name, in the order of the table; the configuration file and the secrets are among them.
    private(set) var rows: [SettingsReport.Row] = []
    /// The values that a command would reject, as sentences.
    private(set) var problems: [String] = []

    /// Creates the values.
    ///
    /// - Parameters:
    ///   - settings: The environment and the configuration file.
    ///   - flags: The values of flags by the names of their settings.
    init(_ settings: Settings, flags: [String: [String]] = [:]) {
        rows.append(
            SettingsReport.Row(name: "config", value: settings.source?.value ?? "", origin: settings.source?.origin)
        )
        for setting in Setting.all {
            if let values = flags[setting.name] {
                let isFalse = { if case .boolean = setting.kind { return values == ["false"] } else { return false } }()
                let origin = SettingsTrace.Origin.flag(isFalse ? "no-\(setting.name)" : setting.name)
                add(setting, values, origin, "\(origin)")
            } else if let found = settings.found(setting) {
                add(setting, found.values, found.origin, found.place)
                if case .document = setting.kind { addRoutes(settings) }
            } else {
                add(setting, settings.fallback(setting))
            }
        }
        let token = AdminTokenOption.variable
        let isSet = settings.variable(token) != nil
        rows.append(
            SettingsReport.Row(
                name: "admin-token",
                value: isSet ? SettingsReport.secret : "",
                origin: isSet ? .variable(token) : nil
            )
        )
        rows.sort { $0.name < $1.name }
    }

    private mutating func add(
        _ setting: Setting,
        _ values: [String],
        _ origin: SettingsTrace.Origin,
        _ place: String
    ) {
        rows.append(SettingsReport.Row(name: setting.name, value: values.joined(separator: ","), origin: origin))
        if case .document = setting.kind { return }
        for value in values {
            guard let problem = setting.problem(with: value) else { continue }
            problems.append("\(place) \(problem)")
        }
    }

    private mutating func add(_ setting: Setting, _ entry: SettingsTrace.Entry?) {
        rows.append(
            SettingsReport.Row(name: setting.name, value: entry?.value ?? "", origin: entry?.origin ?? .standard)
        )
    }

    /// Adds a row for each route; keys are looked up and not shown.
    private mutating func addRoutes(_ settings: Settings) {
        let origin = settings.found(Setting.routes)?.origin
        do {
            guard let routes = try settings.document(Setting.routes.name)?.node.value.members else { return }
            for route in routes {
                var value = route.node.value["upstream"]?.string ?? ""
                if let name = route.node.value["key-env"]?.string, RouteSettings.isVariable(name) {
                    value += ", key of \(name) \(settings.variable(name) == nil ? "(not set)" : SettingsReport.secret)"
                } else if let file = route.node.value["key-file"]?.string {
                    value += ", key in \(file)"
                }
                rows.append(SettingsReport.Row(name: "routes \(route.name)", value: value, origin: origin))
            }
        } catch {
            problems.append("\(error)")
        }
    }
}

/// The flags of settings among arguments that a command does not declare itself.
struct SettingFlags {
    /// The values by name.
    private(set) var values: [String: [String]] = [:]

    /// Reads the flags of some arguments.
    ///
    /// - Throws: A ``CommandFailure`` for an argument that is none, or has no value.
    init(_ arguments: [String]) throws(CommandFailure) {
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            guard argument.hasPrefix("--") else {
                throw CommandFailure("Unexpected argument '\(argument.prefix(100))'")
            }
            let parts = argument.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(parts[0])
            if let setting = Setting.named(name), setting.hasFlag {
                if case .boolean = setting.kind {
                    values[name] = ["true"]
                } else if let value = parts.count > 1 ? String(parts[1]) : rest.popFirst() {
                    values[name] = (setting.isList ? values[name] ?? [] : []) + [value]
                } else {
                    throw CommandFailure("Missing value for '--\(name)'")
                }
            } else if name.hasPrefix("no-"), case .boolean? = Setting.named(String(name.dropFirst(3)))?.kind {
                values[String(name.dropFirst(3))] = ["false"]
            } else {
                let names = Setting.all.filter(\.hasFlag).map { "--\($0.name)" }
                throw CommandFailure("Unknown option '--\(name.prefix(100))'.\(NearNames.hint(for: name, in: names))")
            }
        }
    }
}

extension Setting {
    /// True if the setting has a flag.
    var hasFlag: Bool {
        if case .document = kind { return false }
        return true
    }
}
