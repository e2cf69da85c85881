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
