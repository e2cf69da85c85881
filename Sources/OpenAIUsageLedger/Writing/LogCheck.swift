import GRDB

/// The check of a write-ahead log against its checksums.
///
/// SQLite itself verifies them only after a crash, and then treats an overwritten frame as the end of the log.
///
/// The formats follow <https://sqlite.org/walformat.html> and <https://sqlite.org/fileformat2.html#walformat>.
enum LogCheck {
    /// True if every committed frame is as it was written.
    ///
    /// The log cannot change during the check, which holds SQLite's write lock.
    ///
    /// - Throws: An error of SQLite, for example if another program is writing.
    static func isSound(_ database: Database) throws -> Bool {
        var isSound = true
        try database.inTransaction(.immediate) {
            isSound = check(database)
            return .rollback
        }
        return isSound
    }

    /// True if the log is as long as its index says; the caller holds SQLite's write lock.
    static func hasAllFrames(_ database: Database) throws -> Bool {
        guard let connection = database.sqliteConnection, let file = RawFile(.database, of: connection),
            let index = file.sharedIndex(96), index[..<48] == index[48...]
        else { return false }
        let frames = Int64(index.number(at: 16))
        let pageSize = try Int64.fetchOne(database, sql: "PRAGMA page_size") ?? 0
        return frames == 0 || RawFile(.log, of: connection).map { $0.size >= 32 + frames * (24 + pageSize) } ?? false
    }

    /// True if a frame is no longer in the log.
    ///
    /// - Parameters:
    ///   - number: The frame, from 1.
    ///   - database: The connection.
    /// - Returns: True also if there are zeros in its place, since a later commit made the log long again.
    static func isCutOff(frame number: Int, _ database: Database) -> Bool {
        guard let connection = database.sqliteConnection, let log = RawFile(.log, of: connection) else { return true }
        let size = log.bytes(4, at: 8).reduce(0) { $0 << 8 | Int64($1) }
        guard size > 0 else { return true }
        let salts = log.bytes(8, at: 32 + Int64(number - 1) * (24 + size) + 8)
        return salts.allSatisfy { $0 == 0 }
    }

    private static func check(_ database: Database) -> Bool {
        guard let connection = database.sqliteConnection, let file = RawFile(.database, of: connection),
            let index = file.sharedIndex(96)
        else { return true }
        // The two copies of the index's header differ only during an update, which the lock excludes.
        guard index[..<48] == index[48...] else { return true }
        let frames = Int64(index.number(at: 16))
        guard frames > 0 else { return true }
        guard let log = RawFile(.log, of: connection) else { return false }
        let shortPageSize = Int(index[14]) | Int(index[15]) << 8
        let pageSize = Int((shortPageSize & 0xfe00) | (shortPageSize & 1) << 16)
        let head = log.bytes(32)
        guard head.count == 32, head[..<3] == [0x37, 0x7f, 0x06], head[3] & 0xfe == 0x82,
            head[16..<24] == index[32..<40]
        else { return false }
        var sum = Checksum(isBigEndian: head[3] & 1 == 1)
        head.withUnsafeBytes { sum.add(UnsafeRawBufferPointer(rebasing: $0[..<24])) }
        guard sum.matches(head[24..<32]) else { return false }
        var frame = [UInt8](repeating: 0, count: 24 + pageSize)
        for number in 0..<frames {
            let isRead = frame.withUnsafeMutableBytes { log.read(into: $0, at: 32 + number * Int64(24 + pageSize)) }
            guard isRead, frame[8..<16] == index[32..<40] else { return false }
            frame.withUnsafeBytes {
                sum.add(UnsafeRawBufferPointer(rebasing: $0[..<8]))
                sum.add(UnsafeRawBufferPointer(rebasing: $0[24...]))
            }
            guard sum.matches(frame[16..<24]) else { return false }
        }
        return sum.first == index.number(at: 24) && sum.second == index.number(at: 28)
    }

    /// The running checksum of a log.
    private struct Checksum {
        let isBigEndian: Bool
        var first: UInt32 = 0
        var second: UInt32 = 0

        /// Adds bytes; their number must be a multiple of 8.
        mutating func add(_ bytes: UnsafeRawBufferPointer) {
            guard let base = bytes.baseAddress else { return }
            var (first, second) = (first, second)
            // Frames and their parts begin at multiples of 8. A plain loop is fast without optimization, too.
            let words = base.assumingMemoryBound(to: UInt32.self)
            let count = bytes.count / 4
            var index = 0
            while index < count {
                let word = words[index]
                let next = words[index &+ 1]
                first = first &+ (isBigEndian ? word.bigEndian : word.littleEndian) &+ second
                second = second &+ (isBigEndian ? next.bigEndian : next.littleEndian) &+ first
                index = index &+ 2
            }
            (self.first, self.second) = (first, second)
        }

        /// True if eight stored bytes equal the checksum.
        func matches(_ bytes: ArraySlice<UInt8>) -> Bool {
            bytes.withUnsafeBytes {
                UInt32(bigEndian: $0.loadUnaligned(as: UInt32.self)) == first
                    && UInt32(bigEndian: $0.loadUnaligned(fromByteOffset: 4, as: UInt32.self)) == second
            }
        }
    }
}

extension [UInt8] {
    /// The 4-byte number at an offset, in native byte order as in the log's index.
    fileprivate func number(at offset: Int) -> UInt32 {
        withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: UInt32.self) }
    }
}
