import Foundation
import OpenAIUsagePricing

/// A configuration file: a JSON object whose members are settings, with comments and trailing commas.
struct ConfigurationFile {
    /// The value of a setting, and its position.
    struct Entry {
        /// The values in the form of flag arguments; one per element of lists and pairs.
        var values: [String]
        /// The line of the name, starting at 1.
        var line: Int
        /// The value as a JSON node.
        var node: JSONDocument.Node
        /// The positions of the elements of lists and pairs; of the value for others.
        var positions: [JSONDocument.Position]
    }

    /// A mistake in a file, with what to do about it.
    struct Finding: Equatable {
        /// The line, starting at 1.
        var line: Int
        /// The column in scalars, starting at 1.
        var column: Int
        /// The key, with slashes for members of objects; empty for a mistake outside of a member.
        var key: String
        /// The mistake and what is allowed, in one or more sentences.
        var message: String

        /// Returns the findings in the order of the text.
        static func sorted(_ findings: [Finding]) -> [Finding] {
            findings.sorted { ($0.line, $0.column) < ($1.line, $1.column) }
        }
    }

    /// The key that editors read the schema's location from.
    static let schemaKey = "$schema"

    /// The path, for messages.
    let path: String
    /// The mistakes in the structure: syntax, repeated and unknown keys, values of a wrong type.
    let findings: [Finding]
    private let entries: [String: Entry]

    /// Creates the configuration from a file.
    ///
    /// - Throws: A ``CommandFailure`` with the file, the line and the allowed values.
    init(path: String) throws {
        try self.init(text: Self.text(path), path: path)
    }

    /// Creates the configuration from the text of a file.
    ///
    /// - Throws: A ``CommandFailure`` with the file, the line and the allowed values.
    init(text: String, path: String) throws {
        self.init(reading: text, path: path)
        guard let first = findings.first else { return }
        // Values are judged where they are used, so that the number of mistakes is not known here.
        let more = findings.count > 1 ? " (All mistakes: oai-usage config check \(ShellWord.quoted(path)))" : ""
        throw CommandFailure("\(path):\(first.line): \(first.message)\(more)")
    }

    /// Creates the configuration of whatever is sound in a text; ``findings`` has the rest.
    init(reading text: String, path: String) {
        self.path = path
        (entries, findings) = Self.read(text)
    }

    private static func read(_ text: String) -> ([String: Entry], [Finding]) {
        var findings: [Finding] = []
        var entries: [String: Entry] = [:]
        let document: JSONDocument
        do {
            document = try JSONDocument(parsing: JSONComments.blanked(text))
        } catch let error as JSONComments.Unterminated {
            return ([:], [unterminated(error.offset, in: text)])
        } catch let error as JSONDocumentError {
            return ([:], [Finding(error.position, "", "This is not JSON: \(error.message)")])
        } catch {
            return ([:], [Finding(line: 1, column: 1, key: "", message: "\(error)")])
        }
        guard case .object(let members) = document.root.value else {
            let message = #"A configuration file is an object, as in {"listen": "127.0.0.1:8787"}."#
            return ([:], [Finding(document.root.position, "", message)])
        }
        for duplicate in document.duplicates {
            let message =
                "\"\(duplicate.name)\" stands here again; it was set on line \(duplicate.first.line). Leave one of them out."
            findings.append(Finding(duplicate.position, duplicate.name, message))
        }
        for member in members where member.name != Self.schemaKey {
            guard let setting = Setting.named(member.name) else {
                let message = unknown(member.name, member.node.value)
                findings.append(Finding(member.position, member.name, message))
                continue
            }
            guard let values = values(member.node.value, setting.kind) else {
                findings.append(wrongType(member.node, setting))
                continue
            }
            if entries[setting.name] == nil {
                entries[setting.name] = Entry(
                    values: values,
                    line: member.position.line,
                    node: member.node,
                    positions: positions(member.node)
                )
            }
        }
        return (entries, Finding.sorted(findings))
    }

    /// The entry of a setting; `nil` if the file does not set it.
    subscript(name: String) -> Entry? { entries[name] }

