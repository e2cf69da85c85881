public import Foundation

/// The parameters of a report.
public struct ReportQuery: Sendable, Equatable {
    /// The start of the range in microseconds since 1970, inclusive.
    public var from: Int64
    /// The end of the range in microseconds since 1970, exclusive.
    public var to: Int64
    /// The time zone for hours, days, weeks and months.
    public var timeZone: TimeZone
    /// The dimensions by which calls are grouped.
    public var groupBy: [ReportDimension]
    /// The filter of calls.
    public var filter: CallFilter
    /// True if the snapshots of a model (`gpt-4o-2024-08-06`) are one group, under its alias (`gpt-4o`).
    public var mergesSnapshots: Bool

    /// Creates a query.
    public init(
        from: Int64,
        to: Int64,
        timeZone: TimeZone = .gmt,
        groupBy: [ReportDimension] = [.project],
        filter: CallFilter = CallFilter(),
        mergesSnapshots: Bool = false
    ) {
        self.from = from
        self.to = to
        self.timeZone = timeZone
        self.groupBy = groupBy
        self.filter = filter
        self.mergesSnapshots = mergesSnapshots
    }
}
