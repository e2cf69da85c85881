/// The number of terminal cells that a text occupies.
enum DisplayWidth {
    static func of(_ text: String) -> Int {
        // Fast path: in printable ASCII, every byte is one cell.
        if text.utf8.allSatisfy({ 0x20..<0x7f ~= $0 }) { return text.utf8.count }
        return text.reduce(0) { $0 + width(of: $1) }
    }

    private static func width(of character: Character) -> Int {
        guard let scalar = character.unicodeScalars.first else { return 0 }
        if scalar.properties.isEmojiPresentation { return 2 }
        switch scalar.value {
        case 0x0000...0x001f, 0x007f...0x009f, 0x200b...0x200f, 0xfe00...0xfe0f: return 0
        case 0x1100...0x115f, 0x2e80...0x303e, 0x3041...0x33ff, 0x3400...0x4dbf, 0x4e00...0x9fff, 0xa000...0xa4cf,
            0xac00...0xd7a3, 0xf900...0xfaff, 0xfe30...0xfe4f, 0xff00...0xff60, 0xffe0...0xffe6, 0x1f300...0x1f64f,
            0x1f900...0x1f9ff, 0x20000...0x3fffd:
            return 2
        default: return 1
        }
    }
}

extension DisplayWidth {
    /// Returns a text that fits a number of terminal cells, shortened in the middle: names often differ only at their ends.
    ///
    /// - Parameters:
    ///   - text: The text, without control characters.
    ///   - width: The number of cells.
    /// - Returns: The text itself if it fits, otherwise its beginning and its end around an ellipsis.
    static func shortened(_ text: String, to width: Int) -> String {
        guard of(text) > width else { return text }
        guard width > 0 else { return "" }
        let room = width - 1
        var head: [Character] = []
        var used = 0
        for character in text {
            let cells = of(String(character))
            guard used + cells <= room - room / 2 else { break }
            head.append(character)
            used += cells
        }
        var tail: [Character] = []
        for character in text.reversed() {
            let cells = of(String(character))
            guard used + cells <= room else { break }
            tail.append(character)
            used += cells
        }
        return String(head) + "…" + String(tail.reversed())
    }

    /// Returns a text filled up with blanks to a number of terminal cells; a longer one is unchanged.
    ///
    /// - Parameters:
    ///   - text: The text.
    ///   - width: The number of cells.
    ///   - isNumeric: True to align the text to the right.
    /// - Returns: The padded text.
    static func padded(_ text: String, to width: Int, isNumeric: Bool = false) -> String {
        let padding = String(repeating: " ", count: max(0, width - of(text)))
        return isNumeric ? padding + text : text + padding
    }

    /// Returns text whose lines are broken between words to fit a width; indented lines are examples, and stay as they are.
    static func broken(_ text: String, width: Int?) -> String {
        guard let width else { return text }
        return text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            guard !line.hasPrefix(" "), of(String(line)) > width else { return String(line) }
            return wrapped(String(line), to: width).joined(separator: "\n")
        }.joined(separator: "\n")
    }

    /// Returns a text broken at blanks into lines of a number of terminal cells; a longer word stays whole.
    static func wrapped(_ text: String, to width: Int) -> [String] {
        var lines: [String] = []
        for word in text.split(separator: " ") {
            if let last = lines.last, of(last) + 1 + of(String(word)) <= width {
                lines[lines.count - 1] = "\(last) \(word)"
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }
}
