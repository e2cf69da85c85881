extension Table {
    /// The rows as a table of GitHub-flavored Markdown; markup in cells is escaped.
    var markdown: String {
        let heading = Self.markdownLine(columns.map { Self.markdownCell($0.name) })
        let rule = "|" + columns.map { $0.isNumeric ? "---:" : "---" }.joined(separator: "|") + "|\n"
        let foot = footer.map { Self.markdownLine($0.map { $0.isEmpty ? $0 : "**\(Self.markdownCell($0))**" }) }
        return heading + rule + markdownRows + (foot ?? "")
    }

    /// The rows of ``markdown`` without its heading and footer.
    var markdownRows: String { rows.map { Self.markdownLine($0.map(Self.markdownCell)) }.joined() }

    private static func markdownLine(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |\n" }

    private static func markdownCell(_ text: String) -> String {
        var cell = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "<": cell += "&lt;"
            case ">": cell += "&gt;"
            case "&": cell += "&amp;"
            case "|", "\\", "`", "*", "[", "]":
                cell += "\\"
                cell.unicodeScalars.append(scalar)
            case _ where scalar.properties.isWhitespace: cell += " "
            default: cell.unicodeScalars.append(scalar)
            }
        }
        return cell
    }

    /// The rows as comma-separated values (RFC 4180), without the footer; cells that look like formulas are prefixed
    /// with an apostrophe.
    var csv: String {
        columns.map { Self.csvCell($0.name) }.joined(separator: ",") + "\r\n" + csvRows
    }

    /// The rows of ``csv`` without its header.
    var csvRows: String {
        rows.map { $0.map(Self.csvCell).joined(separator: ",") + "\r\n" }.joined()
    }

    private static func csvCell(_ text: String) -> String {
        let cell = isFormula(text) ? "'" + text : text
        // Scalars, not characters: a quote with a combining accent is still a quote to CSV readers.
        let needsQuotes = cell.unicodeScalars.contains { scalar in
            switch scalar {
            case ",", "\"", "\n", "\r", "\u{0b}", "\u{0c}", "\u{85}", "\u{2028}", "\u{2029}": true
            default: false
            }
        }
        guard needsQuotes else { return cell }
        var quoted = "\""
        for scalar in cell.unicodeScalars {
            if scalar == "\"" { quoted += "\"" }
            quoted.unicodeScalars.append(scalar)
        }
        return quoted + "\""
    }

    /// True if a spreadsheet might evaluate the text: it starts with a formula character, and is not a signed number.
    private static func isFormula(_ text: String) -> Bool {
        guard let first = text.unicodeScalars.first else { return false }
        switch first {
        case "=", "@", "\t", "\r", "\n", "\u{ff1d}", "\u{ff0b}", "\u{ff0d}", "\u{ff20}": return true
        case "+", "-": return !isNumber(text.unicodeScalars.dropFirst())
        default: return false
        }
    }

    private static func isNumber(_ digits: Substring.UnicodeScalarView) -> Bool {
        let parts = digits.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        return parts.allSatisfy { !$0.isEmpty && $0.allSatisfy { "0"..."9" ~= $0 } }
    }
}
