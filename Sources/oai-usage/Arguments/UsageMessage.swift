import ArgumentParser
import Foundation

/// A usage error with the name that was most likely meant.
///
/// The argument parser's message is kept, and completed where it knows no near name: for commands and values.
struct UsageMessage {
    /// The message, without the prefix `Error: `.
    private(set) var message: String
    /// The parser's lines after the message, with the usage.
    private(set) var rest: String

    /// Creates the message for an error of the argument parser; `nil` if it is not a usage error.
    ///
    /// - Parameters:
    ///   - error: The error.
    ///   - root: The program.
    ///   - arguments: The arguments of the program.
    init?(_ error: any Error, of root: any ParsableCommand.Type, arguments: [String]) {
        guard root.exitCode(for: error) == .validationFailure else { return nil }
        self.init(text: root.fullMessage(for: error), of: root, arguments: arguments)
    }

    /// Creates the message from the parser's text.
    init?(text: String, of root: any ParsableCommand.Type, arguments: [String]) {
        guard text.hasPrefix(Self.prefix) else { return nil }
        let lines = text.dropFirst(Self.prefix.count).split(separator: "\n", omittingEmptySubsequences: false)
        // The message ends where the help of the option or the usage begins.
        let end = lines.firstIndex { $0.hasPrefix("Help:  ") || $0.hasPrefix("Usage: ") } ?? lines.count
        message = lines[..<end].joined(separator: "\n")
        rest = lines[end...].joined(separator: "\n")
        // An error of a command that was parsed on its own, or that runs already, has the program's usage.
        let program = root.configuration.commandName ?? ""
        if rest.hasPrefix("Usage: \(program) <"), let (words, command) = Self.command(in: arguments, of: root) {
            rest = """
                Usage: \(root.usageString(for: command).replacing("Usage: ", with: ""))
                  See '\(program) \(words.joined(separator: " ")) --help' for more information.
                """
        }
        if let unknown = UnknownCommand.first(in: arguments, of: root),
            message == "Unexpected argument '\(unknown.name)'" || message.hasPrefix("Unknown option ")
        {
            message = unknown.message
        } else if let value = InvalidValue(message: message) {
            message = value.message
            // The values are in the message; their list in the help would repeat them.
            if value.hasList, rest.hasPrefix("Help:  ") {
                rest = rest.split(separator: "\n", omittingEmptySubsequences: false).drop { !$0.hasPrefix("Usage: ") }
                    .joined(separator: "\n")
            }
        } else if let option = message.prefixMatch(of: /Unknown option '--([^']+)'/),
            !Self.settings.contains(String(option.output.1)),
            root.configuration.subcommands.contains(where: { $0.configuration.commandName == String(option.output.1) })
        {
            let program = root.configuration.commandName ?? "oai-usage"
            message = "\(option.output.0). Did you mean the command '\(program) \(option.output.1)'?"
        } else if let option = message.wholeMatch(of: /Unknown option '--([^']+)'\. Did you mean '--([^']+)'\?/) {
            // The parser suggests names that have hardly a letter in common with a short one.
            let (typed, near) = (String(option.output.1), String(option.output.2))
            if NearNames.nearest(to: typed, in: [near]) == nil { message = "Unknown option '--\(typed)'" }
        } else if let option = message.wholeMatch(of: /Unknown option '-([a-z])'/),
            let word = arguments.first(where: { $0.hasPrefix("-\(option.output.1)") && $0.count > 3 })
        {
            message += ". Did you mean '-\(word.prefix(100))'?"
        } else if let option = message.wholeMatch(of: /Missing value for '(--?[^ ']+)(.*)'/),
            let place = arguments.firstIndex(of: String(option.output.1)), place + 1 < arguments.count,
            let value = Optional(arguments[place + 1]), value.wholeMatch(of: /-[0-9].*/) != nil
        {
            // To the parser it looks like another flag.
            message =
                "The value '\(value.prefix(100))' is invalid for '\(option.output.1)\(option.output.2)'; it must not be negative."
        }
    }

    /// Returns the command that arguments name, with its words; `nil` if they name none.
    private static func command(
        in arguments: [String],
        of root: any ParsableCommand.Type
    ) -> (words: [String], command: any ParsableCommand.Type)? {
        var (words, found): ([String], (any ParsableCommand.Type)?) = ([], nil)
        for word in arguments {
            let commands = (found ?? root).configuration.subcommands
            guard let next = commands.first(where: { $0.configuration.commandName == word }) else { break }
            words.append(word)
            found = next
        }
        return found.map { (words, $0) }
    }

    /// The text to write to stderr.
    var text: String { Self.prefix + message + "\n" + rest }

    private static let prefix = "Error: "
    /// The commands whose name is that of an option, which was more likely meant.
    private static let settings: Set = ["ledger", "config", "prices", "budget"]
}

