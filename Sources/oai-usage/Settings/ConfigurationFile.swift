import Foundation
import OpenAIUsagePricing

/// A configuration file: a JSON object whose members are settings.
struct ConfigurationFile {
    /// The value of a setting, and its line.
    struct Entry {
        /// The values in the form of flag arguments; one per element of lists and pairs.
        var values: [String]
        /// The line of the name, starting at 1.
        var line: Int
        /// The value as a JSON node.
        var node: JSONDocument.Node
    }

    /// The path, for messages.
    let path: String
    private let entries: [String: Entry]

    /// Creates the configuration from a file.
    ///
    /// - Throws: A ``CommandFailure`` with the file, the line and the allowed values.
    init(path: String) throws {
        guard let data = FileManager.default.contents(atPath: path) else {
            let exists = FileManager.default.fileExists(atPath: path)
            throw CommandFailure(
                "The configuration file \(path) cannot be read: "
                    + (exists ? "it is no file, or its permissions forbid it." : "there is no such file.")
            )
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw CommandFailure("The configuration file \(path) is not UTF-8 text.")
        }
        try self.init(text: text, path: path)
    }

    /// Creates the configuration from the text of a file.
    ///
    /// - Throws: A ``CommandFailure`` with the file, the line and the allowed values.
    init(text: String, path: String) throws {
        self.path = path
        let document: JSONDocument
        do throws(JSONDocumentError) {
            document = try JSONDocument(parsing: text)
        } catch {
            throw CommandFailure("\(path):\(error.position.line): This is not JSON: \(error.message)")
        }
        guard case .object(let members) = document.root.value else {
            throw CommandFailure(
                #"\#(path):\#(document.root.position.line): A configuration file is an object, as in {"listen": "127.0.0.1:8787"}."#
            )
        }
        if let duplicate = document.duplicates.first {
            throw CommandFailure(
                "\(path):\(duplicate.position.line): \"\(duplicate.name)\" stands here again; it was set on line \(duplicate.first.line)."
            )
        }
        var entries: [String: Entry] = [:]
        for member in members {
            let line = member.position.line
            guard let setting = Setting.named(member.name) else {
                throw CommandFailure("\(path):\(line): \(Self.unknown(member.name, member.node.value))")
            }
            guard let values = Self.values(member.node.value, setting.kind) else {
                throw CommandFailure(
                    "\(path):\(line): \"\(setting.name)\" is \(member.node.value.kind); it must be \(setting.allowed)."
                )
            }
            entries[setting.name] = Entry(values: values, line: line, node: member.node)
        }
        self.entries = entries
    }

    /// The entry of a setting; `nil` if the file does not set it.
    subscript(name: String) -> Entry? { entries[name] }

    private static func unknown(_ name: String, _ value: JSONDocument.Value) -> String {
        let names = Setting.all.map(\.name).joined(separator: ", ")
        // An object under an unknown name may be meant as settings with that prefix.
        let nested = value.members.first.flatMap { Setting.nearest(to: "\(name)-\($0.name)") }
        let nearest = nested ?? Setting.nearest(to: name)
        let hint = nearest.map { " Do you mean \"\($0.name)\"?" } ?? ""
        return "\"\(name)\" is not a setting.\(hint) The settings are: \(names)."
    }

    /// Converts a JSON value to flag arguments; `nil` for a value of the wrong type.
    private static func values(_ value: JSONDocument.Value, _ kind: Setting.Kind) -> [String]? {
        switch (kind, value) {
        case (.text, .string(let text)), (.number, .string(let text)), (.number, .number(let text)): return [text]
        case (.boolean, .bool(let flag)): return [flag ? "true" : "false"]
        case (.document, .object): return []
        case (.list, .string(let text)), (.pairs, .string(let text)): return Settings.split(text)
        case (.list, .array(let nodes)), (.pairs, .array(let nodes)):
            let texts = nodes.compactMap(\.value.string)
            return texts.count == nodes.count ? texts : nil
        case (.pairs, .object(let members)):
            let pairs = members.compactMap { member in member.node.value.string.map { "\(member.name)=\($0)" } }
            return pairs.count == members.count ? pairs : nil
        default: return nil
        }
    }
}
