import Foundation

/// The terminal that stdout or stderr is connected to.
enum Terminal {
    /// True if stdout may be styled.
    static var isColored: Bool { isColored(StandardOutput.isTerminal) }

    /// True if an output may be styled, depending on whether it is a terminal.
    static func isColored(_ isTerminal: Bool) -> Bool {
        isColored(isTerminal, ProcessInfo.processInfo.environment)
    }

    /// True if an output may be styled: a terminal that is not dumb, or any output with `CLICOLOR_FORCE`, without `NO_COLOR`.
    ///
    /// The variables are those of https://no-color.org and https://bixense.com/clicolors.
    static func isColored(_ isTerminal: Bool, _ environment: [String: String]) -> Bool {
        func value(_ name: String) -> String { environment[name] ?? "" }
        guard value("NO_COLOR").isEmpty else { return false }
        if !["", "0"].contains(value("CLICOLOR_FORCE")) { return true }
        return isTerminal && value("TERM") != "dumb" && value("CLICOLOR") != "0"
    }

    /// The cells of a line on stdout; `nil` if it is not a terminal.
    static var width: Int? {
        guard StandardOutput.isTerminal else { return nil }
        if let text = ProcessInfo.processInfo.environment["COLUMNS"], let columns = Int(text), columns > 0 {
            return columns
        }
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }
}
