import OpenAIUsage
import OpenAIUsageLedger

/// The most expensive groups of a report with their shares, and the rest in one row.
struct GlanceSection {
    /// A row of the section.
    struct Row: Equatable {
        var name: String
        /// The known cost in pico-dollars; `nil` if none is known.
        var cost: Int128?
        var calls: Int64
        /// The reason why no cost is known.
        var reason: String
        /// True if the cost leaves calls out.
        var isPartial = false
    }

    let title: String
    /// The first rows, and the sum of the others as the last.
    let rows: [Row]
    /// The known cost of all groups in pico-dollars; `nil` if none is known.
    let total: Int128?

    /// Creates a section.
    ///
    /// - Parameters:
    ///   - title: The plural of what the rows are.
    ///   - rows: The groups of a report by one dimension, the most expensive first.
    ///   - limit: The most groups with a row of their own.
    init(title: String, rows: [ReportRow], limit: Int) {
        self.title = title
        // A row for a single other group would hide it and save nothing.
        let limit = rows.count == limit + 1 ? rows.count : limit
        var shown = rows.prefix(limit).map { row in
            Row(
                name: TextCleaner.removingUnsafe(from: row.group.first.flatMap { $0 } ?? "(none)"),
                cost: row.calls == 0 ? nil : row.knownCost,
                calls: row.calls,
                reason: Self.reason(row),
                isPartial: !CostGap(row).isEmpty
            )
        }
        let rest = rows.dropFirst(limit)
        if !rest.isEmpty {
            shown.append(
                Row(
                    name: "(\(NumberFormat.count(Int64(rest.count))) others)",
                    cost: Self.sum(rest.map(\.knownCost)),
                    calls: rest.reduce(0) { $0 + $1.calls },
                    reason: "unknown",
                    isPartial: rest.contains { !CostGap($0).isEmpty }
                )
            )
        }
        self.rows = shown
        total = Self.sum(rows.map(\.knownCost))
    }

    /// Returns the heading and the rows.
    ///
    /// - Parameters:
    ///   - width: The number of terminal columns.
    ///   - isColored: True to write escape sequences.
    ///   - isPadded: True to fill up every line.
    /// - Returns: The lines.
    func lines(_ width: Int, isColored: Bool, isPadded: Bool = false) -> [String] {
        let scale = MoneyScale(rows.map(\.cost))
        var cells = [["COST", "SHARE"] + (width >= 50 ? ["CALLS"] : [])]
        for row in rows {
            let cost = row.cost == nil ? row.reason : (row.isPartial ? "≥" : "") + scale.text(row.cost)
            let share = Share(row.cost, of: total)?.text ?? "-"
            cells.append([cost, share] + (width >= 50 ? [NumberFormat.count(row.calls)] : []))
        }
        let widths = cells[0].indices.map { column in cells.map { DisplayWidth.of($0[column]) }.max() ?? 0 }
        let room = max(8, width - widths.reduce(0) { $0 + $1 + 2 })
        let longest = ([title] + rows.map(\.name)).map { DisplayWidth.of($0) }.max() ?? 0
        let name = min(room, max(longest, 24))
        return cells.enumerated().map { line, row in
            let label = line == 0 ? title.uppercased() : DisplayWidth.shortened(rows[line - 1].name, to: name)
            let texts = row.enumerated().map { DisplayWidth.padded($1, to: widths[$0], isNumeric: true) }
            let text = ([DisplayWidth.padded(label, to: name)] + texts).joined(separator: "  ")
            let padded = isPadded ? DisplayWidth.padded(text, to: width) : text
            if line == 0 { return StyledLine.Style.bold.text(padded, isColored: isColored) }
            let style: StyledLine.Style = rows[line - 1].cost == nil || rows[line - 1].isPartial ? .yellow : .plain
            return style.text(padded, isColored: isColored)
        }
    }

    private static func sum(_ costs: [Int128?]) -> Int128? {
        let known = costs.compactMap { $0 }
        return known.isEmpty ? nil : known.reduce(0) { $0 &+ $1 }
    }

    private static func reason(_ row: ReportRow) -> String {
        if row.calls == 0 { return "in flight" }
        if row.unpricedCalls > 0 { return "unpriced" }
        return row.callsWithoutUsage > 0 ? "no usage" : "unknown"
    }
}
