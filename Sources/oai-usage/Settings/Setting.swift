import ArgumentParser
import OpenAIUsageGateway
import OpenAIUsageLedger

/// A setting: a flag, an environment variable and a key of the configuration file with the same name.
struct Setting: Sendable {
    /// The type and the allowed values of a setting.
    enum Kind: Sendable {
        /// The path of a file, described by the payload.
        case path(String)
        /// `host:port`.
        case address
        /// An http or https URL.
        case url
        /// A duration, from and to a number of milliseconds.
        case time(ClosedRange<Int64>)
        /// A number of bytes.
        case size(ClosedRange<Int>)
        /// An integer.
        case number(ClosedRange<Int>)
        /// An integer, or `auto`.
        case workers
        /// One of some words.
        case choice([String])
        /// `true` or `false`.
        case boolean
        /// The IANA name of a time zone.
        case timeZone
        /// An array of strings, described by the payload, or a comma-separated string.
        case list(String)
        /// An object of strings, or a list of `name=value`.
        case pairs
        /// An object with a structure of its own; there is no flag for it.
        case document
    }

    /// The commands that read a setting.
    enum Scope: Sendable {
        /// The gateway alone.
        case gateway
        /// Other commands alone.
        case commands
        /// The gateway and other commands.
        case all
    }

    /// The name, as in `--connect-timeout` and in the configuration file.
    var name: String
    /// The type and the allowed values.
    var kind: Kind
    /// What the setting does, as a sentence.
    var summary: String
    /// The default in the form of a flag's argument; `nil` for none, or one that depends on the machine.
    var standard: String?
    /// The commands that read it.
    var scope = Scope.gateway

    /// The environment variable, such as `OAI_USAGE_CONNECT_TIMEOUT`.
    var variable: String { Self.variable(name) }

    /// Returns the environment variable of a setting's name.
    static func variable(_ name: String) -> String {
        "OAI_USAGE_" + name.uppercased().replacing("-", with: "_")
    }

    /// Returns the setting with a name; `nil` if there is none.
    static func named(_ name: String) -> Setting? { byName[name] }

    /// Returns the setting that a mistyped name most likely means; `nil` if none is similar.
    static func nearest(to name: String) -> Setting? {
        NearNames.nearest(to: name, in: all.map(\.name)).flatMap(named)
    }

    /// The settings of the gateway.
    static let ofGateway = all.filter { $0.scope != .commands }

    private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })
}

extension Setting {
    /// The allowed values, for messages.
    var allowed: String {
        switch kind {
        case .path(let what): what
        case .address: #"host:port, as in "127.0.0.1:8787""#
        case .url: #"an http or https URL, as in "https://api.openai.com""#
        case .time(let range) where range.lowerBound >= 86_400_000: #"a length of time of at least 1d, as in "400d""#
        case .time: #"a length of time, as in "300ms", "5s", "10m" or "24h""#
        case .size(let range) where range.lowerBound >= 16 << 20:
            #"a number of bytes of at least \#(ByteCount(range.lowerBound).defaultValueDescription), as in "10GB""#
        case .size: #"a number of bytes, as in 65536, "64KiB" or "64MiB""#
        case .number(let range): "a number from \(range.lowerBound) to \(range.upperBound)"
        case .workers: #"a number from 1 to 64, or "auto""#
        case .choice(let words): Self.choice(words)
        case .boolean: "true or false"
        case .timeZone: #"the IANA name of a time zone, as in "Europe/Paris", or "UTC""#
        case .list(let what): what
        case .pairs: #"an object such as {"WXYZ": "proj_search"}"#
        case .document:
            #"an object such as {"/openrouter/v1": {"upstream": "https://openrouter.ai/api/v1", "key-env": "OPENROUTER_API_KEY"}}"#
        }
    }

    private static func choice(_ words: [String]) -> String {
        let quoted = words.map { "\"\($0)\"" }
        return quoted.dropLast().joined(separator: ", ") + " or " + (quoted.last ?? "")
    }

    /// True if the value is a list of values.
    var isList: Bool {
        switch kind {
        case .list, .pairs: true
        default: false
        }
    }

    /// Returns what is wrong with a value and what is allowed, as the end of a sentence; `nil` for a valid value.
    func problem(with text: String) -> String? {
        let malformed = "is \"\(text.prefix(100))\"; it must be \(allowed)."
        switch kind {
        case .list where name == "budget":
            return BudgetArgument(argument: text)?.problem.map { "has \"\(text.prefix(100))\": \($0)." }
        case .path, .list, .document: return text.isEmpty ? "is empty; it must be \(allowed)." : nil
        case .address: return GatewayConfiguration.Address(argument: text) == nil ? malformed : nil
        case .url: return UpstreamArgument(argument: text).problem.map { "is not an upstream: \($0)." }
        case .time(let range):
            guard let value = DurationArgument(text) else { return malformed }
            return Self.problem(value.milliseconds, range) { DurationArgument(milliseconds: $0).text }
        case .size(let range):
            guard let value = ByteCount(argument: text) else { return malformed }
            return Self.problem(value.value, range) { ByteCount($0).defaultValueDescription }
        case .number(let range):
            guard let value = Int(text) else { return malformed }
            return Self.problem(value, range) { String($0) }
        case .workers: return WorkerCount(argument: text) == nil ? malformed : nil
        case .choice(let words):
            return words.contains(text) ? nil : malformed + NearNames.hint(for: text, in: words)
        case .boolean:
            return Self.truth(text) == nil ? malformed : nil
        case .timeZone:
            guard TimeZoneArgument(argument: text) == nil else { return nil }
            return malformed + NearNames.hint(for: text, in: TimeZoneArgument.names)
        case .pairs:
            do {
                _ = try GatewayOptions.keyAndProject(text)
                return nil
            } catch {
                return "has a pair that is none\(error)"
            }
        }
    }

    /// Returns the Boolean of a variable's text; `nil` if it is none.
    static func truth(_ text: String) -> Bool? {
        switch text.lowercased() {
        case "true", "yes", "on", "1": true
        case "false", "no", "off", "0": false
        default: nil
        }
    }

    private static func problem<Number: Comparable>(
        _ value: Number,
        _ range: ClosedRange<Number>,
        _ text: (Number) -> String
    ) -> String? {
        guard !range.contains(value) else { return nil }
        return "is \(text(value)); it must be from \(text(range.lowerBound)) to \(text(range.upperBound))."
    }
}
