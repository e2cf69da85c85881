import OpenAIUsage
import OpenAIUsageLedger

/// A glance as text for people: fewer than 25 lines, none longer than the terminal is wide.
struct GlanceText {
    let glance: Glance
    /// The number of terminal columns.
    let width: Int
    /// True to write escape sequences.
    let isColored: Bool
    /// True to draw bars in ASCII.
    let isPlain: Bool

    /// The width from which projects and models stand side by side.
    private static let wide = 76

    /// The lines.
    var lines: [String] {
        let isEmpty = glance.month.calls + glance.month.openCalls == 0
        return [title, ""] + figures + ["", trend, ""] + (isEmpty ? [] : breakdown + [""]) + errors + notes
    }

    private var month: String { glance.periods.monthTitle }

    private var title: String {
        let when = "\(GlancePeriods.local(glance.periods.now, glance.timeZone)) \(glance.timeZone.reportName)"
        let names = glance.ledgers.map { TextCleaner.removingUnsafe(from: $0) }.joined(separator: ", ")
        return "\(DisplayWidth.shortened(names, to: max(10, width - DisplayWidth.of(when) - 3))) · \(when)"
    }

    // MARK: - Today and this month

    private var figures: [String] {
        let rows = [("today", glance.today), (month, glance.month)]
        let scale = MoneyScale(rows.map(\.1.knownCost) + [glance.projection.picoUSD])
        var cells = [["", "COST", "CALLS", "TOKENS", "ERRORS"]]
        for (name, row) in rows {
            let share = Share(Int128(row.errors), of: Int128(row.calls))
            cells.append([
                name, Self.cost(row, scale), NumberFormat.count(row.calls), Self.tokens(row),
                row.errors == 0 ? "0" : "\(NumberFormat.count(row.errors)) (\(share?.text ?? "-"))",
            ])
        }
        // On a narrow terminal, large numbers leave no room for tokens.
        let needed = cells[0].indices.reduce(0) { sum, column in
            sum + 2 + (cells.map { DisplayWidth.of($0[column]) }.max() ?? 0)
        }
        if needed > width - 2 { cells = cells.map { row in row.indices.filter { $0 != 3 }.map { row[$0] } } }
        let projected = scale.text(glance.projection.picoUSD)
        let costs = cells.map { DisplayWidth.of($0[1]) } + [DisplayWidth.of(projected)]
        let widths =
            [DisplayWidth.of("projected"), costs.max() ?? 0]
            + cells[0].indices.dropFirst(2).map { column in cells.map { DisplayWidth.of($0[column]) }.max() ?? 0 }
        var lines = cells.enumerated().map { line, row in
            let texts = row.enumerated().map { column, text in
                let padded = DisplayWidth.padded(text, to: widths[column], isNumeric: column > 0)
                return column == row.count - 1 && line > 0 && text != "0" ? styled(padded, .red) : padded
            }
            let text = texts.joined(separator: "  ")
            return line == 0 ? styled(text, .bold) : text
        }
        let label = DisplayWidth.padded("projected", to: widths[0])
        guard glance.projection.picoUSD != nil else {
            if let reason = missingProjection { lines.append("\(label)  \(reason)") }
            return lines
        }
        let days = DecimalText.fixed(Int128(glance.projection.elapsed / 8_640_000_000), fractionDigits: 1)
        let figure = "\(label)  \(DisplayWidth.padded(projected, to: widths[1], isNumeric: true))"
        return lines + [
            fitting("\(figure)  for all of \(month), at the rate of its \(days) days so far")
                ?? fitting("\(figure)  all \(month) at the rate of \(days) days") ?? figure
        ]
    }

    private var missingProjection: String? {
        switch glance.projection.result {
        case .projected, .noCalls: nil
        case .tooEarly: "none yet: calls of less than a day so far"
        case .unknownCost: "none, since no cost is known"
        }
    }

