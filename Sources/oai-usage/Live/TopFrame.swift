import OpenAIUsage
import OpenAIUsageLedger

/// The lines of the live view.
struct TopFrame {
    private let model: TopModel
    private let snapshot: TopModel.Snapshot
    private let summary: TopSummary
    private let width: Int

    /// Creates a frame.
    init(_ model: TopModel) {
        self.model = model
        snapshot = model.shown
        width = max(1, model.size.columns)
        summary = snapshot.window.summary(
            length: model.length,
            now: snapshot.now,
            by: model.grouping,
            inFlight: snapshot.inFlight
        )
    }

    /// Returns the lines, which fit the size of the model.
    ///
    /// - Parameter hasFooter: True if the last line names the keys.
    /// - Returns: The lines.
    func lines(hasFooter: Bool = true) -> [StyledLine] {
        let height = max(1, model.size.rows)
        var lines = [title] + facts
        if let problem = model.problem { lines.append(StyledLine(TextFit.clean(problem), .red)) }
        let footerHeight = hasFooter && height > 5 ? 1 : 0
        let rest = height - footerHeight - lines.count
        if model.showsHelp {
            lines += Self.help
        } else if rest > 1 {
            lines += body(rest)
        }
        lines = Array(lines.prefix(height - footerHeight)).map { $0.cut(to: width) }
        guard footerHeight > 0 else { return lines }
        while lines.count < height - 1 { lines.append(StyledLine()) }
        return lines + [footer.cut(to: width)]
    }

    // MARK: - Head

    private var title: StyledLine {
        var line = StyledLine("oai-usage top", .bold)
        let length = DurationArgument(milliseconds: model.length / 1_000).text
        let shown = summary.isShortened ? "\(NumberFormat.time(microseconds: summary.length)) of \(length)" : length
        line.append("  last \(shown)  \(model.times.clock(snapshot.now)) ")
        line.append(model.times.zone(at: snapshot.now, width: width - line.width - "  PAUSED".utf8.count))
        if model.isPaused { line.append("  PAUSED", .yellow) }
        // The ledger is named where there is room for it.
        let path = TextFit.clean(model.ledger)
        let room = width - line.width - 2
        if room > 12 { line.append("  \(TextFit.shortened(path, width: room))", .dim) }
        return line
    }

    /// The totals, flowing over as many lines as they need, three at most.
    private var facts: [StyledLine] {
        let totals = summary.totals
        func dollars(_ unit: Int64) -> String {
            NumberFormat.dollars(picoUSD: summary.rate(totals.knownCost, perMicroseconds: unit))
        }
        func time(_ percentile: Int) -> String {
            NumberFormat.time(microseconds: totals.duration(percentile: percentile))
        }
        var facts = [
            StyledLine("\(summary.callsPerMinute(totals.calls)) calls/min"),
            StyledLine("\(dollars(60_000_000))/min"), StyledLine("\(dollars(3_600_000_000))/h"),
            StyledLine("\(dollars(86_400_000_000))/day"),
            StyledLine("\(NumberFormat.count(Int64(totals.inFlight))) in flight"),
            StyledLine("p50 \(time(50))"), StyledLine("p95 \(time(95))"),
        ]
        let share = totals.calls == 0 ? "" : " (\(Self.percent(totals.errors, of: totals.calls)))"
        let errors = "\(NumberFormat.count(Int64(totals.errors))) \(totals.errors == 1 ? "error" : "errors")"
        facts.append(StyledLine(errors + share, totals.errors > 0 ? .red : .plain))
        if totals.unpriced > 0 {
            facts.append(StyledLine("\(NumberFormat.count(Int64(totals.unpriced))) unpriced", .yellow))
        }
        if totals.withoutUsage > 0 {
            facts.append(StyledLine("\(NumberFormat.count(Int64(totals.withoutUsage))) without usage", .yellow))
        }
        var lines = [StyledLine()]
        for fact in facts {
            let last = lines.count - 1
            if lines[last].spans.isEmpty {
                lines[last].append(fact)
            } else if lines[last].width + 3 + fact.width <= width {
                lines[last].append("   ")
                lines[last].append(fact)
            } else {
                lines.append(fact)
            }
        }
        return Array(lines.prefix(model.size.rows < 8 ? 1 : 3))
    }

