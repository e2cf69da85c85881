public import Foundation

/// A query for a report.
public struct ReportQuery: Sendable, Equatable {
    /// The start of the range in microseconds since 1970, inclusive.
    public var from: Int64
    /// The end of the range in microseconds since 1970, exclusive.
    public var to: Int64
    /// The time zone by which hours, days, weeks and months are cut.
    public var timeZone: TimeZone
    /// What the calls are grouped by.
    public var groupBy: [ReportDimension]
    /// Which calls are looked at.
    public var filter: CallFilter

    /// Creates a query.
    public init(
        from: Int64,
        to: Int64,
        timeZone: TimeZone = .gmt,
        groupBy: [ReportDimension] = [.project],
        filter: CallFilter = CallFilter()
    ) {
        self.from = from
        self.to = to
        self.timeZone = timeZone
        self.groupBy = groupBy
        self.filter = filter
    }
}
