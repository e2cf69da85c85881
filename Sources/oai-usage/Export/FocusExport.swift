import Foundation
import OpenAIUsage
import OpenAIUsageLedger
import OpenAIUsagePricing

/// Exports charges by hour in the format of FOCUS.
struct FocusExport {
    /// The meter of calls whose rows are pruned, of which the ledger keeps sums.
    static let prunedMeter = "pruned"

    let source: ExportSource
    let format: FocusFormat
    /// The tags that keep charges apart; `nil` for all.
    let tags: [String]?
    let books: [PriceBook]

    /// The calls that an export left out or could not split.
    struct Remarks {
        var unsplitCalls: [String: Int64] = [:]
        var unpricedCharges: Int64 = 0

        /// True if every cost is split and every use has a price.
        var isComplete: Bool { unsplitCalls.isEmpty && unpricedCharges == 0 }
    }

    /// Writes the charges, and notes on them to stderr.
    ///
    /// - Parameter output: The destination.
    /// - Returns: What has no price or could not be split.
    /// - Throws: The error of a ledger or of the destination.
    func write(to output: ExportOutput) async throws -> Remarks {
        let before = try await source.totals()
        var splitter = ChargeSplitter(books: books, tags: tags)
        var sums = ChargeSums()
        output.put(format.table([]).csv)
        func pass(_ charges: [Charge]) throws {
            guard !charges.isEmpty else { return }
            output.put(format.table(charges).csvRows)
            try output.check()
        }
        let boundary = try prunedBefore()
        if let boundary {
            for charge in try await pruned(before: boundary) { try pass(sums.add(charge)) }
        }
        try await source.calls(count: before.calls + before.openCalls) { record in
            // The sums of a pruned part include the rows that are left in it.
            if let boundary, record.startedAtMicroseconds < boundary { return }
            for charge in splitter.charges(of: record) { try pass(sums.add(charge)) }
        }
        try pass(sums.finish())
        try output.finish()
        let remarks = Remarks(unsplitCalls: splitter.unsplitCalls, unpricedCharges: sums.unpricedCount)
        try await note(sums, before, remarks)
        return remarks
    }

    // MARK: - Pruned calls

    private func prunedBefore() throws -> Int64? {
        guard let file = source.file else { return nil }
        return try LedgerReader(path: file, progress: WorkProgress.upgrade()).prunedBeforeMicroseconds()
    }

    /// Returns the charges of the part of the range before a time, of which the ledger keeps sums only.
    private func pruned(before boundary: Int64) async throws -> [Charge] {
        let range = try source.selection.range(now: source.now)
        guard range.from ?? .min < boundary else { return [] }
        let end = min(boundary, range.to ?? boundary)
        let names = if let tags { tags } else { try await source.tagNames() }
        let own: [ReportDimension] = [.hour, .organization, .project, .model, .serviceTier]
        let report = try await source.report(own + names.map { .tag($0) }, until: end, timeZone: .gmt)
        return report.rows.compactMap { row in
            guard let cost = row.costPicoUSD, row.calls > 0,
                let hour = row.group[0].flatMap({ TimestampArgument($0) })?.microseconds(now: 0, timeZone: .gmt)
            else { return nil }
            var tags = UsageTags()
            for (name, value) in zip(names, row.group.dropFirst(own.count)) { tags[name] = value }
            let key = Charge.Key(
                hour: hour.flooredQuotient(by: Charge.hourLength) * Charge.hourLength,
                organization: row.group[1],
                project: row.group[2] ?? "default",
                provider: "OpenAI",
                model: row.group[3],
                serviceTier: row.group[4],
                tags: tags.isEmpty ? nil : CompactJSON.object(tags),
                sku: "",
                meter: "",
                unit: .requests,
                status: CostStatus.exact.rawValue,
                reason: Self.prunedMeter
            )
            return ChargeSplitter.whole(key, Self.prunedMeter, cost, calls: row.calls)
        }
    }

    // MARK: - Notes

    private func note(_ sums: ChargeSums, _ before: ReportRow, _ remarks: Remarks) async throws {
        let cost = DecimalText.dollars(picoUSD: sums.picoUSD)
        var told = before.costPicoUSD ?? 0
        // Calls that ended meanwhile are in the rows, and in a report of now.
        if told != sums.picoUSD { told = try await source.totals().costPicoUSD ?? 0 }
        let rows = "\(NumberFormat.count(sums.count)) \(sums.count == 1 ? "row" : "rows"), $\(cost)"
        if told == sums.picoUSD {
            StandardError.write("\(rows), as 'oai-usage report' has it.")
        } else {
            StandardError.write(
                "\(rows), while a report of now has $\(DecimalText.dollars(picoUSD: told)): calls ended, or were repriced or pruned meanwhile. Export again, or end the range earlier with --until."
            )
        }
        for (version, calls) in remarks.unsplitCalls.sorted(by: { $0.key < $1.key }) {
            StandardError.write(
                "\(NumberFormat.calls(calls)) by the price book \(version), which is not at hand: the cost of each hour is one row, \(ChargeSplitter.Meter.unsplit). Name the price file of then with --prices to split it."
            )
        }
        if remarks.unpricedCharges > 0 {
            StandardError.write(
                "\(NumberFormat.count(remarks.unpricedCharges)) \(remarks.unpricedCharges == 1 ? "row has" : "rows have") no price, and an x_UnpricedQuantity."
            )
        }
    }
}
