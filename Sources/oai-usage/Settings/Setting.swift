/// A setting: a flag, an environment variable and a key of the configuration file with the same name.
struct Setting: Sendable {
    /// The type of a setting in the configuration file.
    enum Kind: Sendable {
        /// A string.
        case text
        /// An integer, or a string of its digits.
        case number
        /// `true` or `false`.
        case boolean
        /// An array of strings, or a comma-separated string.
        case list
        /// An object of strings, or a list of `name=value`.
        case pairs
        /// An object with a structure of its own; there is no flag for it.
        case document
    }

    /// The name, as in `--connect-timeout` and in the configuration file.
    var name: String
    /// The type in the configuration file.
    var kind: Kind
    /// The allowed values, for messages.
    var allowed: String

    /// The environment variable, such as `OAI_USAGE_CONNECT_TIMEOUT`.
    var variable: String { "OAI_USAGE_" + name.uppercased().replacing("-", with: "_") }

    /// The setting for routes.
    static let routes = Setting(
        name: "routes",
        kind: .document,
        allowed:
            #"an object such as {"/openrouter/v1": {"upstream": "https://openrouter.ai/api/v1", "key-env": "OPENROUTER_API_KEY"}}"#
    )

    /// The settings for TLS and access control.
    private static let access: [Setting] = [
        Setting(name: "admin-allow-anyone", kind: .boolean, allowed: "true or false"),
        Setting(name: "admin-tls-cert", kind: .text, allowed: "the path of a PEM file"),
        Setting(name: "admin-tls-key", kind: .text, allowed: "the path of a PEM file"),
        Setting(name: "admin-token-file", kind: .text, allowed: "the path of a file with one token a line"),
        Setting(name: "allow-anyone", kind: .boolean, allowed: "true or false"),
        Setting(name: "allowed-host", kind: .list, allowed: #"an array of names, as in ["host.docker.internal"]"#),
        Setting(name: "client-token-file", kind: .text, allowed: "the path of a file with one token a line"),
        Setting(name: "tls-cert", kind: .text, allowed: "the path of a PEM file"),
        Setting(name: "tls-key", kind: .text, allowed: "the path of a PEM file"),
    ]

    /// All settings, sorted by name.
    static let all: [Setting] = (access + [routes] + others).sorted { $0.name < $1.name }

    private static let others: [Setting] = [
        Setting(name: "access-log", kind: .text, allowed: #"the path of a file, or "-" for the standard output"#),
        Setting(name: "admin", kind: .text, allowed: #"host:port, as in "127.0.0.1:10464""#),
        Setting(name: "body-timeout", kind: .text, allowed: times),
        Setting(name: "connect-timeout", kind: .text, allowed: times),
        Setting(name: "drain", kind: .text, allowed: times),
        Setting(name: "drain-size", kind: .number, allowed: sizes),
        Setting(name: "durability", kind: .text, allowed: #""committed", "fsync" or "buffered""#),
        Setting(name: "head-fields", kind: .number, allowed: "a number from 8 to 10000"),
        Setting(name: "head-size", kind: .number, allowed: sizes),
        Setting(name: "head-timeout", kind: .text, allowed: times),
        Setting(name: "held-bodies", kind: .number, allowed: sizes),
        Setting(name: "include-usage", kind: .boolean, allowed: "true or false"),
        Setting(name: "keep", kind: .text, allowed: #"a length of time of at least 1d, as in "400d""#),
        Setting(name: "keep-alive", kind: .text, allowed: times),
        Setting(name: "keep-size", kind: .number, allowed: #"a number of bytes of at least 16MiB, as in "10GB""#),
        Setting(name: "key-project", kind: .pairs, allowed: #"an object such as {"WXYZ": "proj_search"}"#),
        Setting(name: "ledger", kind: .text, allowed: #"the path of a file, or "none" for a gateway without a ledger"#),
        Setting(name: "listen", kind: .text, allowed: #"host:port, as in "127.0.0.1:8787""#),
        Setting(name: "log-format", kind: .text, allowed: #""auto", "text" or "json""#),
        Setting(
            name: "log-level",
            kind: .text,
            allowed: #""trace", "debug", "info", "notice", "warning", "error" or "critical""#
        ),
        Setting(name: "max-connections", kind: .number, allowed: "a number from 1 to 1000000"),
        Setting(name: "max-connections-per-address", kind: .number, allowed: "a number from 1 to 1000000"),
        Setting(name: "max-drains", kind: .number, allowed: "a number from 1 to 1000000"),
        Setting(name: "max-upstream-connections", kind: .number, allowed: "a number from 1 to 1000000"),
        Setting(name: "max-waiting-calls", kind: .number, allowed: "a number from 0 to 1000000"),
        Setting(name: "prices", kind: .list, allowed: "an array of paths of price files"),
        Setting(name: "response-timeout", kind: .text, allowed: times),
        Setting(name: "shutdown-timeout", kind: .text, allowed: times),
        Setting(name: "timezone", kind: .text, allowed: #"the IANA name of a time zone, as in "Europe/Paris""#),
        Setting(name: "upstream", kind: .text, allowed: #"an http or https URL, as in "https://api.openai.com""#),
        Setting(name: "upstream-ca", kind: .text, allowed: "the path of a PEM file"),
        Setting(name: "workers", kind: .number, allowed: #"a number from 1 to 64, or "auto""#),
        Setting(name: "write-timeout", kind: .text, allowed: times),
    ]

    private static let times = #"a length of time, as in "300ms", "5s", "10m" or "24h""#
    private static let sizes = #"a number of bytes, as in 65536, "64KiB" or "64MiB""#
    private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

    /// Returns the setting with a name; `nil` if there is none.
    static func named(_ name: String) -> Setting? { byName[name] }

    /// Returns the setting that a mistyped name most likely means; `nil` if none is similar.
    static func nearest(to name: String) -> Setting? {
        let name = plain(name)
        let ranked = all.map { ($0, Self.distance(plain($0.name), name)) }.min { $0.1 < $1.1 }
        guard let (setting, distance) = ranked, distance <= max(1, min(3, name.count / 3)) else { return nil }
        return setting
    }

    /// Normalizes a name, so that only letters and digits are compared.
    private static func plain(_ name: String) -> [Character] {
        name.lowercased().filter { $0 != "-" && $0 != "_" && $0 != "." && $0 != " " }.map { $0 }
    }

    /// Returns the number of characters to insert, remove or replace (Levenshtein distance).
    private static func distance(_ left: [Character], _ right: [Character]) -> Int {
        var row = Array(0...right.count)
        for (index, character) in left.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for (column, other) in right.enumerated() {
                let replaced = diagonal + (character == other ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(replaced, row[column] + 1, diagonal + 1)
            }
        }
        return row[right.count]
    }
}