    /// Reads the text of a file.
    ///
    /// - Throws: A ``CommandFailure`` that says why it cannot be read.
    static func text(_ path: String) throws -> String {
        guard let data = FileManager.default.contents(atPath: path) else {
            let exists = FileManager.default.fileExists(atPath: path)
            throw CommandFailure(
                "The configuration file \(path) cannot be read: "
                    + (exists ? "it is not a file, or its permissions forbid it." : "there is no such file.")
            )
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw CommandFailure("The configuration file \(path) is not UTF-8 text.")
        }
        return text
    }

    /// Returns the finding for a value of a wrong type: at the element that is none, if there is one.
    private static func wrongType(_ node: JSONDocument.Node, _ setting: Setting) -> Finding {
        var nodes: [JSONDocument.Node] = []
        if case .array(let elements) = node.value { nodes = elements }
        if case .object(let members) = node.value { nodes = members.map(\.node) }
        if setting.isList, let wrong = nodes.first(where: { $0.value.string == nil }) {
            let message = "\"\(setting.name)\" has \(wrong.value.kind) in it; it must be \(setting.allowed)."
            return Finding(wrong.position, setting.name, message)
        }
        return Finding(
            node.position,
            setting.name,
            "\"\(setting.name)\" is \(node.value.kind); it must be \(setting.allowed)."
        )
    }

    private static func unknown(_ name: String, _ value: JSONDocument.Value) -> String {
        if name == "admin-token" {
            return "A token does not stand in this file: name the file that holds it with \"admin-token-file\"."
        }
        let names = Setting.all.map(\.name).joined(separator: ", ")
        // An object under an unknown name may be meant as settings with that prefix.
        let nested = value.members.first.flatMap { Setting.nearest(to: "\(name)-\($0.name)") }
        let nearest = nested ?? Setting.nearest(to: name)
        if let nearest { return "\"\(name)\" is not a setting. Do you mean \"\(nearest.name)\"?" }
        return "\"\(name)\" is not a setting. The settings are: \(names)."
    }

    /// Converts a JSON value to flag arguments; `nil` for a value of the wrong type.
    private static func values(_ value: JSONDocument.Value, _ kind: Setting.Kind) -> [String]? {
        switch (kind, value) {
        case (.boolean, .bool(let flag)): return [flag ? "true" : "false"]
        case (.boolean, _): return nil
        case (.document, .object): return []
        case (.document, _): return nil
        case (.number, .number(let text)), (.size, .number(let text)), (.workers, .number(let text)): return [text]
        case (.list, .string(let text)), (.pairs, .string(let text)): return Settings.split(text)
        case (.list, .array(let nodes)), (.pairs, .array(let nodes)):
            let texts = nodes.compactMap(\.value.string)
            return texts.count == nodes.count ? texts : nil
        case (.pairs, .object(let members)):
            let pairs = members.compactMap { member in member.node.value.string.map { "\(member.name)=\($0)" } }
            return pairs.count == members.count ? pairs : nil
        case (.list, _), (.pairs, _): return nil
        case (_, .string(let text)): return [text]
        default: return nil
        }
    }

    private static func positions(_ node: JSONDocument.Node) -> [JSONDocument.Position] {
        switch node.value {
        case .array(let nodes): nodes.map(\.position)
        case .object(let members): members.map(\.node.position)
        default: [node.position]
        }
    }

    /// Returns the finding for a comment that does not end, by the number of scalars before it.
    private static func unterminated(_ offset: Int, in text: String) -> Finding {
        var finding = Finding(line: 1, column: 1, key: "", message: "This comment does not end: close it with */.")
        for scalar in text.unicodeScalars.prefix(offset) {
            if scalar == "\n" {
                finding.line += 1
                finding.column = 1
            } else {
                finding.column += 1
            }
        }
        return finding
    }
}

extension ConfigurationFile.Finding {
    /// Creates a finding at a position.
    init(_ position: JSONDocument.Position, _ key: String, _ message: String) {
        self.init(line: position.line, column: position.column, key: key, message: message)
    }
}
