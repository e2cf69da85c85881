#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The terminal while a full-screen view has it: the alternate screen, no echo, a hidden cursor.
///
/// ``enter()`` and ``leave()`` may be called repeatedly; the terminal's settings are those of before after each `leave`.
final class TerminalSession {
    /// The descriptor that keys are read from; `nil` if there is no terminal for it.
    let input: Int32?
    private let output = STDOUT_FILENO
    private var saved: termios?
    private var lines: [String] = []
    private let ownsInput: Bool
    private var isEntered = false
    private static let partLength = 512

    /// Creates a session; keys come from stdin if it is a terminal, else from the controlling terminal.
    init() {
        if isatty(STDIN_FILENO) == 1 {
            (input, ownsInput) = (STDIN_FILENO, false)
        } else {
            let descriptor = open("/dev/tty", O_RDWR | O_CLOEXEC)
            (input, ownsInput) = descriptor < 0 ? (nil, false) : (descriptor, true)
        }
    }

    deinit {
        if ownsInput, let input { close(input) }
    }

    /// The size of the terminal; 80 by 24 if it does not tell.
    var size: TopModel.Size {
        var size = winsize()
        guard ioctl(output, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
            return TopModel.Size(columns: 80, rows: 24)
        }
        return TopModel.Size(columns: Int(size.ws_col), rows: Int(size.ws_row))
    }

    /// Puts the terminal into raw mode and shows the alternate screen.
    func enter() {
        if let input {
            var settings = termios()
            if tcgetattr(input, &settings) == 0 {
                saved = settings
                // ISIG stays, so that Ctrl-C and Ctrl-Z work even during a read; without IXON, Ctrl-S cannot block a write.
                settings.c_lflag &= ~tcflag_t(ECHO | ICANON | IEXTEN)
                settings.c_iflag &= ~tcflag_t(IXON)
                tcsetattr(input, TCSANOW, &settings)
            }
        }
        isEntered = true
        lines = []
        // The alternate screen, no wrapping, no cursor.
        write("\u{1b}[?1049h\u{1b}[?7l\u{1b}[?25l\u{1b}[2J")
    }

    /// Gives the terminal back as it was.
    func leave() {
        // Outside of the alternate screen, leaving it would move the cursor.
        guard isEntered else { return }
        isEntered = false
        write("\u{1b}[0m\u{1b}[?7h\u{1b}[?25h\u{1b}[?1049l")
        if let input, var settings = saved {
            // Keys that were typed and not read are not meant for the shell. The output is not waited for, since a stalled
            // terminal never takes it.
            tcsetattr(input, TCSANOW, &settings)
            tcflush(input, TCIFLUSH)
            saved = nil
        }
    }

    /// Shows lines, of which only the changed ones are written.
    ///
    /// - Parameters:
    ///   - frame: The lines, which fit the width.
    ///   - width: The width of the terminal.
    ///   - isWhole: True to write all lines.
    ///   - isColored: True to write styles.
    func draw(_ frame: [StyledLine], width: Int, isWhole: Bool, isColored: Bool) {
        var text = ""
        if isWhole {
            lines = []
            text += "\u{1b}[2J"
        }
        for (index, line) in frame.enumerated() {
            let shown = line.text(isColored: isColored)
            guard index >= lines.count || lines[index] != shown else { continue }
            // Erased first: behind the last column, an erasure would take that column's character.
            text += "\u{1b}[\(index + 1);1H\u{1b}[2K" + shown
        }
        if lines.count > frame.count { text += "\u{1b}[\(frame.count + 1);1H\u{1b}[J" }
        lines = frame.map { $0.text(isColored: isColored) }
        // A synchronized update, which terminals without it ignore, does not flicker.
        if !text.isEmpty { write("\u{1b}[?2026h\(text)\u{1b}[?2026l") }
    }

    /// Writes a text completely, unless the terminal is gone, or takes nothing after a signal that ends the program.
    private func write(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                var ready = pollfd(fd: output, events: Int16(POLLOUT), revents: 0)
                guard poll(&ready, 1, 100) > 0 else {
                    if TerminalSignals.hasEnded { return }
                    continue
                }
                // A terminal that takes some bytes may yet block a long write.
                let part = UnsafeBufferPointer(rebasing: rest.prefix(Self.partLength))
                let count = systemWrite(output, part.baseAddress, part.count)
                if count > 0 {
                    rest = rest.dropFirst(count)
                } else if errno != EINTR, errno != EAGAIN {
                    return
                }
            }
        }
    }
}

private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    write(descriptor, bytes, count)
}
