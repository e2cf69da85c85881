import OpenAIUsage

/// The pruned part of a report's range, and its effects on the report.
///
/// Rollups give the sums of pruned calls exactly to a quarter of an hour, and percentiles within 1 %.
public struct PrunedPart: Sendable, Equatable {
    /// The time before which rows may be pruned, in microseconds since 1970.
    public var before: Int64
    /// The start of the counted range, in microseconds since 1970; an edge among pruned rows is moved outward to a whole
    /// quarter of an hour.
    public var countedFrom: Int64
    /// The end of the counted range in microseconds since 1970, exclusive.
    public var countedTo: Int64
    /// True if the counted range differs from the requested one.
    public var isWidened = false
    /// The pruned calls that are left out, since only their rows could tell if they pass the filter.
    public var leftOutCalls: Int64 = 0
    /// The pruned calls in a group without a value, since only their rows could tell it.
    public var ungroupedCalls: Int64 = 0

    /// True if all figures except percentiles are the same as with the rows.
    public var isExact: Bool { !isWidened && leftOutCalls == 0 && ungroupedCalls == 0 }

    init(_ range: PrunedRange, asked query: ReportQuery) {
        before = range.before
        (countedFrom, countedTo) = (range.from, range.to)
        isWidened = range.from != query.from || range.to != query.to
    }

    /// Returns the combined part of two ledgers.
    func adding(_ other: PrunedPart) -> PrunedPart {
        var sum = self
        sum.before = max(before, other.before)
        (sum.countedFrom, sum.countedTo) = (min(countedFrom, other.countedFrom), max(countedTo, other.countedTo))
        sum.isWidened = isWidened || other.isWidened
        sum.leftOutCalls &+= other.leftOutCalls
        sum.ungroupedCalls &+= other.ungroupedCalls
        return sum
    }

    /// Encodes the part for a reader of the same version.
    func write(to bytes: inout VarintWriter) {
        for value in [before, countedFrom, countedTo, isWidened ? 1 : 0, leftOutCalls, ungroupedCalls] {
            bytes.write(value)
        }
    }

    /// Decodes a part.
    init(_ bytes: inout VarintReader) {
        before = bytes.integer()
        (countedFrom, countedTo) = (bytes.integer(), bytes.integer())
        isWidened = bytes.integer() == 1
        (leftOutCalls, ungroupedCalls) = (bytes.integer(), bytes.integer())
    }

    /// The part in sentences.
    package var notes: [String] {
        func time(_ value: Int64) -> String { TimestampText.utc(value, isShort: true) }
        var notes = ["Calls before \(time(before)) are pruned; their sums stay, and percentiles are within 1 %."]
        if isWidened {
            notes.append(
                "Among pruned calls the range is counted by whole quarters of an hour: from \(time(countedFrom)) to \(time(countedTo))."
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
