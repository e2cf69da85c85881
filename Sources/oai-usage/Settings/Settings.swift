import ArgumentParser
import Foundation
import OpenAIUsage
import OpenAIUsageLedger
import OpenAIUsagePricing

/// The settings that apply where flags are absent: from the environment, else from the configuration file.
struct Settings {
    /// The environment variable that names the configuration file.
    static let fileVariable = "OAI_USAGE_CONFIG"

    /// The settings read so far, with their origins.
    let trace = SettingsTrace()
    private let environment: [String: String]
    private let file: ConfigurationFile?
    /// The path of the configuration file and what names it; `nil` if there is none.
    let source: SettingsTrace.Entry?

    /// Creates the settings, and reads the configuration file.
    ///
    /// - Parameters:
    ///   - file: The file; `nil` for the file in `OAI_USAGE_CONFIG`, or else the default file if it exists.
    ///   - environment: The environment variables.
    /// - Throws: A ``CommandFailure`` if the file cannot be read or contains anything but valid settings.
    init(file: String?, environment: [String: String] = ProcessInfo.processInfo.environment) async throws {
        try self.init(reading: file, environment)
    }

    /// Creates the settings without suspending, for completions.
    init(reading file: String?, _ environment: [String: String]) throws {
        self.environment = environment
        source = Self.source(file: file, environment: environment)
        self.file = try source.map { try ConfigurationFile(path: $0.value) }
    }

    /// Returns the path of the configuration file and what names it; `nil` if there is none.
    static func source(
        file: String?,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) -> SettingsTrace.Entry? {
        if let file { return SettingsTrace.Entry(value: file, origin: .flag("config")) }
        if let path = environment[fileVariable], !path.isEmpty {
            return SettingsTrace.Entry(value: path, origin: .variable(fileVariable))
        }
        let path = standardFile(environment)
        return FileManager.default.fileExists(atPath: path) ? SettingsTrace.Entry(value: path, origin: .standard) : nil
    }

    /// Returns the path of the configuration file that needs no name.
    static func standardFile(_ environment: [String: String] = ProcessInfo.processInfo.environment) -> String {
        folder("XDG_CONFIG_HOME", otherwise: ".config", environment) + "/oai-usage/config.json"
    }

    /// Returns a folder of the user: that of the variable if it is absolute, else the path in the home folder.
    static func folder(_ variable: String, otherwise path: String, _ environment: [String: String]) -> String {
        if let folder = environment[variable], folder.hasPrefix("/") { return folder }
        return (environment["HOME"] ?? NSHomeDirectory()) + "/" + path
    }

    /// Returns the ledger's path.
    func ledger(_ flag: String?) -> String {
        text("ledger", flag) ?? trace.note("ledger", standardLedger, .standard)
    }

    private var standardLedger: String {
        Self.folder("XDG_DATA_HOME", otherwise: ".local/share", environment) + "/oai-usage/ledger.db"
    }

    /// Returns the time zone of days: that of the flag, of the settings, of the variable `TZ`, or UTC.
    ///
    /// - Parameters:
    ///   - flag: The value of the flag.
    ///   - note: Called if `TZ` would count, but is not an IANA name. It is no error, since it is not meant for this program alone.
    /// - Returns: The time zone.
    /// - Throws: A ``CommandFailure`` with the origin of the value and the allowed values.
    func timeZone(
        _ flag: TimeZoneArgument?,
        note: (String) -> Void = { StandardError.write($0) }
    ) throws -> TimeZone {
        if flag == nil, found("timezone") == nil, let text = variable(Self.zoneVariable) {
            if let zone = Self.systemTimeZone(text) {
                trace.note("timezone", zone.defaultValueDescription, .variable(Self.zoneVariable))
                return zone.timeZone
            }
            if trace[Self.zoneVariable] == nil {
                trace.note(Self.zoneVariable, text, .variable(Self.zoneVariable))
                note(
                    "TZ is \"\(TextCleaner.removingUnsafe(from: String(text.prefix(100))))\", which is not an IANA name; times are in UTC. Set it as in Europe/Berlin, or add --timezone."
                )
            }
        }
        return try value("timezone", flag, otherwise: .utc).timeZone
    }

    /// The environment variable with the time zone of the system's programs.
    private static let zoneVariable = "TZ"

    /// Returns the zone that a value of `TZ` names; `nil` if it names none of the IANA's.
    static func systemTimeZone(_ text: String) -> TimeZoneArgument? {
        // POSIX allows a colon before the name of a file of the time zone database.
        var name = text.hasPrefix(":") ? String(text.dropFirst()) : text
        if name.hasPrefix("/") {
            let path = URL(fileURLWithPath: name).resolvingSymlinksInPath().path
            guard let folder = path.range(of: "/zoneinfo/") else { return nil }
            name = String(path[folder.upperBound...])
        }
        let utc = ["Etc/UTC", "Etc/GMT", "UTC0", "GMT0", "UCT", "Zulu", "Universal"]
        return utc.contains(name) ? .utc : TimeZoneArgument(argument: name)
    }

