import Foundation
import OpenAIUsage

/// The records that wait in the queue, in two files beside the ledger, so that the end of the process loses none of them.
///
/// A record is appended by the thread that captures it, with one system call, and survives `kill -9` from then on: nobody need
/// wait for the ledger's commit, and the writer can commit many records at once. The writer takes all that one file holds, while
/// new ones go into the other; when those are committed, the file is used anew. Who opens the ledger next writes what is left,
/// of which rows that are there already are recognized by their identities.
struct RecordJournal {
    /// The names of the two files behind the ledger's.
    private static let suffixes = ["-queue1", "-queue2"]

    private let path: String
    private var current: JournalFile
    private var other: JournalFile
    private let encoder = RecordEncoder()
    /// False after a failure, until the writer has come by.
    private var isUsable: Bool

    /// Creates the files of a ledger; what others have left is not needed any more.
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
    /// - Returns: False if it is not kept, and must be waited for.
    mutating func append(_ record: CallRecord, isOpen: Bool) -> Bool {
        guard isUsable else { return false }
        encoder.encode(record, isOpen: isOpen)
        // Behind a record that was written in part nothing would be found.
        isUsable = current.append(encoder.entry)
        return isUsable
    }

    /// Goes on in the other file, whose records are all committed or lost, while the writer takes those of this one.
    mutating func turn() {
        let generation = current.generation + 1
        swap(&current, &other)
        if !current.hasName || !other.hasName {
            // Somebody has removed them: what they held is taken by the writer now.
            guard let fresh = try? Self.files(path) else {
                isUsable = false
                return
            }
            (current, other) = fresh
        }
        isUsable = current.begin(generation)
    }

    /// Removes the files, of which nothing is needed any more.
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

    /// True if a process has left records that are perhaps not in its ledger.
    static func hasRemains(_ path: String) -> Bool {
        suffixes.contains { LedgerFile.size(path + $0) ?? 0 > 0 }
    }

    /// The records that a process has left, in their order; a call that had not ended was interrupted.
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

    /// Removes the files that a process has left, once their records are in the ledger.
    static func removeRemains(_ path: String) {
        for suffix in suffixes { unlink(path + suffix) }
    }
}
