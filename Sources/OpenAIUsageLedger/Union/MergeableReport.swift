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
        query.from = min(query.from, other.query.from)
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
    package var report: Report {
        var totals = ReportAccumulator(keepsLatencies: keepsLatencies)
        for group in groups { totals.add(group.sums) }
        // A group whose calls have all moved to other groups has no row.
        var lines = groups.filter { !$0.sums.isEmpty }.map { group in
            var sums = group.sums
            return (values: group.values, row: sums.result(group: group.values.map(\.name)))
        }
        let timeIndices = query.groupBy.indices.filter { query.groupBy[$0].period != nil }
        lines.sort { left, right in
            for index in timeIndices where left.values[index].order != right.values[index].order {
                return left.values[index].order < right.values[index].order
            }
            return Self.precedes(left.row, right.row)
        }
        return Report(query: query, rows: lines.map(\.row), totals: totals.result(group: []), pruned: pruned)
    }

    /// True if a row precedes another: the more expensive one, or the first by name at the same cost.
    private static func precedes(_ left: ReportRow, _ right: ReportRow) -> Bool {
        if left.costPicoUSD != right.costPicoUSD {
            guard let rightCost = right.costPicoUSD else { return true }
            guard let leftCost = left.costPicoUSD else { return false }
            return leftCost > rightCost
        }
        for (left, right) in zip(left.group, right.group) where left != right {
            guard let right else { return true }
            guard let left else { return false }
            return left < right
        }
        return false
    }

    // MARK: - Bytes

    /// The first bytes of the format, including its version.
    private static let signature = Array("OAUR3".utf8)

    /// The sums encoded for a reader of the same version.
    package var bytes: [UInt8] {
        var bytes = VarintWriter()
        bytes.write(Self.signature)
        bytes.write(ledger)
        bytes.write(query.from)
        bytes.write(query.to)
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
            found.from = reader.integer()
            guard reader.integer() == query.to, reader.text() == query.timeZone.reportName else { return nil }
            var dimensions: [String] = []
            for _ in 0..<reader.count() { dimensions.append(reader.text() ?? "") }
            guard reader.isValid, dimensions == query.groupBy.map(\.description), found.from <= found.to else {
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
