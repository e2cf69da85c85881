import GRDB
import OpenAIUsage

/// The list of calls that ended when much younger ones had ended already.
///
/// A follower of the ledger reads the newest rows by their identities, which grow with the start of calls. It would have to
/// read all rows again to find a call that ended long after it had begun: this list tells it.
enum LateCalls {
    /// How much older than the newest row a row must be to be listed, in microseconds.
    static let lag: Int64 = 10_000_000
    /// The most calls that are listed.
    static let capacity: Int64 = 16_384

    /// Lists a call that has ended.
    static func add(_ id: Int64, _ database: Database) throws {
        try database.cachedStatement(sql: "INSERT INTO late_call(call_id) VALUES(?)").execute(arguments: [id])
        let number = database.lastInsertedRowID
        // Many are removed at once, so that few transactions have to.
        guard number % 1_024 == 0 else { return }
        try database.execute(sql: "DELETE FROM late_call WHERE number <= ?", arguments: [number - capacity])
    }

    /// The number of the newest entry; 0 if there is none.
    static func newest(_ database: Database) throws -> Int64 {
        try Int64.fetchOne(database, sql: "SELECT max(number) FROM late_call") ?? 0
    }
}
