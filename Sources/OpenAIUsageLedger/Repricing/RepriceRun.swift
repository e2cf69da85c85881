import GRDB
import OpenAIUsage

/// A run over the calls of a query in ID order, which reprices some calls per step.
///
/// Costs depend on the row and the price book alone, so that an interrupted run can be repeated.
struct RepriceRun: Sendable {
    /// The number of rows per step, and the most written in a transaction, which bounds its duration.
    static let stepLength = 256

    /// The new cost of a row, and the cost that it had when it was read.
    struct Change: Sendable {
        var id: Int64
        var old: CallCost
        var new: CallCost

        /// True if more than the version of the price book changes.
        var isOtherCost: Bool {
            old.picoUSD != new.picoUSD || old.status != new.status || old.reason != new.reason
        }
    }

    /// The report on the calls so far.
    private(set) var report: RepriceReport

    private let query: RepriceQuery
    private let price: @Sendable (CallRecord) -> CallCost
    private var rest: ClosedRange<Int64>?

    /// Creates a run.
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
            if let pruned = try PrunedRange(from: query.fromMicroseconds, to: query.toMicroseconds, database) {
                report.prunedBefore = pruned.before
            }
            guard let rows = try RowSource(database, facts).rows(from: query.fromMicroseconds, to: query.toMicroseconds)
            else { return nil }
            // Later calls are priced when they arrive.
            let newest = try Int64.fetchOne(database, sql: "SELECT max(id) FROM call") ?? .min
            return rows.lowerBound <= newest ? rows.lowerBound...min(rows.upperBound, newest) : nil
        }
        self.report = report
    }

    /// Reprices the next rows.
    ///
    /// - Parameter reader: The reader of the ledger.
    /// - Returns: The changes to write; `nil` if no row is left.
    /// - Throws: A ``LedgerError``.
    mutating func next(_ reader: LedgerReader) throws -> [Change]? {
        guard let rest else { return nil }
        var read: [CallRecord] = []
        var last: Int64?
        try reader.read { database, facts in
            read.removeAll()
            last = nil
            let matcher = facts.matcher(query.filter)
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
                guard record.startedAtMicroseconds >= query.fromMicroseconds,
                    record.startedAtMicroseconds < query.toMicroseconds
                else {
                    return true
                }
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
