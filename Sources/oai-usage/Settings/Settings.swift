import ArgumentParser
import Foundation
import OpenAIUsageLedger
import OpenAIUsagePricing

/// The settings that flags leave open: from the environment, else from the configuration file.
struct Settings {
    /// The variable that names the configuration file.
    static let fileVariable = "OAI_USAGE_CONFIG"

    /// What was asked for, and where it came from.
    let trace = SettingsTrace()
    private let environment: [String: String]
    private let file: ConfigurationFile?

    /// Reads the configuration file.
    ///
    /// - Parameters:
    ///   - file: The file; without it, that of the variable `OAI_USAGE_CONFIG`, or else the default one if it is there.
    ///   - environment: The environment's variables.
    /// - Throws: A ``CommandFailure`` if the file cannot be read, or holds anything but settings.
    init(file: String?, environment: [String: String] = ProcessInfo.processInfo.environment) async throws {
        self.environment = environment
        let standard = Self.folder("XDG_CONFIG_HOME", otherwise: ".config", environment) + "/oai-usage/config.json"
        if let path = file ?? environment[Self.fileVariable].flatMap({ $0.isEmpty ? nil : $0 }) {
            self.file = try ConfigurationFile(path: path)
        } else if FileManager.default.fileExists(atPath: standard) {
            self.file = try ConfigurationFile(path: standard)
        } else {
            self.file = nil
        }
    }

    private static func folder(_ variable: String, otherwise path: String, _ environment: [String: String]) -> String {
        if let folder = environment[variable], folder.hasPrefix("/") { return folder }
        return (environment["HOME"] ?? NSHomeDirectory()) + "/" + path
    }

    /// The ledger's path.
    func ledger(_ flag: String?) -> String {
        let standard = Self.folder("XDG_DATA_HOME", otherwise: ".local/share", environment) + "/oai-usage/ledger.db"
        return text("ledger", flag) ?? trace.note("ledger", standard, .standard)
    }

    /// A variable of the environment that is not of this program; an empty one counts as none.
    func variable(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }

    /// A variable that is not of this program, but counts for a setting.
    func traced(_ name: String, variable: String) -> String? {
        self.variable(variable).map { trace.note(name, $0, .variable(variable)) }
    }

    /// A setting as text; an empty one counts as none.
    func text(_ name: String, _ flag: String? = nil) -> String? {
        if let flag { return trace.note(name, flag, .flag(name)) }
        guard let found = found(name), let text = found.values.first else { return nil }
        return trace.note(name, text, found.origin)
    }

    /// A setting that is written as its flag is.
    ///
    /// - Throws: A ``CommandFailure`` that says where the value stands and what is allowed.
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

    /// A length of time that is a limit.
    ///
    /// - Parameters:
    ///   - name: The name of the setting.
    ///   - flag: The value of its flag; `nil` if it was not given.
    ///   - standard: What counts if nothing is said.
    ///   - least: The shortest that makes sense, in milliseconds.
    /// - Returns: The length that counts.
    /// - Throws: An error that says where the value stands and what is allowed.
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
        guard value.milliseconds <= 30 * 86_400_000 else {
            throw refusal(name, isFlag: flag != nil, "is longer than 30d, the longest that makes sense.")
        }
        return value
    }

    /// The error about a value that can be read and makes no sense.
    func refusal(_ name: String, isFlag: Bool, _ problem: String) -> any Error {
        isFlag ? ValidationError("--\(name) \(problem)") : CommandFailure("\(place(name)) \(problem)")
    }

    /// A setting that is on or off.
    ///
    /// - Throws: A ``CommandFailure`` that says where the value stands and what is allowed.
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
        switch text.lowercased() {
        case "true", "yes", "on", "1": return true
        case "false", "no", "off", "0": return false
        default: throw refusal(of: text, name, found.place)
        }
    }

    /// Where a setting stands that no flag gives, for messages.
    func place(_ name: String) -> String { found(name)?.place ?? "--\(name)" }

    /// A list of texts, as it stands in the environment or in the file.
    func list(_ name: String) -> [String] {
        guard let found = found(name, isList: true) else { return [] }
        trace.note(name, found.values.joined(separator: ","), found.origin)
        return found.values
    }

    /// The pairs of a list such as `1234=proj_a,5678=proj_b`.
    func pairs(_ name: String) -> [String] { list(name) }

    /// A setting that is an object, and what names a place in it; `nil` if it is not set.
    ///
    /// - Throws: A ``CommandFailure`` if the variable holds no JSON.
    func document(
        _ name: String
    ) throws -> (node: JSONDocument.Node, place: (JSONDocument.Position) -> String)? {
        let variable = Setting.named(name)?.variable ?? name
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
            throw CommandFailure("The variable \(variable): \"\(duplicate.name)\" stands there twice.")
        }
        trace.note(name, Self.names(document.root), .variable(variable))
        return (document.root, { "The variable \(variable), line \($0.line)" })
    }

    /// The names of an object's members; their values may hold what nobody should see.
    private static func names(_ node: JSONDocument.Node) -> String {
        node.value.members.map(\.name).joined(separator: ",")
    }

    /// Messages about variables that were meant to be settings, as far as their names show it.
    var suspects: [String] {
        let known = Set(
            Setting.all.map(\.variable) + [
                Self.fileVariable, AdminTokenOption.variable, LedgersOption.authoritiesVariable,
            ]
        )
        return environment.keys.sorted().compactMap { name in
            guard name.hasPrefix("OAI_USAGE_"), !known.contains(name),
                let setting = Setting.nearest(to: String(name.dropFirst("OAI_USAGE_".count)))
            else { return nil }
            return "The variable \(name) is not a setting, and counts for nothing. Do you mean \(setting.variable)?"
        }
    }

    /// The texts between commas, without blanks around them.
    static func split(_ text: String) -> [String] {
        text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }

    /// What stands somewhere for a setting that no flag gives.
    private struct Found {
        var values: [String]
        /// Where, for messages.
        var place: String
        var origin: SettingsTrace.Origin
    }

    private func found(_ name: String, isList: Bool = false) -> Found? {
        let variable = "OAI_USAGE_" + name.uppercased().replacing("-", with: "_")
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
        let allowed = Setting.named(name).map { "; it must be \($0.allowed)" } ?? ""
        return CommandFailure("\(place) is \"\(text.prefix(100))\"\(allowed).")
    }
}
