import Foundation

/// One of the two files of a journal.
///
/// A header names the generation of the file; the records of that generation follow. A file is reused by writing a new header:
/// leftovers of older generations do not match the checksum of the new generation, and are not read.
final class JournalFile {
    /// The length of the header: version, generation and checksum of eight bytes each.
    private static let headLength = 24
    /// The length of a record's prefix: length and checksum of eight bytes each.
    private static let prefixLength = RecordEncoder.margin
    /// The length from which a reused file is truncated.
    private static let lengthLimit: Int64 = 8 << 20

    let path: String
    private let descriptor: Int32
    private(set) var generation: Int64 = 0
    private var end: Int64 = 0
    /// The records that are not written yet.
    private var pending: [UInt8] = []
    /// The length of pending records from which they are written.
    private static let pendingLimit = 65_536

    /// Opens or creates the file; `nil` on failure.
    init?(path: String) {
        self.path = path
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { return nil }
        if let name = path.range(of: "-queue", options: .backwards) {
            FileOwner.adopt(descriptor, of: String(path[..<name.lowerBound]))
        }
    }

    deinit { close(descriptor) }

    /// True if the file still has a name; without one, its records would not be found.
    var hasName: Bool {
        var information = stat()
        return fstat(descriptor, &information) == 0 && information.st_nlink > 0
    }

    /// Starts a generation, which invalidates all older records.
    ///
    /// - Returns: False if the file cannot be written.
    func begin(_ generation: Int64) -> Bool {
        if end > Self.lengthLimit { _ = ftruncate(descriptor, 0) }
        self.generation = generation
        var head = [RecordEncoder.version.littleEndian, UInt64(bitPattern: generation).littleEndian]
        head.append(head.withUnsafeBytes { Self.checksum($0, seed: RecordEncoder.version) }.littleEndian)
        end = 0
        pending.removeAll(keepingCapacity: true)
        return head.withUnsafeBytes { write($0) }
    }

    /// Adds a record to those that ``flush()`` writes.
    ///
    /// - Parameter entry: The record after a margin, which is overwritten.
    /// - Returns: True if there are so many that they should be written.
    func append(_ entry: UnsafeMutableRawBufferPointer) -> Bool {
        let record = UnsafeRawBufferPointer(rebasing: entry[Self.prefixLength...])
        let count = UInt64(record.count)
        let sum = Self.checksum(record, seed: UInt64(bitPattern: generation) ^ count)
        entry.storeBytes(of: count.littleEndian, as: UInt64.self)
        entry.storeBytes(of: sum.littleEndian, toByteOffset: 8, as: UInt64.self)
        pending.append(contentsOf: UnsafeRawBufferPointer(entry))
        return pending.count >= Self.pendingLimit
    }

    /// Writes the pending records with one system call, after which they survive the end of the process.
    ///
    /// - Returns: False if they were not written completely; none of them counts as written then.
    func flush() -> Bool {
        guard !pending.isEmpty else { return true }
        defer { pending.removeAll(keepingCapacity: true) }
        return pending.withUnsafeBytes { write($0) }
    }

    private func write(_ bytes: UnsafeRawBufferPointer) -> Bool {
        while true {
            let count = pwrite(descriptor, bytes.baseAddress, bytes.count, off_t(end))
            if count < 0, errno == EINTR { continue }
            guard count == bytes.count else { return false }
            end += Int64(count)
            return true
        }
    }

    // MARK: - Reading

    /// Reads the generation and the records of a file; `nil` if it is not a journal or has no records.
    static func read(_ path: String) -> (generation: Int64, records: [ArraySlice<UInt8>])? {
        guard let data = FileManager.default.contents(atPath: path), data.count > headLength else { return nil }
        let bytes = [UInt8](data)
        guard number(bytes, 0) == RecordEncoder.version,
            number(bytes, 16) == bytes[..<16].withUnsafeBytes({ checksum($0, seed: RecordEncoder.version) })
        else { return nil }
        let generation = number(bytes, 8)
        var records: [ArraySlice<UInt8>] = []
        var position = headLength
        while bytes.count - position > prefixLength {
            let length = number(bytes, position)
            let start = position + prefixLength
            guard length > 0, length <= UInt64(bytes.count - start) else { break }
            let record = bytes[start..<start + Int(length)]
            let sum = record.withUnsafeBytes { checksum($0, seed: generation ^ length) }
            guard number(bytes, position + 8) == sum else { break }
            records.append(record)
            position = start + Int(length)
        }
        return records.isEmpty ? nil : (Int64(bitPattern: generation), records)
    }

    private static func number(_ bytes: [UInt8], _ position: Int) -> UInt64 {
        bytes[position..<position + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// Returns a checksum that tells complete records from leftovers; it does not protect against forgery.
    private static func checksum(_ bytes: UnsafeRawBufferPointer, seed: UInt64) -> UInt64 {
        var sum = seed &* 0x9e37_79b9_7f4a_7c15 ^ 0xcbf2_9ce4_8422_2325
        var index = 0
        while bytes.count - index >= 8 {
            let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            sum = (sum ^ word) &* 0x9e37_79b9_7f4a_7c15
            sum ^= sum >> 29
            index += 8
        }
        for byte in bytes[index...] {
            sum = (sum ^ UInt64(byte)) &* 0x9e37_79b9_7f4a_7c15
            sum ^= sum >> 29
        }
        return sum
    }
}
