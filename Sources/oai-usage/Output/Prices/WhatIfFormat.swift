import ArgumentParser
import OpenAIUsage
import OpenAIUsageLedger
import OpenAIUsagePricing

/// The output formats for what calls would have cost.
enum WhatIfFormat: String, OutputFormat {
    case table, json, csv, markdown

    static var standard: WhatIfFormat { .table }

    /// Writes the rows to stdout, and notes on them to stderr.
    func write(_ whatIf: WhatIf, range: CallSelection, now: Int64) throws {
        let period = try range.range(now: now)
        switch self {
        case .json: StandardOutput.write(Self.json(whatIf, period.from, period.to ?? now).line + "\n")
        case .csv: StandardOutput.write(Self.plain(whatIf).csv)
        case .markdown: StandardOutput.write(Self.readable(whatIf).markdown)
        case .table:
            guard !whatIf.rows.isEmpty else {
                StandardError.write("No calls that fit.")
                return
            }
            let table = Self.readable(whatIf)
            StandardOutput.write(table.layout(isColored: Terminal.isColored, width: Terminal.tableWidth).text)
            if let note = table.note(width: Terminal.tableWidth) { StandardError.write(note) }
        }
        for note in Self.notes(whatIf) { StandardError.write(note) }
    }

    /// The rows, the greatest savings first.
    private static func rows(_ whatIf: WhatIf) -> [(key: WhatIf.Key, value: WhatIf.Sums)] {
        whatIf.rows.sorted { left, right in
            let (first, second) = (left.value.differencePicoUSD, right.value.differencePicoUSD)
            return first != second ? first < second : (left.key.model ?? "") < (right.key.model ?? "")
        }
    }

    private static func readable(_ whatIf: WhatIf) -> Table {
        let totals = whatIf.totals
        let scale = MoneyScale(
            (whatIf.rows.values + [totals]).flatMap { [$0.picoUSD, $0.otherPicoUSD, $0.differencePicoUSD] }
        )
        func cells(_ sums: WhatIf.Sums) -> [String] {
            let isKnown = sums.calls > 0
            let difference = scale.text(isKnown ? sums.differencePicoUSD : nil)
            return [
                NumberFormat.count(sums.calls), scale.text(isKnown ? sums.picoUSD : nil),
                scale.text(isKnown ? sums.otherPicoUSD : nil),
                sums.differencePicoUSD > 0 ? "+" + difference : difference,
                percent(sums).map { (sums.differencePicoUSD > 0 ? "+" : "") + $0 + "%" } ?? "-",
                NumberFormat.count(sums.uncomparedCalls),
            ]
        }
        let hasReplacement = !whatIf.substitutions.isEmpty
        var table = Table(columns: [Table.Column(name: "model", isShortened: true, minimum: 10)])
        if hasReplacement { table.columns.append(.init(name: "instead", isShortened: true, minimum: 10)) }
        if whatIf.tier != nil { table.columns.append(.init(name: "tier", priority: 5)) }
        table.columns += [
            ("calls", 4), ("cost", 1), ("what if", 0), ("difference", 0), ("change", 2), ("not compared", 3),
        ].map {
            Table.Column(name: $0, isNumeric: true, priority: $1)
        }
        func names(_ model: String, _ replacement: String, _ tier: String) -> [String] {
            [model] + (hasReplacement ? [replacement] : []) + (whatIf.tier == nil ? [] : [tier])
        }
        table.rows = rows(whatIf).map { key, sums in
            names(key.model ?? "-", key.replacement ?? "-", key.tier ?? "-") + cells(sums)
        }
        table.footer = names("TOTAL", "", "") + cells(totals)
        return table
    }

    /// The names of the columns of CSV, and of the members of a row.
    static let names = [
        "model", "instead", "tier", "calls", "cost_usd", "what_if_usd", "difference_usd", "difference_percent",
        "not_compared_calls", "not_compared_cost_usd",
    ]

