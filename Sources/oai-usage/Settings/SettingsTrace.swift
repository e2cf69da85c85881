import Synchronization

/// The settings that a command has read, with their values and origins.
final class SettingsTrace: Sendable {
    /// The origin of a value.
    enum Origin: Sendable, Equatable, CustomStringConvertible {
        /// A flag, by its name without dashes.
        case flag(String)
        /// An environment variable.
        case variable(String)
        case file(path: String, line: Int)
        /// The default.
        case standard

        var description: String {
            switch self {
            case .flag(let name): "--\(name)"
            case .variable(let name): name
            case .file(let path, let line): "\(path):\(line)"
            case .standard: "default"
            }
        }
    }

    /// The effective value of a setting.
    struct Entry: Sendable, Equatable {
        var value: String
        var origin: Origin
    }

    private let entries = Mutex<[String: Entry]>([:])

    /// Records the value of a setting, and returns it.
    @discardableResult
    func note(_ name: String, _ value: String, _ origin: Origin) -> String {
        entries.withLock { $0[name] = Entry(value: value, origin: origin) }
        return value
    }

    /// The recorded value of a setting; `nil` if it has not been read.
    subscript(name: String) -> Entry? { entries.withLock { $0[name] } }
}
