/// Rows under a heading, for a terminal, a document or a spreadsheet.
///
/// In a terminal it fits a width: unimportant columns are left out, and long names are shortened.
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

        /// The appearance of a cell.
        func style(of cell: String) -> StyledLine.Style {
            let isReport = cell.unicodeScalars.contains { !["0", ".", "%", "-", "$", " "].contains($0) }
            switch self {
            case .none: return .plain
            case .problem: return isReport ? .red : .plain
            case .warning: return isReport ? .yellow : .plain
            case .status: return cell.hasPrefix("4") || cell.hasPrefix("5") ? .red : .plain
            case .outcome:
                // A client that leaves is no error of the API.
                if cell.hasPrefix("client_") { return .yellow }
                return isReport && !["completed", "open"].contains(cell) ? .red : .plain
            }
        }
    }

    /// A cell with an appearance of its own.
    struct Cell: ExpressibleByStringLiteral {
        var text: String
        /// The appearance; `nil` for that of the column.
        var style: StyledLine.Style?

        init(_ text: String, _ style: StyledLine.Style? = nil) {
            (self.text, self.style) = (text, style)
        }

        init(stringLiteral text: String) { self.init(text) }
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
        /// True to shorten cells at their end: the beginning of an identity can be looked up.
        var keepsStart = false
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
    /// The appearance of the cells of a row, by the row's number; that of others is their columns'.
    private var styles: [Int: [StyledLine.Style?]] = [:]
    /// The last row, emphasized; `nil` for none.
    var footer: [String]?

    /// Creates a table.
    init(columns: [Column]) {
        self.columns = columns
    }

    /// Appends a row whose cells have an appearance of their own.
    mutating func append(_ cells: [Cell]) {
        styles[rows.count] = cells.map(\.style)
        rows.append(cells.map(\.text))
    }

    /// Replaces all rows.
    mutating func setRows(_ rows: [[Cell]]) {
        self.rows = []
        styles = [:]
        for row in rows { append(row) }
    }

    /// Returns aligned columns, separated by two blanks, with headings in capitals.
    func text(isColored: Bool = false) -> String { layout(isColored: isColored, width: nil).text }

    /// Returns aligned columns that fit a width.
    ///
    /// Numbers are never shortened. Columns of text are first shortened to their minimum; then columns are left out by priority;
    /// then columns of text are shortened further, to 5 cells. A table that is still too wide stays so.
    ///
    /// - Parameters:
    ///   - isColored: True to emphasize with escape sequences.
    ///   - width: The cells of a line; `nil` for any number.
    /// - Returns: The lines, and what they leave out.
    func layout(isColored: Bool, width: Int?) -> Layout {
        let plan = plan(width: width)
        var text = ""
        for line in lines(plan) { text += line.text(isColored: isColored) + "\n" }
        return Layout(text: text, leftOut: leftOut(plan))
    }

    /// Returns the heading, the rows and the footer as lines that are cut off where they do not fit a width.
    func lines(width: Int?) -> [StyledLine] {
        let lines = lines(plan(width: width))
        return width.map { width in lines.map { $0.cut(to: width) } } ?? lines
    }

    private func lines(_ plan: Plan) -> [StyledLine] {
        var lines = [heading(plan)] + rowLines(plan)
        if let footer { lines.append(StyledLine(line(footer, plan).plain, .bold)) }
        return lines
    }

    /// Returns the rows as lines.
    func rowLines(_ plan: Plan) -> [StyledLine] {
        rows.enumerated().map { number, row in line(row, plan, styles[number]) }
    }

    /// Returns the names of the columns as a line.
    func heading(_ plan: Plan) -> StyledLine {
        StyledLine(line(columns.map { $0.name.uppercased() }, plan).plain, .bold)
    }

    /// The columns of a table that fit a width, and the width of every column.
    struct Plan {
        fileprivate var kept: [Int]
        fileprivate var widths: [Int]
        /// False for a table of any width, whose later cells are whole, too.
        fileprivate var isFitted = true
        /// The texts of names that would look alike, by column.
        fileprivate var texts: [Int: [String: String]] = [:]
    }

    /// Returns the columns that fit a width, judged by the headings and the rows.
    func plan(width: Int?) -> Plan {
        let all = rows + (footer.map { [$0] } ?? [])
        let natural = columns.indices.map { index in
            all.map { DisplayWidth.of($0[index]) }.reduce(DisplayWidth.of(columns[index].name), max)
        }
        var plan = fitted(natural, to: width ?? .max)
        for index in plan.kept where columns[index].isShortened && !columns[index].keepsStart {
            let texts = DistinctNames.shown(rows.lazy.map { $0[index] }, width: plan.widths[index])
            if !texts.isEmpty { plan.texts[index] = texts }
        }
        return plan
    }

    /// The names of the columns that a plan leaves out.
    func leftOut(_ plan: Plan) -> [String] {
        columns.indices.filter { !plan.kept.contains($0) }.map { columns[$0].name }
    }

    /// Returns a sentence about columns that were left out; `nil` if none were.
    static func note(leftOut names: [String], remedy: String = "--wide") -> String? {
        guard !names.isEmpty else { return nil }
        return "Left out for want of space: \(names.joined(separator: ", ")); \(remedy) shows all."
    }

    /// Returns a sentence about the columns that do not fit a width; `nil` if all do.
    func note(width: Int?) -> String? {
        let names = leftOut(plan(width: width)).filter { !$0.isEmpty }.map { $0.lowercased() }
        return Self.note(leftOut: names, remedy: "a wider terminal or --format markdown")
    }

    /// Returns a row as a line.
    ///
    /// - Parameters:
    ///   - cells: The cells.
    ///   - plan: The columns and their widths.
    ///   - styles: The appearance of the cells; `nil` for that of their columns.
    /// - Returns: The line.
    private func line(_ cells: [String], _ plan: Plan, _ styles: [StyledLine.Style?]? = nil) -> StyledLine {
        var line = StyledLine()
        for (place, index) in plan.kept.enumerated() {
            let column = columns[index]
            let isLast = place == plan.kept.count - 1
            // A number that came later may be wider than its column.
            let isWhole = column.isNumeric || !plan.isFitted || (isLast && !column.isShortened)
            let cell =
                isWhole
                ? cells[index]
                : plan.texts[index]?[cells[index]]
                    ?? TextFit.shortened(cells[index], width: plan.widths[index], keepsStart: column.keepsStart)
            let padding = String(repeating: " ", count: max(0, plan.widths[index] - DisplayWidth.of(cell)))
            if column.isNumeric { line.append(padding) }
            line.append(cell, (styles?[index] ?? nil) ?? column.style.style(of: cell))
            if isLast { break }
            line.append((column.isNumeric ? "" : padding) + String(repeating: " ", count: Self.separatorWidth))
        }
        return line
    }

    private static let separatorWidth = 2
    /// The widths to which a column of text is shortened at most, before and after columns are left out.
    private static let floors = (first: 64, last: 5)

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
        guard limit < .max else { return Plan(kept: kept, widths: natural, isFitted: false) }
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
}