    /// Returns the value of a setting in the environment or the configuration file with its origin; `nil` for none.
    func found(_ setting: Setting) -> Found? {
        if case .document = setting.kind, variable(setting.variable) == nil, let file, let entry = file[setting.name] {
            let place = "\(file.path):\(entry.line)"
            return Found(
                values: [Self.names(entry.node)],
                place: place,
                origin: .file(path: file.path, line: entry.line)
            )
        }
        return found(setting.name, isList: setting.isList)
    }

    /// Returns the value of a setting that is set nowhere; `nil` for none.
    func fallback(_ setting: Setting) -> SettingsTrace.Entry? {
        switch setting.name {
        case "ledger": return SettingsTrace.Entry(value: standardLedger, origin: .standard)
        case "timezone":
            if let zone = variable(Self.zoneVariable).flatMap(Self.systemTimeZone) {
                return SettingsTrace.Entry(value: zone.defaultValueDescription, origin: .variable(Self.zoneVariable))
            }
        case "upstream-ca":
            for name in ["CURL_CA_BUNDLE", "SSL_CERT_FILE"] {
                if let path = variable(name) { return SettingsTrace.Entry(value: path, origin: .variable(name)) }
            }
        default: break
        }
        return setting.standard.map { SettingsTrace.Entry(value: $0, origin: .standard) }
    }

    /// Returns an environment variable other than a setting's; `nil` if it is unset or empty.
    func variable(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }

    /// Returns an environment variable of other programs, and records it as the origin of a setting.
    func traced(_ name: String, variable: String) -> String? {
        self.variable(variable).map { trace.note(name, $0, .variable(variable)) }
    }

    /// Returns a setting as text; `nil` if it is unset or empty.
    func text(_ name: String, _ flag: String? = nil) -> String? {
        if let flag { return trace.note(name, flag, .flag(name)) }
        guard let found = found(name), let text = found.values.first else { return nil }
        return trace.note(name, text, found.origin)
    }

    /// Returns a setting whose text has the format of its flag.
    ///
    /// - Throws: A ``CommandFailure`` with the origin of the value and the allowed values.
    func value<Value: ExpressibleByArgument>(
        _ name: String,
        _ flag: Value?,
        otherwise standard: Value
    ) throws -> Value {
        if let flag {
            trace.note(name, flag.defaultValueDescription, .flag(name))
            return flag
        }
        guard let found = found(name), let text = found.values.first else {
            trace.note(name, standard.defaultValueDescription, .standard)
            return standard
        }
        guard let value = Value(argument: text) else { throw refusal(of: text, name, found.place) }
        trace.note(name, text, found.origin)
        return value
    }

    /// Returns a setting that is a time limit.
    ///
    /// - Parameters:
    ///   - name: The name of the setting.
    ///   - flag: The value of its flag; `nil` if the flag is absent.
    ///   - standard: The default.
    ///   - least: The minimum, in milliseconds.
    /// - Returns: The effective duration.
    /// - Throws: An error with the origin of the value and the allowed values.
    func time(
        _ name: String,
        _ flag: DurationArgument?,
        otherwise standard: DurationArgument,
        atLeast least: Int64 = 0
    ) throws
        -> DurationArgument
    {
        let value = try self.value(name, flag, otherwise: standard)
        if value.milliseconds < least {
            throw refusal(
                name,
                isFlag: flag != nil,
                "is 0, so that every call would fail; it must be longer, as in 10s."
            )
        }
        guard value.milliseconds <= Setting.longestTime else {
            throw refusal(name, isFlag: flag != nil, "is longer than 30d, the longest that makes sense.")
        }
        return value
    }

    /// Returns the error for a value that is well-formed but out of range.
    func refusal(_ name: String, isFlag: Bool, _ problem: String) -> any Error {
        isFlag ? ValidationError("--\(name) \(problem)") : CommandFailure("\(place(name)) \(problem)")
    }

    /// Returns a Boolean setting.
    ///
    /// - Throws: A ``CommandFailure`` with the origin of the value and the allowed values.
    func flag(_ name: String, _ flag: Bool?, otherwise standard: Bool) throws -> Bool {
        if let flag {
            trace.note(name, "\(flag)", .flag(flag ? name : "no-\(name)"))
            return flag
        }
        guard let found = found(name), let text = found.values.first else {
            trace.note(name, "\(standard)", .standard)
            return standard
        }
        trace.note(name, text, found.origin)
        guard let truth = Setting.truth(text) else { throw refusal(of: text, name, found.place) }
        return truth
    }

