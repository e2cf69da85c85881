/// A query for calls to be pruned.
public struct PruneQuery: Sendable, Equatable {
    /// The time before which calls are pruned, in microseconds since 1970; it is rounded down to a quarter of an hour.
    public var before: Int64
    /// True to count only, and change nothing.
    public var isDryRun: Bool

    /// Creates a query.
    public init(before: Int64, isDryRun: Bool = false) {
        self.before = before
        self.isDryRun = isDryRun
    }
}

/// The result of pruning: the rows that are gone, and the space that they leave.
public struct PruneReport: Sendable, Equatable {
    /// The time before which calls are pruned, in microseconds since 1970.
    public var before: Int64
    /// True if nothing was changed.
    public var isDryRun = false
    /// The calls.
    public var calls: Int64 = 0
    /// The start of the oldest of them, in microseconds since 1970; `nil` if there is none.
    public var first: Int64?
    /// The start of the newest of them, in microseconds since 1970; `nil` if there is none.
    public var last: Int64?
    /// The calls that are old enough and stay, since they have not ended.
    public var inFlight: Int64 = 0
    /// The bytes by which the database became smaller; in a dry run about those that the calls occupy.
    public var returnedBytes: Int64 = 0
    /// The bytes of the database that are free and stay in the file, where new calls use them.
    public var freeBytes: Int64 = 0
    /// True if the file was made without the means to become smaller by steps: only compacting it does that.
    public var needsCompacting = false

    /// Creates a report of no calls.
    package init(before: Int64, isDryRun: Bool = false) {
        self.before = before
        self.isDryRun = isDryRun
    }
}

extension PruneReport {
    /// The report as one line of JSON.
    package var json: String {
        var json = JSONWriter()
        json.beginObject()
        json.member("before", TimestampText.utc(before))
        json.member("dry_run", literal: isDryRun ? "true" : "false")
        json.member("calls", calls)
        json.member("first", first.map { TimestampText.utc($0) })
        json.member("last", last.map { TimestampText.utc($0) })
        json.member("in_flight_calls", inFlight)
        json.member("returned_bytes", returnedBytes)
        json.member("free_bytes", freeBytes)
        json.member("needs_compacting", literal: needsCompacting ? "true" : "false")
        json.endObject()
        return json.text
    }
}
