/// The part of a report's range whose rows are pruned, and the figures that it lacks for that.
///
/// Rollups tell the sums of pruned calls exactly, by quarters of an hour, and percentiles within 1 %.
public struct PrunedPart: Sendable, Equatable {
    /// The time before which rows may be gone, in microseconds since 1970.
    public var before: Int64
    /// The range that was counted, in microseconds since 1970: edges among pruned rows are moved outward to a whole quarter of an
    /// hour.
    public var countedFrom: Int64
    /// The end of the range that was counted, exclusive.
    public var countedTo: Int64
    /// True if the range that was counted is not the one that was asked for.
    public var isWidened = false
    /// The pruned calls that are left out, since only their rows told if they pass the filter.
    public var leftOutCalls: Int64 = 0
    /// The pruned calls that stand in a group without a value, since only their rows told it.
    public var ungroupedCalls: Int64 = 0

    /// True if every figure but percentiles is what it would be with the rows.
    public var isExact: Bool { !isWidened && leftOutCalls == 0 && ungroupedCalls == 0 }

    init(_ range: PrunedRange, asked query: ReportQuery) {
        before = range.before
        (countedFrom, countedTo) = (range.from, range.to)
        isWidened = range.from != query.from || range.to != query.to
    }

    /// The part of two ledgers together.
    func adding(_ other: PrunedPart) -> PrunedPart {
        var sum = self
        sum.before = max(before, other.before)
        (sum.countedFrom, sum.countedTo) = (min(countedFrom, other.countedFrom), max(countedTo, other.countedTo))
        sum.isWidened = isWidened || other.isWidened
        sum.leftOutCalls &+= other.leftOutCalls
        sum.ungroupedCalls &+= other.ungroupedCalls
        return sum
    }

    /// Writes the part for a reader of the same version.
    func write(to bytes: inout VarintWriter) {
        for value in [before, countedFrom, countedTo, isWidened ? 1 : 0, leftOutCalls, ungroupedCalls] {
            bytes.write(value)
        }
    }

    /// Reads a part that was written.
    init(_ bytes: inout VarintReader) {
        before = bytes.integer()
        (countedFrom, countedTo) = (bytes.integer(), bytes.integer())
        isWidened = bytes.integer() == 1
        (leftOutCalls, ungroupedCalls) = (bytes.integer(), bytes.integer())
    }

    /// The part as sentences.
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
