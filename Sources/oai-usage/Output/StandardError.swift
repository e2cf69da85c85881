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
        _ = writeAll(line + "\n", to: STDERR_FILENO)
    }

    /// Writes text as it is.
    static func put(_ text: String) {
        _ = writeAll(text, to: STDERR_FILENO)
    }

    /// Whether a person looks at it.
    static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }
}

/// The data that a command was asked for.
enum StandardOutput {
    /// Writes text as it is; ends the process silently when nobody reads it any more.
    static func write(_ text: String) {
        if !writeAll(text, to: STDOUT_FILENO) { exit(0) }
    }

    /// Whether a person looks at it.
    static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }
}

/// Writes a text; false if nobody reads it any more.
private func writeAll(_ text: String, to descriptor: Int32) -> Bool {
    var text = text
    return text.withUTF8 { bytes in
        var rest = bytes[...]
        while !rest.isEmpty {
            let part = UnsafeBufferPointer(rebasing: rest)
            let count = systemWrite(descriptor, part.baseAddress, part.count)
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno == EPIPE {
                return false
            } else if errno != EINTR {
                return true
            }
        }
        return true
    }
}

private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    write(descriptor, bytes, count)
}
