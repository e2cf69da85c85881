public import Foundation
public import OpenAIUsage

/// The parameters of a report.
public struct ReportQuery: Sendable, Equatable {
    package var fromMicroseconds: Int64
    package var toMicroseconds: Int64
    /// The time zone for hours, days, weeks and months.
    public var timeZone: TimeZone
    /// The dimensions by which calls are grouped.
    public var groupBy: [ReportDimension]
    /// The filter of calls.
    public var filter: CallFilter
    /// True if the snapshots of a model (`gpt-4o-2024-08-06`) are one group, under its alias (`gpt-4o`).
    public var mergesSnapshots: Bool

    /// Creates a query.
    ///
    /// - Parameters:
    ///   - from: The start of the range, inclusive.
    ///   - to: The end of the range, exclusive.
    ///   - timeZone: The time zone for hours, days, weeks and months.
    ///   - groupBy: The dimensions by which calls are grouped.
    ///   - filter: The filter of calls; by default, all count.
    ///   - mergesSnapshots: True if the snapshots of a model are one group.
    public init(
        from: Timestamp,
        to: Timestamp,
        timeZone: TimeZone = .gmt,
        groupBy: [ReportDimension] = [.project],
        filter: CallFilter = CallFilter(),
        mergesSnapshots: Bool = false
    ) {
        self.init(
            from: from.microsecondsSince1970,
            to: to.microsecondsSince1970,
            timeZone: timeZone,
            groupBy: groupBy,
            filter: filter,
            mergesSnapshots: mergesSnapshots
        )
    }

    /// Creates a query over a range in microseconds since 1970.
    package init(
        from: Int64,
        to: Int64,
        timeZone: TimeZone = .gmt,
        groupBy: [ReportDimension] = [.project],
        filter: CallFilter = CallFilter(),
        mergesSnapshots: Bool = false
    ) {
        fromMicroseconds = from
        toMicroseconds = to
        self.timeZone = timeZone
        self.groupBy = groupBy
        self.filter = filter
        self.mergesSnapshots = mergesSnapshots
    }

    /// The start of the range, inclusive.
    public var from: Timestamp {
        get { Timestamp(microsecondsSince1970: fromMicroseconds) }
        set { fromMicroseconds = newValue.microsecondsSince1970 }
    }

    /// The end of the range, exclusive.
    public var to: Timestamp {
        get { Timestamp(microsecondsSince1970: toMicroseconds) }
        set { toMicroseconds = newValue.microsecondsSince1970 }
    }
}
