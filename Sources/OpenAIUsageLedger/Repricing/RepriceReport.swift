import OpenAIUsage

/// The changes that repricing has made, or would make.
public struct RepriceReport: Sendable, Equatable {
    /// The changes by project and model, in alphabetical order.
    public var rows: [RepriceRow] {
        groups.values.sorted { ($0.project ?? "", $0.model ?? "") < ($1.project ?? "", $1.model ?? "") }
    }

    /// The sums over all calls.
    public var totals: RepriceRow { totals { _ in true } }

    /// Returns the sums over the rows that satisfy a condition.
    package func totals(where condition: (RepriceRow) -> Bool) -> RepriceRow {
        groups.values.filter(condition).reduce(into: RepriceRow()) { $0.add($1) }
    }

    /// The time before which calls are pruned and keep their costs, in microseconds since 1970; `nil` if none of the range is.
    package var prunedBefore: Int64?

    private struct Group: Hashable, Sendable {
        var project: String
        var model: String?
    }

    private var groups: [Group: RepriceRow] = [:]

    /// Creates a report without calls.
    package init() {}

    /// Creates a report from decoded rows.
    package init(rows: [RepriceRow]) {
        for row in rows { groups[Group(project: row.project ?? "", model: row.model)] = row }
    }

    /// Adds a call and its new cost.
    ///
    /// - Returns: True if the new cost must be written.
    mutating func note(_ record: CallRecord, _ cost: CallCost) -> Bool {
        var row = RepriceRow(project: record.project, model: record.model ?? record.requestModel)
        let old = record.cost
        row.calls = 1
        row.changed = old.picoUSD != cost.picoUSD || old.status != cost.status || old.reason != cost.reason ? 1 : 0
        row.written = old == cost ? 0 : 1
        row.oldPicoUSD = old.picoUSD.map { Int128($0) }
        row.newPicoUSD = cost.picoUSD.map { Int128($0) }
        row.oldUnpriced = old.isUnpriced ? 1 : 0
        row.newUnpriced = cost.isUnpriced ? 1 : 0
        let group = Group(project: record.project, model: row.model)
        groups[group, default: RepriceRow(project: row.project, model: row.model)].add(row)
        return row.written > 0
    }
}

extension CallCost {
    /// True if the price is missing or incomplete.
    fileprivate var isUnpriced: Bool { status == .unpriced || status == .partial }
}
