import GRDB
import OpenAIUsage

/// A walk over the calls of a query in the order of their identities, some at a time, that prices each of them anew.
///
/// Costs are a function of the row and of the price book alone, so that a run that was broken off can be repeated.
struct RepriceRun: Sendable {
    /// The rows of one step, and the most that are written in one transaction, which bounds the time that it takes.
    static let stepLength = 256

    /// A cost that a row is to have, and the one that it had when it was read.
    struct Change: Sendable {
        var id: Int64
        var old: CallCost
        var new: CallCost
    }

    /// What has been found so far.
    private(set) var report = RepriceReport()

    private let query: RepriceQuery
    private let price: @Sendable (CallRecord) -> CallCost
    private var rest: ClosedRange<Int64>?

    /// Begins a run.
    init(
        _ query: RepriceQuery,
        _ reader: LedgerReader,
        price: @escaping @Sendable (CallRecord) -> CallCost
    ) throws {
        self.query = query
        self.price = price
        rest = try reader.read { database, _ in try TimeRange.bounds(from: query.from, to: query.to, database) }
    }

    /// Prices the next rows.
    ///
    /// - Parameter reader: Reads the ledger.
    /// - Returns: What must be written; `nil` if no row is left.
    /// - Throws: A ``LedgerError``.
    mutating func next(_ reader: LedgerReader) throws -> [Change]? {
        guard let rest else { return nil }
        var read: [CallRecord] = []
        try reader.read { database, names in
            read.removeAll()
            var clause = FilterClause()
            clause.add("id BETWEEN ? AND ?", rest.lowerBound, rest.upperBound)
            clause.add("+started_at >= ?", query.from)
            clause.add("+started_at < ?", query.to)
            // What is open has no cost yet.
            clause.add("outcome <> 'open'")
            clause.add(query.filter, names)
            let statement = try database.makeStatement(
                sql: "\(CallColumns.select)\(clause.text) ORDER BY id LIMIT \(Self.stepLength)"
            )
            statement.setUncheckedArguments(StatementArguments(clause.arguments))
            let decoder = CallDecoder(names)
            try statement.forEachRow(in: database) { row in
                read.append(decoder.record(row))
                return true
            }
        }
        guard let last = read.last?.id.rawValue else { return nil }
        self.rest = last < rest.upperBound ? last + 1...rest.upperBound : nil
        return read.compactMap { record in
            let cost = price(record)
            return report.note(record, cost) ? Change(id: record.id.rawValue, old: record.cost, new: cost) : nil
        }
    }
}
