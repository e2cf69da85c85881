import Foundation

/// The terminal that the output goes to, if it is one.
enum Terminal {
    /// Whether text may be emphasized: on a terminal that is not dumb, unless `NO_COLOR` is set.
    static var isColored: Bool { isColored(StandardOutput.isTerminal) }

    /// True if what goes to an output may be emphasized.
    static func isColored(_ isTerminal: Bool) -> Bool {
        let environment = ProcessInfo.processInfo.environment
        return isTerminal && environment["TERM"] != "dumb" && (environment["NO_COLOR"] ?? "").isEmpty
    }
}
