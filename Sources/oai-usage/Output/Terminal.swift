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

    /// The cells of a line to write for: those of the terminal, else the variable `COLUMNS`, else 80.
    static var width: Int { width(terminal: tableWidth, variable: ProcessInfo.processInfo.environment["COLUMNS"]) }

    /// Returns the cells of a line to write for, at least 40.
    ///
    /// - Parameters:
    ///   - terminal: The cells of the terminal; `nil` if stdout is none.
    ///   - variable: The variable `COLUMNS`.
    /// - Returns: The cells.
    static func width(terminal: Int?, variable: String?) -> Int {
        let columns = terminal ?? variable.flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil } ?? 80
        return min(max(columns, 40), 1_000)
    }

    /// The cells of a line of the terminal, for tables; `nil` if stdout is none, where tables have all their columns.
    static var tableWidth: Int? { width(of: STDOUT_FILENO) }

    /// Returns the cells of a line of the terminal that a descriptor is connected to; `nil` if it is none.
    static func width(of descriptor: Int32) -> Int? {
        var size = winsize()
        guard isatty(descriptor) == 1 else { return nil }
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    /// Returns a line above a table, broken between words where the terminal is narrower, with a line break.
    static func heading(_ text: String) -> String { DisplayWidth.broken(text, width: tableWidth) + "\n" }

    /// True if the terminal is known to show nothing but plain text.
    static var isDumb: Bool { ProcessInfo.processInfo.environment["TERM"] == "dumb" }
}
