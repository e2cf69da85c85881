import GRDB
import GRDBSQLite
import Synchronization

/// The cancellation of a read, which any thread may request.
final class ReadCancellation: Sendable {
    private let state = Atomic<Bool>(false)

    /// True if the read should end.
    var isCancelled: Bool { state.load(ordering: .relaxed) }

    /// Requests the end of the read.
    func cancel() { state.store(true, ordering: .relaxed) }

    /// Throws if the read should end.
    ///
    /// - Throws: A `CancellationError`.
    func check() throws {
        if isCancelled { throw CancellationError() }
    }

    /// The steps of SQLite's virtual machine between two checks, which take less than a millisecond.
    private static let steps: Int32 = 2_000

    /// Runs a read during which SQLite checks for cancellation.
    ///
    /// - Parameters:
    ///   - database: The connection, which must not be used by others meanwhile.
    ///   - body: The read; its statements fail with `SQLITE_INTERRUPT` after a cancellation.
    /// - Returns: The result of the read.
    /// - Throws: The error of the read.
    func watching<Value>(_ database: Database, _ body: () throws -> Value) throws -> Value {
        try check()
        guard let connection = database.sqliteConnection else { return try body() }
        return try withExtendedLifetime(self) {
            sqlite3_progress_handler(
                connection,
                Self.steps,
                { context in
                    guard let context else { return 0 }
                    return Unmanaged<ReadCancellation>.fromOpaque(context).takeUnretainedValue().isCancelled ? 1 : 0
                },
                Unmanaged.passUnretained(self).toOpaque()
            )
            defer { sqlite3_progress_handler(connection, 0, nil, nil) }
            return try body()
        }
    }
}
