import GRDB
import OpenAIUsage

/// Reads the calls of a report, and sums them up by group.
struct ReportBuilder {
    private struct Branch: Hashable {
        var parent: Int
        var value: Int
    }

    private struct Group {
        var values: [Int]
        var sums = ReportAccumulator()
    }

    private let query: ReportQuery
    private var groupings: [ReportGrouping] = []
    private var columns = ReportAccumulator.columns
    private var branches: [Branch: Int] = [:]
    private var branchCount = 1
    private var groupsByBranch: [Int: Int] = [:]
    private var groups: [Group] = []

    init(_ query: ReportQuery, names: LabelNames) {
        self.query = query
        columns.append("started_at")
        for dimension in query.groupBy {
            let column = Int32(columns.count)
            if let name = dimension.column { columns.append(name) }
            groupings.append(
                ReportGrouping(dimension, column: column, names: names, timeZone: query.timeZone)
            )
        }
    }

    /// The report.
    mutating func report(_ database: Database, _ names: LabelNames) throws -> Report {
        var clause = FilterClause()
        if try TimeRange.add(from: query.from, to: query.to, to: &clause, database) {
            clause.add(query.filter, names)
            let sql = "SELECT \(columns.joined(separator: ", ")) FROM call\(clause.text)"
            let statement = try database.makeStatement(sql: sql)
            statement.setUncheckedArguments(StatementArguments(clause.arguments))
            try statement.forEachRow(in: database) { row in
                add(row, names)
                return true
            }
        }
        return finished()
    }

    private mutating func add(_ row: StatementRow, _ names: LabelNames) {
        let startedAt = row.integer(at: Int32(ReportAccumulator.columns.count)) ?? 0
        // A group is a path through a tree, one branch per dimension.
        var branch = 0
        for index in groupings.indices {
            let value = groupings[index].number(of: row, startedAt: startedAt)
            let step = Branch(parent: branch, value: value)
            if let known = branches[step] {
                branch = known
            } else {
                branches[step] = branchCount
                branch = branchCount
                branchCount += 1
            }
        }
        if let group = groupsByBranch[branch] {
            groups[group].sums.add(row, names)
            return
        }
        let values = groupings.indices.map { groupings[$0].number(of: row, startedAt: startedAt) }
        groupsByBranch[branch] = groups.count
        groups.append(Group(values: values))
        groups[groups.count - 1].sums.add(row, names)
    }

    private mutating func finished() -> Report {
        var totals = ReportAccumulator()
        for group in groups { totals.add(group.sums) }
        var lines = groups.map { group in
            let values = zip(groupings, group.values).map { $0.values[$1] }
            var sums = group.sums
            return (values: values, row: sums.result(group: values.map(\.name)))
        }
        let timeIndices = query.groupBy.indices.filter { query.groupBy[$0].period != nil }
        lines.sort { left, right in
            for index in timeIndices where left.values[index].order != right.values[index].order {
                return left.values[index].order < right.values[index].order
            }
            return Self.precedes(left.row, right.row)
        }
        return Report(query: query, rows: lines.map(\.row), totals: totals.result(group: []))
    }

    /// Whether a row stands before another: the dearer one, of those that cost the same the first by name.
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
}

extension LedgerReader {
    /// The sums over the calls of a range of time.
    public func report(_ query: ReportQuery) throws -> Report {
        try read { database, names in
            var builder = ReportBuilder(query, names: names)
            return try builder.report(database, names)
        }
    }
}
