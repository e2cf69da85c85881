import ArgumentParser
import Configuration
import Foundation
import SystemPackage

/// The settings that flags leave open: from the environment, else from the configuration file.
struct Settings {
    private let reader: ConfigReader

    /// Reads the configuration file.
    ///
    /// - Parameter file: The file; without it, the default one if it is there.
    /// - Throws: A ``CommandFailure`` if the file cannot be read.
    init(file: String?) async throws {
        var providers: [any ConfigProvider] = [
            EnvironmentVariablesProvider().prefixKeys(with: ["oai", "usage"])
        ]
        let path = file ?? Self.defaultPath
        if file != nil || FileManager.default.fileExists(atPath: path) {
            do {
                providers.append(try await FileProvider<JSONSnapshot>(filePath: FilePath(path)))
            } catch {
                throw CommandFailure("The configuration file \(path) cannot be read: \(error)")
            }
        }
        reader = ConfigReader(providers: providers)
    }

    private static var defaultPath: String {
        folder("XDG_CONFIG_HOME", otherwise: ".config") + "/oai-usage/config.json"
    }

    private static func folder(_ variable: String, otherwise path: String) -> String {
        let environment = ProcessInfo.processInfo.environment
        if let folder = environment[variable], folder.hasPrefix("/") { return folder }
        return (environment["HOME"] ?? NSHomeDirectory()) + "/" + path
    }

    /// The ledger's path.
    func ledger(_ flag: String?) -> String {
        flag ?? text("ledger") ?? Self.folder("XDG_DATA_HOME", otherwise: ".local/share") + "/oai-usage/ledger.db"
    }

    /// A setting as text; an empty one counts as none.
    func text(_ key: String) -> String? {
        guard let value = reader.string(forKey: ConfigKey(key.split(separator: ".").map { String($0) })), !value.isEmpty
        else { return nil }
        return value
    }

    /// A setting that is written as its flag is.
    func value<Value: ExpressibleByArgument>(
        _ key: String,
        _ flag: Value?,
        otherwise standard: Value
    ) throws -> Value {
        if let flag { return flag }
        guard let text = text(key) else { return standard }
        guard let value = Value(argument: text) else {
            throw CommandFailure("The setting \(key) is \"\(text)\", which is not one of its values.")
        }
        return value
    }

    /// A list of texts: `a,b`, or an array of the configuration file.
    func list(_ key: String) -> [String] {
        if let text = text(key) { return text.split(separator: ",").map { String($0) } }
        return reader.stringArray(forKey: ConfigKey(key.split(separator: ".").map { String($0) })) ?? []
    }

    /// The pairs of a list such as `1234=proj_a,5678=proj_b`.
    func pairs(_ key: String) -> [String] {
        text(key)?.split(separator: ",").map { String($0) } ?? []
    }
}
