public import OpenAIUsage

/// The pruned part of a report's range, and its effects on the report.
///
/// Rollups give the sums of pruned calls exactly to a quarter of an hour, and percentiles within 1 %.
public struct PrunedPart: Sendable, Equatable {
    package var beforeMicroseconds: Int64
    package var countedFromMicroseconds: Int64
    package var countedToMicroseconds: Int64
    /// True if the counted range differs from the requested one.
    public var isWidened = false
    /// The pruned calls that are left out, since only their rows could tell if they pass the filter.
    public var leftOutCalls: Int64 = 0
    /// The pruned calls in a group without a value, since only their rows could tell it.
    public var ungroupedCalls: Int64 = 0

    /// The time before which rows may be pruned.
    public var before: Timestamp {
        get { Timestamp(microsecondsSince1970: beforeMicroseconds) }
        set { beforeMicroseconds = newValue.microsecondsSince1970 }
    }

    /// The start of the counted range; an edge among pruned rows is moved outward to a whole quarter of an hour.
    public var countedFrom: Timestamp {
        get { Timestamp(microsecondsSince1970: countedFromMicroseconds) }
        set { countedFromMicroseconds = newValue.microsecondsSince1970 }
    }

    /// The end of the counted range, exclusive.
    public var countedTo: Timestamp {
        get { Timestamp(microsecondsSince1970: countedToMicroseconds) }
        set { countedToMicroseconds = newValue.microsecondsSince1970 }
    }

    /// True if all figures except percentiles are the same as with the rows.
    public var isExact: Bool { !isWidened && leftOutCalls == 0 && ungroupedCalls == 0 }

    init(_ range: PrunedRange, asked query: ReportQuery) {
        beforeMicroseconds = range.before
        (countedFromMicroseconds, countedToMicroseconds) = (range.from, range.to)
        isWidened = range.from != query.fromMicroseconds || range.to != query.toMicroseconds
    }

    /// Returns the combined part of two ledgers.
    func adding(_ other: PrunedPart) -> PrunedPart {
        var sum = self
        sum.beforeMicroseconds = max(beforeMicroseconds, other.beforeMicroseconds)
        (sum.countedFromMicroseconds, sum.countedToMicroseconds) = (
            min(countedFromMicroseconds, other.countedFromMicroseconds),
            max(countedToMicroseconds, other.countedToMicroseconds)
        )
        sum.isWidened = isWidened || other.isWidened
        sum.leftOutCalls &+= other.leftOutCalls
        sum.ungroupedCalls &+= other.ungroupedCalls
        return sum
    }

    /// Encodes the part for a reader of the same version.
    func write(to bytes: inout VarintWriter) {
        for value in [
            beforeMicroseconds, countedFromMicroseconds, countedToMicroseconds, isWidened ? 1 : 0, leftOutCalls,
            ungroupedCalls,
        ] {
            bytes.write(value)
        }
    }

    /// Decodes a part.
    init(_ bytes: inout VarintReader) {
        beforeMicroseconds = bytes.integer()
        (countedFromMicroseconds, countedToMicroseconds) = (bytes.integer(), bytes.integer())
        isWidened = bytes.integer() == 1
        (leftOutCalls, ungroupedCalls) = (bytes.integer(), bytes.integer())
    }

    /// The part in sentences.
    package var notes: [String] {
        func time(_ value: Int64) -> String { TimestampText.utc(value, isShort: true) }
        var notes = [
            "Calls before \(time(beforeMicroseconds)) are pruned; their sums stay, and percentiles are within 1 %."
        ]
        if isWidened {
            notes.append(
                "Among pruned calls the range is counted by whole quarters of an hour: from \(time(countedFromMicroseconds)) to \(time(countedToMicroseconds))."
            )
        }
        if leftOutCalls > 0 {
            notes.append(
                "\(leftOutCalls) pruned calls are left out: only their rows told if they pass the filter."
            )
        }
        if ungroupedCalls > 0 {
            notes.append(
                "\(ungroupedCalls) pruned calls stand in a group without a value, which only their rows told."
            )
        }
        return notes
    }
}