/// A word at the place of a command that is none.
struct UnknownCommand: Equatable {
    /// The word.
    let name: String
    /// The commands before it, without the program's name.
    let parents: [String]
    /// The commands that may stand there.
    let known: [String]

    /// Returns the unknown command in some arguments; `nil` if they name commands only.
    static func first(in arguments: [String], of root: any ParsableCommand.Type) -> UnknownCommand? {
        var commands = root.configuration.subcommands
        var parents: [String] = []
        for word in arguments {
            guard !word.hasPrefix("-"), !commands.isEmpty else { return nil }
            guard let next = commands.first(where: { $0.configuration.commandName == word }) else {
                let known = commands.compactMap { $0.configuration.commandName }
                return UnknownCommand(name: word, parents: parents, known: known)
            }
            commands = next.configuration.subcommands
            parents.append(word)
        }
        return nil
    }

    var message: String {
        let words = (parents + [String(name.prefix(100))]).joined(separator: " ")
        return "There is no command '\(words)'.\(hint)"
    }

    private var hint: String {
        if let near = NearNames.nearest(to: name, in: known) { return " Did you mean '\(near)'?" }
        if parents.isEmpty, let other = Self.synonyms[name.lowercased()] { return " Did you mean '\(other)'?" }
        return parents.isEmpty ? "" : " There are: \(known.joined(separator: ", "))."
    }

    /// The commands here by the names that other tools use.
    private static let synonyms = [
        "cost": "report", "costs": "report", "usage": "report", "stats": "report", "summary": "report",
        "log": "calls", "logs": "calls", "tail": "calls", "list": "calls", "ls": "calls", "requests": "calls",
        "proxy": "gateway", "serve": "gateway", "start": "gateway", "run": "gateway", "daemon": "gateway",
        "get": "show", "describe": "show", "inspect": "show", "trace": "show",
        "ratelimit": "limits", "quota": "limits", "ratelimits": "limits",
        "backup": "ledger backup", "merge": "ledger merge", "compact": "ledger compact", "vacuum": "ledger compact",
        "metrics": "serve-metrics", "mock": "simulate", "fake": "simulate", "settings": "config",
        "whatif": "prices whatif", "explain": "prices explain", "check": "ledger check",
        "completion": "--generate-completion-script bash", "completions": "--generate-completion-script bash",
        "version": "--version",
    ]
}

/// A value that an option does not have, with those that it has.
struct InvalidValue: Equatable {
    /// The value as it was given.
    let value: String
    /// The option with its argument, as in `--format <format>`.
    let option: String
    /// The allowed values; empty if they are not listed.
    let allowed: [String]
    /// The message in the style of a command's own errors, of which the list is the end; `nil` for the parser's.
    private let statement: String?

    /// Creates the value from a message of the parser, or of a command; `nil` for other messages.
    init?(message: String) {
        if let match = message.wholeMatch(of: /(--(\S+) is "(.*)"; it must be one of) (.*?)\.?/.dotMatchesNewlines()) {
            value = String(match.output.3)
            option = "--\(match.output.2)"
            allowed = match.output.4.split(separator: ", ").map { String($0) }
            statement = message
            return
        }
        guard
            let match = message.wholeMatch(
                of: /The value '(.*)' is invalid for '(--?\S+(?: <[^>]*>)?|<[^>]*>)'(.*)/.dotMatchesNewlines()
            )
        else { return nil }
        value = String(match.output.1)
        option = String(match.output.2)
        statement = nil
        let list = match.output.3
        if list.contains("one of the following:") {
            allowed = list.split(separator: "\n").compactMap { $0.hasPrefix("  - ") ? String($0.dropFirst(4)) : nil }
        } else {
            allowed = list.matches(of: /'([^']*)'/).map { String($0.output.1) }
        }
    }

    /// True if the message lists the allowed values.
    var hasList: Bool { !allowed.isEmpty }

    var message: String {
        if let statement { return statement + hint }
        let name = "The value '\(value.prefix(100))' is invalid for '\(option)'.\(hint)"
        return allowed.isEmpty ? name : name + " It is one of: \(allowed.joined(separator: ", "))."
    }

    private var hint: String {
        let candidates = allowed + Self.further(option)
        if value.contains(","), value.split(separator: ",", omittingEmptySubsequences: false).contains("") {
            return " It has an empty name; remove the extra comma."
        }
        guard let wrong = parts.first(where: { !candidates.contains($0) }) else { return "" }
        return NearNames.hint(for: wrong, in: candidates)
    }

    /// The parts of a list with commas.
    private var parts: [String] { value.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) } }

    /// Values that are too many to be listed, or that are among other forms.
    private static func further(_ option: String) -> [String] {
        switch option.prefix(while: { $0 != " " }) {
        case "--timezone": TimeZoneArgument.names
        case "--since", "--until": ["today", "yesterday"]
        case "--workers": ["auto"]
        default: []
        }
    }
}
