import Foundation

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

extension Terminal {
    /// The number of columns to write for: those of the terminal, else the variable `COLUMNS`, else 80.
    static var width: Int {
        width(terminal: columns, variable: ProcessInfo.processInfo.environment["COLUMNS"])
    }

    /// Returns the number of columns to write for, at least 40.
    ///
    /// - Parameters:
    ///   - terminal: The columns of the terminal; `nil` if stdout is none, or if it does not tell.
    ///   - variable: The variable `COLUMNS`.
    /// - Returns: The columns.
    static func width(terminal: Int?, variable: String?) -> Int {
        let columns = terminal ?? variable.flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil } ?? 80
        return min(max(columns, 40), 1_000)
    }

    /// True if the terminal is known to show nothing but plain text.
    static var isDumb: Bool { ProcessInfo.processInfo.environment["TERM"] == "dumb" }

    private static var columns: Int? {
        var size = winsize()
        guard StandardOutput.isTerminal, ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
            return nil
        }
        return Int(size.ws_col)
    }
}
