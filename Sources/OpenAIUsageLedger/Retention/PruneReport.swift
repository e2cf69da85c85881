import OpenAIUsage

/// A query for calls to be pruned.
public struct PruneQuery: Sendable, Equatable {
    /// The time before which calls are pruned, in microseconds since 1970; it is rounded down to a quarter of an hour.
    public var before: Int64
    /// True to count the calls without removing them.
    public var isDryRun: Bool

    /// Creates a query.
    public init(before: Int64, isDryRun: Bool = false) {
        self.before = before
        self.isDryRun = isDryRun
    }
}

/// The result of pruning: the removed rows, and the freed space.
public struct PruneReport: Sendable, Equatable {
    /// The time before which calls are pruned, in microseconds since 1970.
    public var before: Int64
    /// True if nothing was changed.
    public var isDryRun = false
    /// The number of removed calls; in a dry run, of those to be removed.
    public var calls: Int64 = 0
    /// The start of the oldest of them, in microseconds since 1970; `nil` if there is none.
    public var first: Int64?
    /// The start of the newest of them, in microseconds since 1970; `nil` if there is none.
    public var last: Int64?
    /// The number of calls that are old enough but stay, since they are in flight.
    public var inFlight: Int64 = 0
    /// The bytes by which the database became smaller; in a dry run, the approximate size of the calls.
    public var returnedBytes: Int64 = 0
    /// The free bytes that stay in the file, where new calls use them.
    public var freeBytes: Int64 = 0
    /// True if the file cannot become smaller in steps, but only by compacting it.
    public var needsCompacting = false

    /// Creates a report without calls.
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