    /// Returns a share in percent with one decimal below 10.
    private static func percent(_ part: Int, of whole: Int) -> String {
        let tenths = (part * 1_000 + whole / 2) / max(1, whole)
        return tenths < 100 ? "\(tenths / 10).\(tenths % 10)%" : "\((tenths + 5) / 10)%"
    }

    // MARK: - Body

    /// The tables in a number of lines.
    private func body(_ height: Int) -> [StyledLine] {
        let isTight = height < 12
        let gap = isTight ? 0 : 1
        let rows = summary.sorted(model.order)
        // A small terminal shows the groups alone; then come the last calls, then the errors.
        guard height >= 8 else { return Array(groups(rows, height - 1).prefix(height)) }
        let errors = isTight || summary.totals.errors == 0 ? [] : errors(min(5, height / 6))
        let errorHeight = errors.isEmpty ? 0 : errors.count + gap
        let groupRows = min(max(1, rows.count), max(2, (height - errorHeight) * 2 / 5 - gap - 1))
        var lines = isTight ? [] : [StyledLine()]
        lines += groups(rows, groupRows)
        if !errors.isEmpty { lines += [StyledLine()] + errors }
        let rest = height - lines.count - gap
        if rest > 1 { lines += (isTight ? [] : [StyledLine()]) + calls(rest - 1) }
        return lines
    }

    private func groups(_ rows: [TopSummary.Row], _ count: Int) -> [StyledLine] {
        func title(_ name: String, _ order: TopSummary.Order) -> String { model.order == order ? "\(name)↓" : name }
        var table = Table(columns: [
            .init(name: title(model.grouping.rawValue.uppercased(), .name), isShortened: true, minimum: 10),
            .init(name: title("CALLS", .calls), isNumeric: true, priority: 1),
            .init(name: "CALLS/MIN", isNumeric: true, priority: 5),
            .init(name: title("COST", .cost), isNumeric: true),
            .init(name: "COST/H", isNumeric: true, priority: 6),
            .init(name: title("ERRORS", .errors), isNumeric: true, priority: 2),
            .init(name: "ERR%", isNumeric: true, priority: 7),
            .init(name: "IN FLIGHT", isNumeric: true, priority: 8),
            .init(name: "P50", isNumeric: true, priority: 4),
            .init(name: title("P95", .latency), isNumeric: true, priority: 3),
        ])
        let hidden = rows.count - count
        let cost = MoneyScale(rows.map(\.sums.knownCost))
        func hourly(_ row: TopSummary.Row) -> Int128? {
            summary.rate(row.sums.knownCost, perMicroseconds: 3_600_000_000)
        }
        let hourlyCost = MoneyScale(rows.map(hourly))
        // The last line tells of the rows that do not fit.
        for row in rows.prefix(hidden > 0 ? max(1, count - 1) : count) {
            let sums = row.sums
            let style: StyledLine.Style = sums.errors > 0 ? .red : .plain
            table.append([
                .init(TextFit.clean(row.name)), .init(NumberFormat.count(Int64(sums.calls))),
                .init(summary.callsPerMinute(sums.calls)),
                .init(cost.text(sums.knownCost), sums.unpriced > 0 ? .yellow : .plain),
                .init(hourlyCost.text(hourly(row))),
                .init(NumberFormat.count(Int64(sums.errors)), style),
                .init(sums.calls > 0 ? Self.percent(sums.errors, of: sums.calls) : "-", style),
                .init(NumberFormat.count(Int64(sums.inFlight))),
                .init(NumberFormat.time(microseconds: sums.duration(percentile: 50))),
                .init(NumberFormat.time(microseconds: sums.duration(percentile: 95))),
            ])
        }
        var lines = table.lines(width: width)
        if rows.isEmpty { lines.append(StyledLine("No calls in this window.", .dim)) }
        if hidden > 0, count > 1 { lines.append(StyledLine("(\(hidden + 1) more)", .dim)) }
        return lines
    }

