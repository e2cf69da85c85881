import Synchronization

/// The settings that a command has asked for: what each is, and where it came from.
final class SettingsTrace: Sendable {
    /// The place that a value comes from.
    enum Origin: Sendable, Equatable, CustomStringConvertible {
        /// The flag by its name, without dashes.
        case flag(String)
        /// The variable of the environment.
        case variable(String)
        case file(path: String, line: Int)
        /// What counts if nothing is said.
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

    /// A setting as it counts.
    struct Entry: Sendable, Equatable {
        var value: String
        var origin: Origin
    }

    private let entries = Mutex<[String: Entry]>([:])

    /// Notes what a setting is; returns the value.
    @discardableResult
    func note(_ name: String, _ value: String, _ origin: Origin) -> String {
        entries.withLock { $0[name] = Entry(value: value, origin: origin) }
        return value
    }

    /// What was noted of a setting; `nil` for one that was not asked for.
    subscript(name: String) -> Entry? { entries.withLock { $0[name] } }
}
