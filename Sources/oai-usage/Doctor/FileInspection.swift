import Foundation

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Facts of files and their file system, gathered without changing them.
enum FileInspection {
    /// Returns the permissions of a file; `nil` if there is none.
    static func mode(_ path: String) -> DoctorFacts.Mode? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return DoctorFacts.Mode(path: path, bits: UInt32(status.st_mode) & 0o7777)
    }

    /// Returns the size of a file in bytes; `nil` if there is none.
    static func size(_ path: String) -> Int64? {
        var status = stat()
        return stat(path, &status) == 0 ? Int64(status.st_size) : nil
    }

    /// Returns the time of the last change of a file in microseconds since 1970; `nil` if there is none.
    static func modified(_ path: String) -> Int64? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        #if canImport(Darwin)
        let time = status.st_mtimespec
        #else
        let time = status.st_mtim
        #endif
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
    }

    /// Returns the space of the file system of a folder; `nil` if it does not tell.
    static func disk(_ folder: String) -> DoctorFacts.Disk? {
        var system = statvfs()
        guard statvfs(folder, &system) == 0 else { return nil }
        let size = system.f_frsize > 0 ? system.f_frsize : system.f_bsize
        let (bytes, overflow) = Int64(clamping: system.f_bavail).multipliedReportingOverflow(by: Int64(clamping: size))
        return DoctorFacts.Disk(
            freeBytes: overflow ? .max : bytes,
            // Some file systems have no fixed number of files.
            freeFiles: system.f_files > 0 ? Int64(clamping: system.f_favail) : nil
        )
    }

    /// Returns the version of the schema in the header of an SQLite file; `nil` if there is none.
    ///
    /// The file must not be open in this process: closing a descriptor drops the locks of SQLite's own.
    static func schema(_ path: String) -> Int64? {
        guard let file = FileHandle(forReadingAtPath: path) else { return nil }
        defer { try? file.close() }
        guard let bytes = try? file.read(upToCount: 64), bytes.count == 64,
            bytes.starts(with: "SQLite format 3\0".utf8)
        else { return nil }
        return bytes.dropFirst(60).reduce(0) { $0 << 8 | Int64($1) }
    }

    /// Returns the process that holds a ledger's lock, from the lock's file; `nil` if none does.
    static func holder(_ path: String) -> String? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        // A shared lock fails while a writer has its own; a writer that starts meanwhile tries again.
        guard flock(file, LOCK_SH | LOCK_NB) != 0 else { return nil }
        var buffer = [UInt8](repeating: 0, count: 256)
        let count = buffer.withUnsafeMutableBytes { pread(file, $0.baseAddress, $0.count, 0) }
        let text = String(decoding: buffer.prefix(max(0, count)).prefix { $0 != 0x0a }, as: UTF8.self)
        let parts = text.split(separator: " ", maxSplits: 1)
        return parts.count == 2 ? "process \(parts[0]) (\(parts[1]))" : "another process"
    }

    /// Returns the files beside a ledger that a writer has set aside as damaged.
    static func setAside(_ ledger: String) -> [String] {
        let url = URL(fileURLWithPath: ledger)
        let prefix = "\(url.lastPathComponent).damaged-"
        let folder = url.deletingLastPathComponent().path
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { $0.hasPrefix(prefix) && !$0.hasSuffix("-wal") && !$0.hasSuffix("-shm") }.sorted()
            .map { "\(folder)/\($0)" }
    }
}