    /// The cost of a row; one that leaves calls out is a lower bound, and an unknown one is not a number.
    private static func cost(_ row: ReportRow, _ scale: MoneyScale) -> String {
        if row.calls == 0 { return "-" }
        guard let cost = row.knownCost else { return "unknown" }
        return (CostGap(row).isEmpty ? "" : "≥") + scale.text(cost)
    }

    private static func tokens(_ row: ReportRow) -> String {
        guard row.inputTokens != nil || row.outputTokens != nil else { return "-" }
        return NumberFormat.compact((row.inputTokens ?? 0) + (row.outputTokens ?? 0))
    }

    private var trend: String {
        let bars = Sparkline(values: glance.days.map(\.cost)).text(isPlain: isPlain)
        let known = glance.days.compactMap { day in day.cost.map { (day.name, $0) } }
        // Today is not over.
        guard let least = known.dropLast().min(by: { $0.1 < $1.1 }), let most = known.max(by: { $0.1 < $1.1 }),
            most.1 > 0
        else {
            return
                "14 days    \(bars)  \(glance.days.contains { $0.cost == nil } ? "no cost is known" : "nothing spent")"
        }
        let scale = MoneyScale([most.1])
        func text(_ day: (String, Int128)) -> String { "\(scale.text(day.1)) (\(day.0.dropFirst(5)))" }
        return fitting("14 days    \(bars)  \(text(least)) to \(text(most)) a day")
            ?? "14 days    \(bars)  \(scale.text(least.1)) to \(scale.text(most.1)) a day"
    }

    private func styled(_ text: String, _ style: StyledLine.Style) -> String {
        style.text(text, isColored: isColored)
    }

    private func fitting(_ line: String) -> String? { DisplayWidth.of(line) <= width ? line : nil }

    // MARK: - Projects, models and errors

    private var breakdown: [String] {
        let isWide = width >= Self.wide
        // Lines are rare on a narrow terminal, where both stand below each other.
        let count = isWide ? 5 : 3
        let projects = GlanceSection(title: "projects", rows: glance.projects, limit: count)
        let models = GlanceSection(title: "models", rows: glance.models, limit: count)
        guard isWide else {
            return projects.lines(width, isColored: isColored) + models.lines(width, isColored: isColored)
        }
        let half = min((width - 4) / 2, 72)
        var left = projects.lines(half, isColored: isColored, isPadded: true)
        var right = models.lines(half, isColored: isColored)
        while left.count < right.count { left.append(String(repeating: " ", count: half)) }
        while right.count < left.count { right.append("") }
        return zip(left, right).map { $1.isEmpty ? $0.trimmingBlanks : "\($0)    \($1)" }
    }

    private var errors: [String] {
        guard glance.month.calls > 0 else { return ["No calls in \(month) yet."] }
        guard !glance.errors.isEmpty else { return ["errors     none in \(month)"] }
        var pieces: [String] = []
        for (index, error) in glance.errors.enumerated() {
            let rest = glance.errors[index...].reduce(0) { $0 + $1.calls }
            let text = "\(DisplayWidth.shortened(error.label, to: 36)) \(NumberFormat.count(error.calls))"
            let more = "others \(NumberFormat.count(rest - error.calls))"
            let isLast = index == glance.errors.count - 1
            let line = (pieces + [text] + (isLast ? [] : [more])).joined(separator: " · ")
            guard pieces.isEmpty || DisplayWidth.of(line) <= width - 11 else {
                pieces.append("others \(NumberFormat.count(rest))")
                break
            }
            pieces.append(text)
        }
        return [styled("errors", .red) + "     " + pieces.joined(separator: " · ")]
    }

    private var notes: [String] {
        var notes: [String] = []
        let gap = CostGap(glance.month)
        if !gap.isEmpty { notes.append("Not in the cost of \(month): \(gap.text).") }
        if glance.month.openCalls > 0 { notes.append("\(NumberFormat.calls(glance.month.openCalls)) in flight.") }
        return DisplayWidth.wrapped(notes.joined(separator: " "), to: width).map { styled($0, .yellow) }
    }
}

extension String {
    /// The text without blanks at its end.
    fileprivate var trimmingBlanks: String {
        var text = self[...]
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
