import ArgumentParser
import Foundation
import OpenAIUsagePricing

/// The settings that flags leave open: from the environment, else from the configuration file.
struct Settings {
    /// The variable that names the configuration file.
    static let fileVariable = "OAI_USAGE_CONFIG"

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
        flag ?? text("ledger")
            ?? Self.folder("XDG_DATA_HOME", otherwise: ".local/share", environment) + "/oai-usage/ledger.db"
    }

    /// A variable of the environment that is not of this program; an empty one counts as none.
    func variable(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }

    /// A setting as text; an empty one counts as none.
    func text(_ name: String) -> String? { found(name)?.values.first }

    /// A setting that is written as its flag is.
    ///
    /// - Throws: A ``CommandFailure`` that says where the value stands and what is allowed.
    func value<Value: ExpressibleByArgument>(
        _ name: String,
        _ flag: Value?,
        otherwise standard: Value
    ) throws -> Value {
        if let flag { return flag }
        guard let found = found(name), let text = found.values.first else { return standard }
        guard let value = Value(argument: text) else { throw refusal(of: text, name, found.place) }
        return value
    }

    /// A setting that is on or off.
    ///
    /// - Throws: A ``CommandFailure`` that says where the value stands and what is allowed.
    func flag(_ name: String, _ flag: Bool?, otherwise standard: Bool) throws -> Bool {
        if let flag { return flag }
        guard let found = found(name), let text = found.values.first else { return standard }
        switch text.lowercased() {
        case "true", "yes", "on", "1": return true
        case "false", "no", "off", "0": return false
        default: throw refusal(of: text, name, found.place)
        }
    }

    /// Where a setting stands that no flag gives, for messages.
    func place(_ name: String) -> String { found(name)?.place ?? "--\(name)" }

    /// A list of texts, as it stands in the environment or in the file.
    func list(_ name: String) -> [String] { found(name, isList: true)?.values ?? [] }

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
        return (document.root, { "The variable \(variable), line \($0.line)" })
    }

    /// Messages about variables that were meant to be settings, as far as their names show it.
    var suspects: [String] {
        let known = Set(Setting.all.map(\.variable) + [Self.fileVariable, AdminOptions.tokenVariable])
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

    private func found(_ name: String, isList: Bool = false) -> (values: [String], place: String)? {
        let variable = "OAI_USAGE_" + name.uppercased().replacing("-", with: "_")
        if let text = self.variable(variable) {
            return (isList ? Self.split(text) : [text], "The variable \(variable)")
        }
        guard let file, let entry = file[name], entry.values.first?.isEmpty == false else { return nil }
        return (entry.values, "\(file.path):\(entry.line): \"\(name)\"")
    }

    private func refusal(of text: String, _ name: String, _ place: String) -> CommandFailure {
        let allowed = Setting.named(name).map { "; it must be \($0.allowed)" } ?? ""
        return CommandFailure("\(place) is \"\(text.prefix(100))\"\(allowed).")
    }
}
