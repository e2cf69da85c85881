/// Rows under a heading that fit a width: unimportant columns are dropped, and long names are shortened.
struct FittedTable {
    /// A column.
    struct Column {
        var name: String
        var isNumeric = false
        /// The order in which columns are dropped, the greatest first; those of 0 stay.
        var priority = 0
        /// The least width to which its cells are shortened; `nil` to keep them whole.
        var minimum: Int?
        /// True to shorten cells at their end: the beginning of an identity can be looked up.
        var keepsStart = false
    }

    /// A cell.
    struct Cell: ExpressibleByStringLiteral {
        var text: String
        var style = StyledLine.Style.plain

        init(_ text: String, _ style: StyledLine.Style = .plain) {
            (self.text, self.style) = (text, style)
        }

        init(stringLiteral text: String) { self.init(text) }
    }

    var columns: [Column]
    var rows: [[Cell]] = []

    private static let gap = 2

    /// Returns the heading and the rows.
    ///
    /// - Parameter width: The number of cells of a line; `nil` for any.
    /// - Returns: The lines.
    func lines(width: Int?) -> [StyledLine] {
        let natural = columns.indices.map { index in
            rows.reduce(DisplayWidth.of(columns[index].name)) { max($0, DisplayWidth.of($1[index].text)) }
        }
        var kept = Array(columns.indices)
        var widths = natural
        if let width {
            func total(_ widths: [Int]) -> Int {
                kept.reduce(0) { $0 + widths[$1] } + Self.gap * max(0, kept.count - 1)
            }
            let least = columns.indices.map { index in
                columns[index].minimum.map { min($0, natural[index]) } ?? natural[index]
            }
            while total(least) > width, let next = kept.max(by: { columns[$0].priority < columns[$1].priority }),
                columns[next].priority > 0
            {
                kept.removeAll { $0 == next }
            }
            // The widest names give way first.
            while total(widths) > width,
                let widest = kept.filter({ widths[$0] > least[$0] }).max(by: { widths[$0] < widths[$1] })
            {
                widths[widest] -= 1
            }
        }
        let heading = columns.map { Cell($0.name, .bold) }
        return ([heading] + rows).map { line($0, kept, widths, width) }
    }

    private func line(_ cells: [Cell], _ kept: [Int], _ widths: [Int], _ width: Int?) -> StyledLine {
        var line = StyledLine()
        for index in kept {
            let text = TextFit.shortened(cells[index].text, width: widths[index], keepsStart: columns[index].keepsStart)
            let padding = String(repeating: " ", count: max(0, widths[index] - DisplayWidth.of(text)))
            if columns[index].isNumeric { line.append(padding) }
            line.append(text, cells[index].style)
            guard index != kept.last else { break }
            line.append((columns[index].isNumeric ? "" : padding) + String(repeating: " ", count: Self.gap))
        }
        return width.map { line.cut(to: $0) } ?? line
    }
}
