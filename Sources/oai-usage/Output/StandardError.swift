#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Messages for a person, apart from the data on the standard output.
///
/// A message that nobody can read is lost, and ends nothing: a gateway outlives the program that read its log.
enum StandardError {
    /// Writes a line.
    static func write(_ line: String) {
        try? writeAll(line + "\n", to: STDERR_FILENO)
    }

    /// Writes text as it is.
    static func put(_ text: String) {
        try? writeAll(text, to: STDERR_FILENO)
    }

    /// Whether a person looks at it.
    static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }
}

/// The data that a command was asked for.
enum StandardOutput {
    /// Writes text as it is; ends the process silently when nobody reads it any more, and with a message and status 1 when
    /// it cannot be written, since output that is cut off looks whole.
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

    /// Whether a person looks at it.
    static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }
}

/// A failure to write, by its error number.
private struct WriteFailure: Error {
    let code: Int32
}

/// Writes a text.
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
