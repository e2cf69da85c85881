import Foundation
import OpenAIUsage

/// The queued records in two files beside the ledger, so that they survive the end of the process.
///
/// The thread that captures records appends them with one system call. From then on they survive `kill -9`: the commit
/// need not be awaited, and the writer can commit many records at once. The writer takes all records of one file while new
/// ones go into the other; after the commit the first file is reused. The next writer commits leftover records, and
/// recognizes by ID those that are committed already.
struct RecordJournal {
    /// The suffixes of the two file names.
    private static let suffixes = ["-queue1", "-queue2"]

    private let path: String
    private var current: JournalFile
    private var other: JournalFile
    private let encoder = RecordEncoder()
    /// False after a failure, until the writer switches files.
    private var isUsable: Bool
    /// The number of records that wait to be written together.
    private var pendingCount = 0
    /// The number of pending records that could not be written, until they are told.
    private var failedCount = 0

    /// Creates the journal's files; older ones must be committed already, and are removed.
    ///
    /// - Throws: A ``LedgerError`` if they cannot be created.
    init(path: String) throws {
        self.path = path
        Self.removeRemains(path)
        (current, other) = try Self.files(path)
        isUsable = current.begin(1)
        guard isUsable else { throw Self.failure(path) }
    }

    /// Appends a record.
    ///
    /// - Parameters:
    ///   - record: The record.
    ///   - isOpen: True for an interim record.
    ///   - isDeferred: True to leave the writing to ``flush()``.
    /// - Returns: False if the record is not journaled, and its commit must be awaited.
    mutating func append(_ record: CallRecord, isOpen: Bool, isDeferred: Bool = false) -> Bool {
        guard isUsable else { return false }
        encoder.encode(record, isOpen: isOpen)
        let isFull = current.append(encoder.entry)
        if isDeferred {
            pendingCount += 1
            if isFull { flush() }
            // The caller is told of this one by the result.
            if !isUsable { failedCount -= 1 }
            return isUsable
        }
        // Pending records stand before it, and fail with it.
        let isWritten = current.flush()
        isUsable = isWritten
        if !isWritten { failedCount += pendingCount }
        pendingCount = 0
        return isWritten
    }

    /// Writes the pending records.
    mutating func flush() {
        guard pendingCount > 0 else { return }
        // Records behind an incomplete one would not be found.
        if !current.flush() { (isUsable, failedCount) = (false, failedCount + pendingCount) }
        pendingCount = 0
    }

    /// Returns the number of pending records that could not be written since the last call.
    mutating func takeFailures() -> Int {
        defer { failedCount = 0 }
        return failedCount
    }

    /// Switches to the other file, whose records are all committed or lost, while the writer takes the records of this one.
    mutating func turn() {
        flush()
        let generation = current.generation + 1
        swap(&current, &other)
        if !current.hasName || !other.hasName {
            // Both files are replaced if one was removed: the writer takes their records at this moment.
            guard let fresh = try? Self.files(path) else {
                isUsable = false
                return
            }
            (current, other) = fresh
        }
        isUsable = current.begin(generation)
    }

    /// Removes the files when all records are committed.
    mutating func remove() {
        isUsable = false
        Self.removeRemains(path)
    }

    private static func files(_ path: String) throws -> (JournalFile, JournalFile) {
        guard let first = JournalFile(path: path + suffixes[0]), let second = JournalFile(path: path + suffixes[1])
        else { throw failure(path) }
        return (first, second)
    }

    private static func failure(_ path: String) -> LedgerError {
        LedgerError(
            .notWritable,
            "The files \(path)-queue1 and -queue2 cannot be written (\(String(cString: strerror(errno)))); check the folder's permissions and its space."
        )
    }

    // MARK: - What a process has left

    /// True if a process left a journal, whose records may be missing in the ledger.
    static func hasRemains(_ path: String) -> Bool {
        suffixes.contains { LedgerFile.size(path + $0) ?? 0 > 0 }
    }

    /// The leftover records of a process in their order; calls that had not ended are marked interrupted.
    static func remains(_ path: String) -> [CallRecord] {
        let files = suffixes.compactMap { JournalFile.read(path + $0) }.sorted { $0.generation < $1.generation }
        return files.flatMap(\.records).compactMap { bytes in
            var decoder = RecordDecoder(bytes)
            guard let (decoded, isOpen) = try? decoder.decode() else { return nil }
            var record = decoded
            if isOpen { record.outcome = .interrupted }
            return record
        }
    }

    /// Removes the leftover files once their records are in the ledger.
    static func removeRemains(_ path: String) {
        for suffix in suffixes { unlink(path + suffix) }
    }
}
