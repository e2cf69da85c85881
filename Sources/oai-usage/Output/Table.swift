/// Rows under a heading, for a terminal, a document or a spreadsheet.
struct Table {
    /// The color of the cells of a column that report something.
    enum Style: Sendable {
        case none
        /// Red unless zero or empty, for a number of what failed.
        case problem
        /// Yellow unless zero or empty, for a number of what is incomplete.
        case warning
        /// Red for a status of HTTP that is an error.
        case status
        /// Red for the outcome of a call that failed.
        case outcome

        /// The escape sequence for a cell; `nil` for none.
        fileprivate func sequence(_ cell: String) -> String? {
            let isReport = cell.unicodeScalars.contains { !["0", ".", "%", "-", "$", " "].contains($0) }
            switch self {
            case .none: return nil
            case .problem: return isReport ? Self.red : nil
            case .warning: return isReport ? "\u{1b}[33m" : nil
            case .status: return cell.hasPrefix("4") || cell.hasPrefix("5") ? Self.red : nil
            case .outcome: return isReport && !["completed", "open", "OUTCOME"].contains(cell) ? Self.red : nil
            }
        }

        private static let red = "\u{1b}[31m"
    }

    /// A column.
    struct Column {
        var name: String
        var isNumeric = false
        /// The order in which columns are left out of a narrow table, the highest first; 0 for one that stays.
        var priority = 0
        /// True if cells may be shortened in a narrow table.
        var isShortened = false
        /// The cells to which they are shortened before columns are left out.
        var minimum = 16
        var style = Style.none
    }

    /// A table for a terminal.
    struct Layout {
        /// The lines.
        var text: String
        /// The names of the columns that were left out for want of space.
        var leftOut: [String]
    }

    var columns: [Column]
    var rows: [[String]] = []
    /// The last row, emphasized; `nil` for none.
    var footer: [String]?

    /// Returns aligned columns, separated by two blanks, with headings in capitals.
    func text(isColored: Bool = false) -> String { layout(isColored: isColored, width: nil).text }

    /// Returns aligned columns that fit a width.
    ///
    /// Numbers are never shortened. Columns of text are first shortened to their minimum; then columns are left out by priority;
    /// then columns of text are shortened further, to 6 cells. A table that is still too wide stays so.
    ///
    /// - Parameters:
    ///   - isColored: True to emphasize with escape sequences.
    ///   - width: The cells of a line; `nil` for any number.
    /// - Returns: The lines, and what they leave out.
    func layout(isColored: Bool, width: Int?) -> Layout {
        let plan = plan(width: width)
        var lines = [Self.emphasized(line(columns.map { $0.name.uppercased() }, plan), isColored)]
        lines += rows.map { line($0, plan, isColored: isColored) }
        if let footer { lines.append(Self.emphasized(line(footer, plan), isColored)) }
        return Layout(text: lines.joined(separator: "\n") + "\n", leftOut: leftOut(plan))
    }

    /// The columns of a table that fit a width, and the width of every column.
    struct Plan {
        fileprivate var kept: [Int]
        fileprivate var widths: [Int]
    }

    /// Returns the columns that fit a width, judged by the headings and the rows.
    func plan(width: Int?) -> Plan {
        let all = rows + (footer.map { [$0] } ?? [])
        let natural = columns.indices.map { index in
            all.map { DisplayWidth.of($0[index]) }.reduce(DisplayWidth.of(columns[index].name), max)
        }
        return fitted(natural, to: width ?? .max)
    }

    /// The names of the columns that a plan leaves out.
    func leftOut(_ plan: Plan) -> [String] {
        columns.indices.filter { !plan.kept.contains($0) }.map { columns[$0].name }
    }

    /// Returns a row as a line without its end.
    func line(_ cells: [String], _ plan: Plan, isColored: Bool = false) -> String {
        var text = ""
        for (place, index) in plan.kept.enumerated() {
            let column = columns[index]
            let isLast = place == plan.kept.count - 1
            // A number that came later may be wider than its column.
            let isWhole = column.isNumeric || (isLast && !column.isShortened)
            let cell = isWhole ? cells[index] : DisplayWidth.shortened(cells[index], to: plan.widths[index])
            let padding = String(repeating: " ", count: max(0, plan.widths[index] - DisplayWidth.of(cell)))
            let style = isColored ? column.style.sequence(cell) : nil
            let shown = style.map { "\($0)\(cell)\u{1b}[0m" } ?? cell
            if column.isNumeric {
                text += padding + shown
            } else {
                text += isLast ? shown : shown + padding
            }
            if !isLast { text += "  " }
        }
        return text
    }

    /// Returns a line in bold if colors are on.
    static func emphasized(_ text: String, _ isColored: Bool) -> String {
        isColored ? "\u{1b}[1m\(text)\u{1b}[0m" : text
    }

    private static let separatorWidth = 2
    /// The widths to which a column of text is shortened at most, before and after columns are left out.
    private static let floors = (first: 64, last: 6)

    /// Returns the columns that are kept, and the width of every column.
    private func fitted(_ natural: [Int], to limit: Int) -> Plan {
        var kept = Array(columns.indices)
        func floor(_ index: Int, _ floor: Int) -> Int {
            columns[index].isShortened ? min(natural[index], floor, columns[index].minimum) : natural[index]
        }
        func total(_ least: Int) -> Int {
            kept.reduce(0) { $0 + floor($1, least) } + Self.separatorWidth * max(0, kept.count - 1)
        }
        while total(Self.floors.first) > limit {
            let droppable = kept.filter { columns[$0].priority > 0 }
            guard let next = droppable.max(by: { columns[$0].priority < columns[$1].priority }) else { break }
            kept.removeAll { $0 == next }
        }
        let least = total(Self.floors.first) > limit ? Self.floors.last : Self.floors.first
        var widths = natural.indices.map { floor($0, least) }
        guard limit < .max else { return Plan(kept: kept, widths: natural) }
        // The rest goes to the columns of text, one cell at a time so that they grow alike.
        var rest = limit - total(least)
        while rest > 0 {
            let growing = kept.filter { widths[$0] < natural[$0] }
            if growing.isEmpty { break }
            for index in growing where rest > 0 {
                widths[index] += 1
                rest -= 1
            }
        }
        return Plan(kept: kept, widths: widths)
    }

    /// The rows as a table of GitHub-flavored Markdown; markup in cells is escaped.
    var markdown: String {
        func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }
        var lines = [line(columns.map { Self.markdownCell($0.name) })]
        lines.append("|" + columns.map { $0.isNumeric ? "---:" : "---" }.joined(separator: "|") + "|")
        lines += rows.map { line($0.map(Self.markdownCell)) }
        if let footer { lines.append(line(footer.map { $0.isEmpty ? $0 : "**\(Self.markdownCell($0))**" })) }
        return lines.joined(separator: "\n") + "\n"
    }

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