    /// The errors by project, by model and by code, side by side as far as they fit.
    private func errors(_ count: Int) -> [StyledLine] {
        let all = [
            ("ERRORS BY PROJECT", summary.errorsByProject), ("BY MODEL", summary.errorsByModel),
            ("BY CODE", summary.errorsByCode),
        ]
        let shown = all.prefix(width >= 110 ? 3 : width >= 60 ? 2 : 1)
        let cell = (width - (shown.count - 1) * 3) / shown.count
        let tables = shown.map { title, numbers in
            var table = Table(columns: [
                .init(name: title, isShortened: true, minimum: 8), .init(name: "", isNumeric: true),
            ])
            let sorted = numbers.sorted { $0.value == $1.value ? $0.key < $1.key : $0.value > $1.value }
            for (name, number) in sorted.prefix(count) {
                table.append([.init(TextFit.clean(name)), .init(NumberFormat.count(Int64(number)), .red)])
            }
            return table.lines(width: cell)
        }
        return (0..<(tables.map(\.count).max() ?? 0)).map { index in
            var line = StyledLine()
            for (place, table) in tables.enumerated() {
                let part = index < table.count ? table[index] : StyledLine()
                line.append(place < tables.count - 1 ? part.padded(to: cell + 3) : part)
            }
            return line
        }
    }

    private func calls(_ count: Int) -> [StyledLine] {
        var table = Table(columns: [
            .init(name: "LAST CALLS"), .init(name: "PROJECT", priority: 1, isShortened: true, minimum: 8),
            .init(name: "MODEL", priority: 2, isShortened: true, minimum: 8),
            .init(name: "STATUS", isShortened: true, minimum: 10),
            .init(name: "DURATION", isNumeric: true, priority: 3), .init(name: "COST", isNumeric: true, priority: 4),
            .init(name: "REQUEST ID", priority: 5, isShortened: true, minimum: 12, keepsStart: true),
        ])
        let calls = snapshot.window.last(count)
        let cost = MoneyScale(calls.map { $0.costPicoUSD.map { Int128($0) } })
        for call in calls {
            let time = model.times.clock(call.endedAt)
            let isPlain = call.outcome == .completed
            let status = call.isError || isPlain || call.status == nil ? call.errorName : call.outcome.rawValue
            table.append([
                .init(time), .init(TextFit.clean(call.project)), .init(TextFit.clean(call.model)),
                .init(
                    TextFit.shortened(TextFit.clean(status), width: 24),
                    call.isError ? .red : isPlain ? .plain : .yellow
                ),
                .init(NumberFormat.time(microseconds: call.durationMicroseconds)),
                .init(cost.text(call.costPicoUSD.map { Int128($0) }), call.isUnpriced ? .yellow : .plain),
                .init(TextFit.clean(call.requestID), .dim),
            ])
        }
        return table.lines(width: width)
    }

    // MARK: - Foot

    private var footer: StyledLine {
        let keys =
            width < 60
            ? "q quit  g group  space pause  ? help"
            : "q quit  g group  c n e l p sort  1 5 h window  space pause  ? help"
        return StyledLine(keys, .dim)
    }

    private static let help = [
        "", "g       group by project, model, endpoint or key",
        "c n e l p   sort by cost, calls, errors, latency (p95) or name",
        "1 5 h   the last minute, 5 minutes or hour", "space   pause and go on", "r       draw again",
        "q Esc   quit", "", "Calls count when they end; rates are those of the window.",
        "Percentiles are of completed calls. Any key closes this.",
    ].map { StyledLine($0) }
}
