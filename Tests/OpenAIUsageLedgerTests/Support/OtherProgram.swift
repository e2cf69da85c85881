import Foundation
import Testing

/// Another program that works with a ledger's file: Python's `sqlite3` and `fcntl` modules.
enum OtherProgram {
    /// Runs a script of Python's, whose arguments are in `sys.argv[1:]`, and returns what it printed.
    @discardableResult
    static func python(_ script: String, _ arguments: String...) throws -> String {
        let folder = TemporaryFolder()
        try folder.write("script.py", Array("import fcntl, os, sqlite3, struct, sys\n\(script)\n".utf8))
        let words = ["python3", "\(folder.path)/script.py"] + arguments
        // Foundation's Process needs a run loop to wait, which many tests at once do not give it.
        let stream = try #require(popen(words.map { "'\($0)'" }.joined(separator: " "), "r"))
        var output: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while true {
            let count = fread(&buffer, 1, buffer.count, stream)
            if count == 0 { break }
            output += buffer.prefix(count)
        }
        try #require(pclose(stream) == 0)
        return String(decoding: output, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Makes a ledger one that was created without the means to give space back.
    static func forbidShrinking(_ path: String) throws {
        try python(
            """
            database = sqlite3.connect(sys.argv[1])
            database.execute("PRAGMA journal_mode = DELETE")
            database.execute("PRAGMA auto_vacuum = NONE")
            database.execute("VACUUM")
            """,
            path
        )
    }

    /// The process that holds the lock which a connection in WAL mode has on the database for as long as it is open; 0 if
    /// none does.
    static func lockHolder(of path: String) throws -> pid_t {
        let text = try python(
            """
            file = os.open(sys.argv[1], os.O_RDWR)
            asked = struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, 0x40000002, 510, 0)
            kind, _, _, _, holder = struct.unpack("hhqqi4x", fcntl.fcntl(file, fcntl.F_GETLK, asked))
            print(0 if kind == fcntl.F_UNLCK else holder)
            """,
            path
        )
        return pid_t(text) ?? -1
    }

    /// Opens the ledger, reads it and closes it, as a backup does; the number of its rows.
    @discardableResult
    static func count(_ path: String) throws -> Int {
        let text = try python(
            """
            database = sqlite3.connect(sys.argv[1], timeout=10)
            print(database.execute("SELECT count(*) FROM call WHERE result > 0").fetchone()[0])
            assert database.execute("PRAGMA quick_check").fetchone()[0] == "ok"
            database.close()
            """,
            path
        )
        return Int(text) ?? -1
    }
}
