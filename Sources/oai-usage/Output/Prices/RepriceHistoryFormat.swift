import OpenAIUsage
import OpenAIUsageLedger

extension RepriceFormat {
    /// Writes the runs that changed costs.
    func write(_ runs: [RepriceHistoryEntry]) {
        switch self {
        case .json:
            StandardOutput.write(RepriceHistoryEntry.json(runs) + "\n")
        case .csv, .markdown:
            let names = [
                "repriced_at", "price_version", "old_price_versions", "changed_calls", "old_cost_usd", "new_cost_usd",
                "difference_usd",
            ]
            var table = Table(columns: names.map { Table.Column(name: $0) })
            table.rows = runs.map { run in
                [
                    TimestampText.utc(run.startedAt), run.priceVersion, run.oldVersions.joined(separator: " "),
                    String(run.calls), DecimalText.dollars(picoUSD: run.oldPicoUSD),
                    DecimalText.dollars(picoUSD: run.newPicoUSD), DecimalText.dollars(picoUSD: run.differencePicoUSD),
                ]
            }
            StandardOutput.write(self == .csv ? table.csv : table.markdown)
        case .table:
            guard !runs.isEmpty else {
                StandardError.write("No call was repriced to another cost, or not since former costs are kept.")
                return
            }
            var table = Table(columns: [Table.Column(name: "repriced at")])
            table.columns += ["changed", "old", "new", "difference"].map { Table.Column(name: $0, isNumeric: true) }
            table.columns += [Table.Column(name: "by prices"), .init(name: "before")]
            table.rows = runs.map { run in
                let difference = NumberFormat.dollars(picoUSD: run.differencePicoUSD)
                return [
                    TimestampText.utc(run.startedAt / 1_000_000 * 1_000_000, isShort: true),
                    NumberFormat.count(run.calls), NumberFormat.dollars(picoUSD: run.oldPicoUSD),
                    NumberFormat.dollars(picoUSD: run.newPicoUSD),
                    run.differencePicoUSD > 0 ? "+" + difference : difference, run.priceVersion,
                    run.oldVersions.isEmpty ? "none" : run.oldVersions.joined(separator: ", "),
                ]
            }
            StandardOutput.write(table.text(isColored: Terminal.isColored))
        }
    }
}

extension FormerCost {
    /// The former cost in words, as `2026-11-30T14:05:00Z from $0.0123 (prices 2026-10-01) by prices 2026-11-23`.
    var sentence: String {
        let amount = cost.picoUSD.map { "$" + DecimalText.dollars(picoUSD: Int128($0)) } ?? "no known cost"
        let status = cost.status == .exact || cost.picoUSD == nil ? "" : " (\(cost.status.rawValue))"
        let reason = cost.picoUSD == nil ? cost.reason.map { " (\($0.rawValue))" } ?? "" : ""
        let book = cost.priceVersion.map { " (prices \($0))" } ?? ""
        let time = TimestampText.utc(repricedAt / 1_000_000 * 1_000_000, isShort: true)
        return "\(time) from \(amount)\(status)\(reason)\(book) by prices \(priceVersion)"
    }
}
