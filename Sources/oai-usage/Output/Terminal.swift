import Foundation

/// The terminal that stdout or stderr is connected to.
enum Terminal {
    /// True if stdout may be styled: a terminal that is not dumb, and `NO_COLOR` is not set.
    static var isColored: Bool { isColored(StandardOutput.isTerminal) }

    /// True if an output may be styled, depending on whether it is a terminal.
    static func isColored(_ isTerminal: Bool) -> Bool {
        let environment = ProcessInfo.processInfo.environment
        return isTerminal && environment["TERM"] != "dumb" && (environment["NO_COLOR"] ?? "").isEmpty
    }
}
