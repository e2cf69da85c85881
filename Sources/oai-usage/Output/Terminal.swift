import Foundation

/// The terminal that the output goes to, if it is one.
enum Terminal {
    /// Whether text may be emphasized: on a terminal that is not dumb, unless `NO_COLOR` is set.
    static var isColored: Bool {
        let environment = ProcessInfo.processInfo.environment
        return StandardOutput.isTerminal && environment["TERM"] != "dumb" && (environment["NO_COLOR"] ?? "").isEmpty
    }
}