    /// Returns the origin of a setting without a flag, for messages.
    func place(_ name: String) -> String { found(name)?.place ?? "--\(name)" }

    /// Returns a list, from the flag, the environment or the configuration file; empty if it is not set.
    ///
    /// - Parameters:
    ///   - name: The setting's name.
    ///   - flags: The values of the repeatable flag, which go before the others.
    /// - Returns: The values in their order.
    func list(_ name: String, _ flags: [String] = []) -> [String] {
        if !flags.isEmpty {
            trace.note(name, flags.joined(separator: ","), .flag(name))
            return flags
        }
        guard let found = found(name, isList: true) else { return [] }
        trace.note(name, found.values.joined(separator: ","), found.origin)
        return found.values
    }

    /// Returns the pairs of a list such as `1234=proj_a,5678=proj_b`.
    func pairs(_ name: String) -> [String] { list(name) }

    /// Returns a setting that is a JSON object, and a closure that describes a position in it; `nil` if it is not set.
    ///
    /// - Throws: A ``CommandFailure`` if the environment variable does not contain valid JSON.
    func document(
        _ name: String
    ) throws -> (node: JSONDocument.Node, place: (JSONDocument.Position) -> String)? {
        let variable = Setting.variable(name)
        guard let text = self.variable(variable) else {
            guard let file, let entry = file[name] else { return nil }
            trace.note(name, Self.names(entry.node), .file(path: file.path, line: entry.line))
            return (entry.node, { "\(file.path):\($0.line)" })
        }
        let document: JSONDocument
        do throws(JSONDocumentError) {
            document = try JSONDocument(parsing: text)
        } catch {
            throw CommandFailure(
                "The variable \(variable), line \(error.position.line): This is not JSON: \(error.message)"
            )
        }
        if let duplicate = document.duplicates.first {
            throw CommandFailure("The variable \(variable): \"\(duplicate.name)\" is duplicated.")
        }
        trace.note(name, Self.names(document.root), .variable(variable))
        return (document.root, { "The variable \(variable), line \($0.line)" })
    }

    /// Returns the names of an object's members; their values may be secret.
    private static func names(_ node: JSONDocument.Node) -> String {
        node.value.members.map(\.name).joined(separator: ",")
    }

    /// Warnings about environment variables that look like misspelled settings.
    var suspects: [String] { Self.suspects(in: environment) }

    /// Returns warnings about variables that look like misspelled settings.
    static func suspects(in environment: [String: String] = ProcessInfo.processInfo.environment) -> [String] {
        let known = Set(
            Setting.all.map(\.variable) + [
                fileVariable, AdminTokenOption.variable,
            ]
        )
        return environment.keys.sorted().compactMap { name in
            guard name.hasPrefix("OAI_USAGE_"), !known.contains(name),
                let setting = Setting.nearest(to: String(name.dropFirst("OAI_USAGE_".count)))
            else { return nil }
            return "The variable \(name) is not a setting, and counts for nothing. Do you mean \(setting.variable)?"
        }
    }

    /// Splits text at commas, without surrounding blanks and empty parts.
    static func split(_ text: String) -> [String] {
        text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }

    /// The value of a setting in the environment or the configuration file.
    struct Found {
        var values: [String]
        /// The origin, for messages.
        var place: String
        var origin: SettingsTrace.Origin
    }

    private func found(_ name: String, isList: Bool = false) -> Found? {
        let variable = Setting.variable(name)
        if let text = self.variable(variable) {
            return Found(
                values: isList ? Self.split(text) : [text],
                place: "The variable \(variable)",
                origin: .variable(variable)
            )
        }
        guard let file, let entry = file[name], entry.values.first?.isEmpty == false else { return nil }
        return Found(
            values: entry.values,
            place: "\(file.path):\(entry.line): \"\(name)\"",
            origin: .file(path: file.path, line: entry.line)
        )
    }

    private func refusal(of text: String, _ name: String, _ place: String) -> CommandFailure {
        guard let setting = Setting.named(name) else {
            return CommandFailure("\(place) is \"\(text.prefix(100))\".")
        }
        if case .choice(let words) = setting.kind {
            let hint = NearNames.hint(for: text, in: words)
            return CommandFailure("\(place) is \"\(text.prefix(100))\"; it must be \(setting.allowed).\(hint)")
        }
        return CommandFailure("\(place) is \"\(text.prefix(100))\"; it must be \(setting.allowed).")
    }
}
