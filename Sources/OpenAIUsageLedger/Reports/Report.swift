/// The sums over the calls of a range of time, by group and in total.
public struct Report: Sendable, Equatable {
    /// What was asked for.
    public var query: ReportQuery
    /// The groups: periods of time in their order, then the dearest first, then by name.
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
