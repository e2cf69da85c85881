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
    private(set) var report: RepriceReport

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
        var report = RepriceReport()
        rest = try reader.read { database, facts in
            report = RepriceReport()
            if let pruned = try PrunedRange(from: query.from, to: query.to, database) {
                report.prunedBefore = pruned.before
            }
            guard let rows = try RowSource(database, facts).rows(from: query.from, to: query.to) else { return nil }
            // Calls that come later are priced when they come.
            let newest = try Int64.fetchOne(database, sql: "SELECT max(id) FROM call") ?? .min
            return rows.lowerBound <= newest ? rows.lowerBound...min(rows.upperBound, newest) : nil
        }
        self.report = report
    }

    /// Prices the next rows.
    ///
    /// - Parameter reader: Reads the ledger.
    /// - Returns: What must be written; `nil` if no row is left.
    /// - Throws: A ``LedgerError``.
    mutating func next(_ reader: LedgerReader) throws -> [Change]? {
        guard let rest else { return nil }
        var read: [CallRecord] = []
        var last: Int64?
        try reader.read { database, facts in
            read.removeAll()
            last = nil
            let matcher = CallMatcher(query.filter, facts)
            // A call in flight has no cost yet.
            let statement = try database.cachedStatement(
                sql: """
                    \(RowFormat.select) WHERE id BETWEEN ? AND ? AND +result > 0 ORDER BY id LIMIT \(Self.stepLength)
                    """
            )
            statement.setUncheckedArguments([rest.lowerBound, rest.upperBound])
            let decoder = RowDecoder(facts)
            try statement.forEachRow(in: database) { row in
                let record = decoder.record(row)
                last = record.id.rawValue
                guard record.startedAt >= query.from, record.startedAt < query.to else { return true }
                if matcher.passesAll || matcher.matches(record) { read.append(record) }
                return true
            }
        }
        guard let last else { return nil }
        self.rest = last < rest.upperBound ? last + 1...rest.upperBound : nil
        return read.compactMap { record in
            let cost = price(record)
            return report.note(record, cost) ? Change(id: record.id.rawValue, old: record.cost, new: cost) : nil
        }
    }
}
