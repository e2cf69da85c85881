/// Rows under a heading, for a terminal, a document or a spreadsheet.
struct Table {
    /// A column.
    struct Column {
        var name: String
        var isNumeric = false
    }

    var columns: [Column]
    var rows: [[String]] = []
    /// A last row, set apart.
    var footer: [String]?

    /// Aligned columns, two blanks apart; headings in capitals.
    func text(isColored: Bool = false) -> String {
        let all = rows + (footer.map { [$0] } ?? [])
        let widths = columns.indices.map { index in
            all.map { DisplayWidth.of($0[index]) }.reduce(DisplayWidth.of(columns[index].name), max)
        }
        func line(_ cells: [String]) -> String {
            var text = ""
            for (index, cell) in cells.enumerated() {
                let padding = String(repeating: " ", count: widths[index] - DisplayWidth.of(cell))
                let isLast = index == cells.count - 1
                if columns[index].isNumeric {
                    text += padding + cell
                } else {
                    text += isLast ? cell : cell + padding
                }
                if !isLast { text += "  " }
            }
            return text
        }
        func emphasized(_ text: String) -> String { isColored ? "\u{1b}[1m\(text)\u{1b}[0m" : text }
        var lines = [emphasized(line(columns.map { $0.name.uppercased() }))]
        lines += rows.map(line)
        if let footer { lines.append(emphasized(line(footer))) }
        return lines.joined(separator: "\n") + "\n"
    }

    /// A table of GitHub-flavoured Markdown.
    var markdown: String {
        func line(_ cells: [String]) -> String {
            "| " + cells.map { $0.map { $0 == "|" ? "\\|" : String($0) }.joined() }.joined(separator: " | ") + " |"
        }
        var lines = [line(columns.map(\.name))]
        lines.append("|" + columns.map { $0.isNumeric ? "---:" : "---" }.joined(separator: "|") + "|")
        lines += rows.map(line)
        if let footer { lines.append(line(footer.map { $0.isEmpty ? $0 : "**\($0)**" })) }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Comma-separated values (RFC 4180), without the footer.
    var csv: String {
        func field(_ text: String) -> String {
            let needsQuotes = text.contains { $0 == "," || $0 == "\"" || $0.isNewline }
            return needsQuotes ? "\"" + text.map { $0 == "\"" ? "\"\"" : String($0) }.joined() + "\"" : text
        }
        let lines = [columns.map(\.name)] + rows
        return lines.map { $0.map(field).joined(separator: ",") }.joined(separator: "\r\n") + "\r\n"
    }
}

/// How many cells of a terminal a text takes.
enum DisplayWidth {
    static func of(_ text: String) -> Int {
        text.reduce(0) { $0 + width(of: $1) }
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
