import GRDB
import GRDBSQLite
import Synchronization

/// The length of the write-ahead log in pages, as reported by SQLite after each commit.
final class LogLength: Sendable {
    private let pages = Atomic<Int>(0)

    /// The length after the last commit.
    var value: Int { pages.load(ordering: .relaxed) }

    /// Starts to observe a connection, which this object must outlive.
    func install(on database: Database) {
        sqlite3_wal_hook(
            database.sqliteConnection,
            { context, _, _, pages in
                guard let context else { return SQLITE_OK }
                Unmanaged<LogLength>.fromOpaque(context).takeUnretainedValue()
                    .pages.store(Int(pages), ordering: .relaxed)
                return SQLITE_OK
            },
            Unmanaged.passUnretained(self).toOpaque()
        )
    }
}