    private static func plain(_ whatIf: WhatIf) -> Table {
        var table = Table(columns: names.map { Table.Column(name: $0) })
        table.rows = rows(whatIf).map { key, sums in
            [
                key.model ?? "", key.replacement ?? "", key.tier ?? "", String(sums.calls),
                DecimalText.dollars(picoUSD: sums.picoUSD), DecimalText.dollars(picoUSD: sums.otherPicoUSD),
                DecimalText.dollars(picoUSD: sums.differencePicoUSD), percent(sums) ?? "",
                String(sums.uncomparedCalls), DecimalText.dollars(picoUSD: sums.uncomparedPicoUSD),
            ]
        }
        return table
    }

    private static func json(_ whatIf: WhatIf, _ from: Int64?, _ to: Int64) -> JSONDocument.Value {
        func members(_ sums: WhatIf.Sums) -> [(name: String, value: JSONDocument.Value?)] {
            [
                ("calls", .integer(sums.calls)), ("cost_usd", money(sums.picoUSD)),
                ("what_if_usd", money(sums.otherPicoUSD)), ("difference_usd", money(sums.differencePicoUSD)),
                ("difference_percent", percent(sums).map { .number($0) } ?? .null),
                ("not_compared_calls", .integer(sums.uncomparedCalls)),
                ("not_compared_cost_usd", money(sums.uncomparedPicoUSD)),
            ]
        }
        func object(_ list: [(name: String, value: JSONDocument.Value?)]) -> JSONDocument.Value { .members(list) }
        return object([
            ("from", from.map { .string(TimestampText.utc($0, isShort: true)) } ?? .null),
            ("to", .string(TimestampText.utc(to, isShort: true))), ("price_version", .string(whatIf.priceVersion)),
            (
                "rows",
                .elements(
                    rows(whatIf).map { key, sums in
                        object(
                            [
                                ("model", .text(key.model)), ("instead", .text(key.replacement)),
                                ("tier", .text(key.tier)),
                            ] + members(sums)
                        )
                    }
                )
            ), ("totals", object(members(whatIf.totals))),
            (
                "not_compared",
                .elements(
                    gaps(whatIf).map { gap, calls in
                        object([
                            ("model", .text(gap.model)), ("instead", .text(gap.replacement)),
                            ("side", .string(gap.isOwn ? "cost" : "what_if")), ("reason", .string(gap.reason)),
                            ("calls", .integer(calls)),
                        ])
                    }
                )
            ),
        ])
    }

    private static func money(_ picoUSD: Int128) -> JSONDocument.Value {
        .number(DecimalText.dollars(picoUSD: picoUSD))
    }

    private static func percent(_ sums: WhatIf.Sums) -> String? {
        guard sums.picoUSD > 0 else { return nil }
        let tenths = DecimalText.quotientHalfEven(sums.differencePicoUSD * 1_000, by: sums.picoUSD)
        return DecimalText.fixed(tenths, fractionDigits: 1)
    }

    private static func gaps(_ whatIf: WhatIf) -> [(WhatIf.Gap, Int64)] {
        whatIf.gaps.map { ($0.key, $0.value) }.sorted { left, right in
            left.1 != right.1 ? left.1 > right.1 : (left.0.model ?? "") < (right.0.model ?? "")
        }
    }

    private static func notes(_ whatIf: WhatIf) -> [String] {
        var notes = ["The same tokens and tools are taken, at the prices of the book \(whatIf.priceVersion)."]
        for (gap, calls) in gaps(whatIf) {
            let model = gap.model ?? "a call without a model"
            let sentence = CostReason(rawValue: gap.reason).sentence
            let other = gap.replacement.map { " as \($0)" } ?? ""
            notes.append(
                gap.isOwn
                    ? "Not compared: \(NumberFormat.calls(calls)) of \(model), whose own cost is not known: \(sentence)."
                    : "Not compared: \(NumberFormat.calls(calls)) of \(model), without a price\(other)\(whatIf.tier.map { " in the tier \($0)" } ?? ""): \(sentence)."
            )
        }
        if whatIf.otherBookCalls > 0 {
            notes.append(
                "\(NumberFormat.calls(whatIf.otherBookCalls)) cost what another price book gave then; the difference includes that of the books."
            )
        }
        return notes
    }
}
