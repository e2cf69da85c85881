public import OpenAIUsage

/// A query for calls to be pruned.
public struct PruneQuery: Sendable, Equatable {
    package var beforeMicroseconds: Int64
    /// True to count the calls without removing them.
    public var isDryRun: Bool

    /// Creates a query.
    ///
    /// - Parameters:
    ///   - before: The time before which calls are pruned; it is rounded down to a quarter of an hour.
    ///   - isDryRun: True to count the calls without removing them.
    public init(before: Timestamp, isDryRun: Bool = false) {
        self.init(before: before.microsecondsSince1970, isDryRun: isDryRun)
    }

    /// Creates a query with a time in microseconds since 1970.
    package init(before: Int64, isDryRun: Bool = false) {
        beforeMicroseconds = before
        self.isDryRun = isDryRun
    }

    /// The time before which calls are pruned; it is rounded down to a quarter of an hour.
    public var before: Timestamp {
        get { Timestamp(microsecondsSince1970: beforeMicroseconds) }
        set { beforeMicroseconds = newValue.microsecondsSince1970 }
    }
}

/// The result of pruning: the removed rows, and the freed space.
public struct PruneReport: Sendable, Equatable {
    package var beforeMicroseconds: Int64
    /// True if nothing was changed.
    public var isDryRun = false
    /// The number of removed calls; in a dry run, of those to be removed.
    public var calls: Int64 = 0
    package var firstMicroseconds: Int64?
    package var lastMicroseconds: Int64?
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
        beforeMicroseconds = before
        self.isDryRun = isDryRun
    }

    /// The time before which calls are pruned.
    public var before: Timestamp {
        get { Timestamp(microsecondsSince1970: beforeMicroseconds) }
        set { beforeMicroseconds = newValue.microsecondsSince1970 }
    }

    /// The start of the oldest of the calls; `nil` if there is none.
    public var first: Timestamp? {
        get { firstMicroseconds.map { Timestamp(microsecondsSince1970: $0) } }
        set { firstMicroseconds = newValue?.microsecondsSince1970 }
    }

    /// The start of the newest of the calls; `nil` if there is none.
    public var last: Timestamp? {
        get { lastMicroseconds.map { Timestamp(microsecondsSince1970: $0) } }
        set { lastMicroseconds = newValue?.microsecondsSince1970 }
    }
}

extension PruneReport {
    /// The report as one line of JSON.
    package var json: String {
        var json = JSONWriter()
        json.beginObject()
        json.member("before", TimestampText.utc(beforeMicroseconds))
        json.member("dry_run", literal: isDryRun ? "true" : "false")
        json.member("calls", calls)
        json.member("first", firstMicroseconds.map { TimestampText.utc($0) })
        json.member("last", lastMicroseconds.map { TimestampText.utc($0) })
        json.member("in_flight_calls", inFlight)
        json.member("returned_bytes", returnedBytes)
        json.member("free_bytes", freeBytes)
        json.member("needs_compacting", literal: needsCompacting ? "true" : "false")
        json.endObject()
        return json.text
    }
}
