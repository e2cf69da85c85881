/// The sums over the calls of a time range, by group and in total.
public struct Report: Sendable, Equatable {
    /// The query of the report.
    public var query: ReportQuery
    /// The rows by period in chronological order, then by descending cost, then by name.
    public var rows: [ReportRow]
    /// The sums over all groups.
    public var totals: ReportRow
    /// The part of the range whose rows are pruned; `nil` if all rows are there.
    public var pruned: PrunedPart?

    /// The report over a ledger without calls.
    package static func empty(_ query: ReportQuery) -> Report {
        var sums = ReportAccumulator(keepsLatencies: false)
        return Report(query: query, rows: [], totals: sums.result(group: []))
    }
}
