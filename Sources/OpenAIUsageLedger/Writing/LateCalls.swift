import GRDB
import OpenAIUsage

/// The list of calls that ended after much newer calls.
///
/// A call tail reads the newest rows by ID, and IDs grow with the start of calls. Without this list it would have to read all
/// rows again to find a call that ended long after its start.
enum LateCalls {
    /// The age relative to the newest row from which a row is listed, in microseconds.
    static let lag: Int64 = 10_000_000
    /// The most calls in the list.
    static let capacity: Int64 = 16_384

    /// Lists a call that has ended.
    static func add(_ id: Int64, _ database: Database) throws {
        try database.cachedStatement(sql: "INSERT INTO late_call(call_id) VALUES(?)").execute(arguments: [id])
        let number = database.lastInsertedRowID
        // Entries are removed in bulk, so that few transactions pay for it.
        guard number % 1_024 == 0 else { return }
        try database.execute(sql: "DELETE FROM late_call WHERE number <= ?", arguments: [number - capacity])
    }

    /// The number of the newest entry; 0 if the list is empty.
    static func newest(_ database: Database) throws -> Int64 {
        try Int64.fetchOne(database, sql: "SELECT max(number) FROM late_call") ?? 0
    }
}
