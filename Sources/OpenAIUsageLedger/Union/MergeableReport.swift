import Foundation

/// The sums of a report by group, which can be merged with those of other ledgers before percentiles are computed.
package struct MergeableReport: Sendable {
    /// A group and its sums.
    struct Group: Sendable {
        var values: [ReportGrouping.Value]
        var sums: ReportAccumulator
    }

    /// The query of the report.
    package internal(set) var query: ReportQuery
    /// The ID of the ledger; `nil` if it has none.
    package internal(set) var ledger: String?
    private(set) var groups: [Group]
    /// True while all latencies are available, so that percentiles are exact.
    private var keepsLatencies: Bool
    /// The part of the range whose rows are pruned; `nil` if all rows are there.
    private(set) var pruned: PrunedPart?

    init(query: ReportQuery, groups: [Group], keepsLatencies: Bool, pruned: PrunedPart? = nil) {
        self.query = query
        self.groups = groups
        self.keepsLatencies = keepsLatencies
        self.pruned = pruned
    }

    /// Adds the sums of another ledger for the same query.
    ///
    /// Percentiles stay exact if those of both are exact; otherwise they are within 1 %.
    package mutating func add(_ other: MergeableReport) {
        query.fromMicroseconds = min(query.fromMicroseconds, other.query.fromMicroseconds)
        keepsLatencies = keepsLatencies && other.keepsLatencies
        if let part = other.pruned { pruned = pruned?.adding(part) ?? part }
        var places: [[ReportGrouping.Value]: Int] = [:]
        for (place, group) in groups.enumerated() {
            places[group.values] = place
            if !keepsLatencies { groups[place].sums.forgetLatencies() }
        }
        for var group in other.groups {
            if !keepsLatencies { group.sums.forgetLatencies() }
            if let place = places[group.values] {
                groups[place].sums.add(group.sums)
            } else {
                places[group.values] = groups.count
                groups.append(group)
            }
        }
    }

    /// The report with its rows in order.
    package var report: Report { report(ReportArrangement()) }

    /// Returns the report with its rows in an order.
    package func report(_ arrangement: ReportArrangement) -> Report {
        let lines = lines(arrangement, groups.map { Line(values: $0.values, sums: $0.sums) })
        var totals = totals
        return Report(query: query, rows: lines.map(\.row), totals: totals.result(group: []), pruned: pruned)
    }

    /// Returns the report beside that of an earlier range with the same groups, in the order of this one.
    package func comparison(with previous: MergeableReport, _ arrangement: ReportArrangement) -> ReportComparison {
        let known = Dictionary(previous.groups.map { ($0.values, $0.sums) }) { first, _ in first }
        let own = Set(groups.map(\.values))
        let empty = ReportAccumulator(keepsLatencies: keepsLatencies)
        var all = groups.map { Line(values: $0.values, sums: $0.sums, previous: known[$0.values]) }
        for group in previous.groups where !own.contains(group.values) {
            all.append(Line(values: group.values, sums: empty, previous: group.sums))
        }
        let lines = lines(arrangement, all)
        var (totals, previousTotals) = (totals, previous.totals)
        let none = ReportAccumulator(keepsLatencies: previous.keepsLatencies)
        return ReportComparison(
            report: Report(query: query, rows: lines.map(\.row), totals: totals.result(group: []), pruned: pruned),
            previousQuery: previous.query,
            previousRows: lines.map { line in
                var sums = line.previous ?? none
                return sums.result(group: line.row.group)
            },
            previousTotals: previousTotals.result(group: [])
        )
    }

    private var totals: ReportAccumulator {
        var totals = ReportAccumulator(keepsLatencies: keepsLatencies)
        for group in groups { totals.add(group.sums) }
        return totals
    }

    // MARK: - Order

    /// A row under construction.
    private struct Line {
        var values: [ReportGrouping.Value]
        var sums: ReportAccumulator
        var previous: ReportAccumulator?
        /// The number of groups of an "others" row.
        var othersCount: Int?
        var row = ReportRow()

        mutating func add(_ other: Line) {
            sums.add(other.sums)
            guard let earlier = other.previous else { return }
            if previous == nil { previous = earlier } else { previous?.add(earlier) }
        }
    }

    /// Returns the rows in order, those beyond the top ones summed up.
    private func lines(_ arrangement: ReportArrangement, _ all: [Line]) -> [Line] {
        // A group whose calls have all moved to other groups has no row.
        let all = all.filter { !$0.sums.isEmpty || $0.previous?.isEmpty == false }
        let times = query.groupBy.indices.filter { query.groupBy[$0].period != nil }
        var lines = summedUp(all, arrangement, times)
        for index in lines.indices {
            let isOthers = lines[index].othersCount != nil
            let group = lines[index].values.map(\.name)
            lines[index].row = lines[index].sums.result(group: group)
            if isOthers { lines[index].row.othersCount = lines[index].othersCount }
        }
        lines.sort { left, right in
            if arrangement.key == nil {
                for index in times where left.values[index].order != right.values[index].order {
                    return left.values[index].order < right.values[index].order
                }
            }
            let (isOthers, areOthers) = (left.othersCount != nil, right.othersCount != nil)
            if isOthers != areOthers { return areOthers }
            return arrangement.precedes(left.row, right.row)
        }
        return lines
    }

    private func summedUp(_ all: [Line], _ arrangement: ReportArrangement, _ times: [Int]) -> [Line] {
        guard let top = arrangement.top else { return all }
        // Groups by time alone are ranked themselves, others by their sums over all periods.
        let ranked = times.count == query.groupBy.count ? [] : times
        func key(_ values: [ReportGrouping.Value]) -> [ReportGrouping.Value] {
            values.indices.filter { !ranked.contains($0) }.map { values[$0] }
        }
        var sums: [[ReportGrouping.Value]: ReportAccumulator] = [:]
        for line in all {
            sums[key(line.values), default: ReportAccumulator(keepsLatencies: keepsLatencies)].add(line.sums)
        }
        // An "others" row for a single group would hide it and save nothing.
        guard sums.count > top + 1 else { return all }
        let rows = sums.map { entry in
            var sums = entry.value
            return (values: entry.key, row: sums.result(group: entry.key.map(\.name)))
        }
        let first = Set(rows.sorted { arrangement.precedes($0.row, $1.row) }.prefix(top).map(\.values))
        var lines: [Line] = []
        var places: [[ReportGrouping.Value]: Int] = [:]
        var single: [Int: Line] = [:]
        for line in all {
            if first.contains(key(line.values)) {
                lines.append(line)
                continue
            }
            var others = line
            for index in others.values.indices where !ranked.contains(index) {
                others.values[index] = ReportGrouping.Value(name: nil)
            }
            if let place = places[others.values] {
                lines[place].add(line)
                lines[place].othersCount? += 1
                single[place] = nil
            } else {
                places[others.values] = lines.count
                single[lines.count] = line
                others.othersCount = 1
                lines.append(others)
            }
        }
        for (place, line) in single { lines[place] = line }
        return lines
    }

    // MARK: - Bytes

    /// The first bytes of the format, including its version.
    private static let signature = Array("OAUR3".utf8)

    /// The sums encoded for a reader of the same version.
    package var bytes: [UInt8] {
        var bytes = VarintWriter()
        bytes.write(Self.signature)
        bytes.write(ledger)
        bytes.write(query.fromMicroseconds)
        bytes.write(query.toMicroseconds)
        bytes.write(query.timeZone.reportName)
        bytes.write(Int64(query.groupBy.count))
        for dimension in query.groupBy { bytes.write(dimension.description) }
        bytes.write(Int64(keepsLatencies ? 1 : 0))
        bytes.write(Int64(pruned == nil ? 0 : 1))
        pruned?.write(to: &bytes)
        bytes.write(Int64(groups.count))
        for group in groups {
            for value in group.values {
                bytes.write(value.name)
                bytes.write(value.order)
            }
            group.sums.write(to: &bytes)
        }
        return bytes.bytes
    }

    /// Decodes sums from untrusted bytes; `nil` if they are not sums of this version and query.
    ///
    /// - Parameters:
    ///   - bytes: The bytes.
    ///   - query: The query of the request; its start may differ from that of the answer.
    package init?(_ bytes: [UInt8], of query: ReportQuery) {
        let parsed: MergeableReport? = bytes.withUnsafeBufferPointer { buffer in
            var reader = VarintReader(buffer)
            guard Array(reader.data()) == Self.signature, reader.isValid else { return nil }
            let ledger = reader.text()
            var found = query
            found.fromMicroseconds = reader.integer()
            guard reader.integer() == query.toMicroseconds, reader.text() == query.timeZone.reportName else {
                return nil
            }
            var dimensions: [String] = []
            for _ in 0..<reader.count() { dimensions.append(reader.text() ?? "") }
            guard reader.isValid, dimensions == query.groupBy.map(\.description),
                found.fromMicroseconds <= found.toMicroseconds
            else {
                return nil
            }
            let keepsLatencies = reader.integer() == 1
            let pruned = reader.integer() == 1 ? PrunedPart(&reader) : nil
            var groups: [Group] = []
            var seen: Set<[ReportGrouping.Value]> = []
            for _ in 0..<reader.count() {
                var values: [ReportGrouping.Value] = []
                for _ in dimensions {
                    let name = reader.text()
                    values.append(ReportGrouping.Value(name: name, order: reader.integer()))
                }
                guard let sums = ReportAccumulator(&reader, keepsLatencies: keepsLatencies),
                    seen.insert(values).inserted
                else { return nil }
                groups.append(Group(values: values, sums: sums))
            }
            guard reader.isValid, !reader.hasMore else { return nil }
            var report = MergeableReport(query: found, groups: groups, keepsLatencies: keepsLatencies, pruned: pruned)
            report.ledger = ledger
            return report
        }
        guard let parsed else { return nil }
        self = parsed
    }
}
