#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Messages for people, separate from the data on stdout.
///
/// Write errors are ignored: a gateway continues after the reader of its log has ended.
enum StandardError {
    /// Writes a line, which is broken between words where a terminal is narrower.
    static func write(_ line: String) {
        try? writeAll(DisplayWidth.broken(line, width: Terminal.width(of: STDERR_FILENO)) + "\n", to: STDERR_FILENO)
    }

    /// Writes text without a line break.
    static func put(_ text: String) {
        try? writeAll(text, to: STDERR_FILENO)
    }

    /// True if stderr is a terminal.
    static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }
}

/// The data that a command outputs.
enum StandardOutput {
    /// Writes text without a line break.
    ///
    /// Ends the process silently with status 0 if the reader has closed the pipe, and with a message and status 1 on
    /// other errors, since truncated output may look complete.
    static func write(_ text: String) {
        do { try writeAll(text, to: STDOUT_FILENO) } catch let failure as WriteFailure {
            if failure.code == EPIPE { exit(0) }
            let reason = String(cString: strerror(failure.code))
            StandardError.write("Error: The output cannot be written (\(reason)); what was written of it is not whole.")
            exit(1)
        } catch {
            exit(1)
        }
    }

    /// True if stdout is a terminal.
    static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }
}

/// A write error, by its error number.
private struct WriteFailure: Error {
    let code: Int32
}

/// Writes a text completely.
private func writeAll(_ text: String, to descriptor: Int32) throws {
    var text = text
    try text.withUTF8 { bytes in
        var rest = bytes[...]
        while !rest.isEmpty {
            let part = UnsafeBufferPointer(rebasing: rest)
            let count = systemWrite(descriptor, part.baseAddress, part.count)
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno != EINTR {
                throw WriteFailure(code: errno)
            }
        }
    }
}

private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    write(descriptor, bytes, count)
}
