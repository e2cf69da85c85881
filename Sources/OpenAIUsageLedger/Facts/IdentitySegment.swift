import GRDB

/// A segment of the identity index: the sorted hashes of some rows' identities, each with the block of its row.
///
/// An index on random identities would make every insertion touch a random page. Instead the hashes of many rows are written
/// at once, in slots of some hundred by their first bits, and segments of a level are merged into one of the next. A lookup
/// costs one slot per segment, and then the few rows of a block.
struct IdentitySegment {
    /// The hash of an identity, of which ``hashBits`` bits are valid, and the number of its block.
    struct Entry {
        var hash: UInt64
        var block: Int
    }

    /// The rows between two call IDs, both inclusive.
    typealias Block = ClosedRange<Int64>

    /// The number of rows in a block.
    static let blockLength = 64
    /// The number of segments of a level that are merged into one.
    static let mergedCount = 8
    /// The level whose segments are not merged.
    static let lastLevel = 2

    private static let slotLength = 192
    private static let slotShift: Int64 = 24

    var level: Int
    /// The number of valid bits in the hashes.
    var hashBits = 64
    var blocks: [Block]
    /// The entries in any order; of equal ones only one is written.
    var entries: [Entry]

    /// Writes the segment.
    func save(_ database: Database) throws {
        guard !entries.isEmpty else { return }
        var slotBits = 0
        while slotBits < 22, entries.count >> slotBits > Self.slotLength { slotBits += 1 }
        let blockBits = max(1, Int.bitWidth - (blocks.count - 1).leadingZeroBitCount)
        let hashBits = min(self.hashBits, slotBits + 32 - blockBits)
        let remainderBits = hashBits - slotBits
        var bytes = VarintWriter()
        var last: Int64 = 0
        for block in blocks {
            bytes.write(block.lowerBound &- last)
            bytes.write(block.upperBound &- block.lowerBound)
            last = block.lowerBound
        }
        let insert = try database.cachedStatement(
            sql: """
                INSERT INTO segment(level, slot_bits, block_bits, hash_bits, blocks) VALUES(?, ?, ?, ?, ?)
                """
        )
        let blob = bytes.bytes
        let level = level
        try insert.run(in: database) { binder in
            for value in [level, slotBits, blockBits, hashBits] { binder.integer(Int64(value)) }
            binder.blob(blob)
        }
        let segment = database.lastInsertedRowID
        // A word holds the slot, the rest of the hash and the block, so that words sort in the order of the file.
        var words = entries.map { entry in
            let known = entry.hash >> UInt64(64 - hashBits)
            return known << UInt64(blockBits) | UInt64(entry.block)
        }
        words.sort()
        let statement = try database.cachedStatement(sql: "INSERT INTO segment_slot(key, entries) VALUES(?, ?)")
        // The slot is in the key, and not repeated in the entries.
        let mask: UInt64 = 1 << UInt64(remainderBits + blockBits) - 1
        var start = 0
        while start < words.count {
            let slot = words[start] >> UInt64(remainderBits + blockBits)
            var slotBytes: [UInt8] = []
            var previous: UInt64?
            while start < words.count, words[start] >> UInt64(remainderBits + blockBits) == slot {
                let word = words[start]
                start += 1
                if word == previous { continue }
                previous = word
                withUnsafeBytes(of: UInt32(truncatingIfNeeded: word & mask).littleEndian) { slotBytes += $0 }
            }
            try statement.run(in: database) { binder in
                binder.integer(segment << Self.slotShift | Int64(slot))
                binder.blob(slotBytes)
            }
        }
    }

    /// Returns the blocks of all segments that may hold a row with an identity.
    static func blocks(of hash: UInt64, _ database: Database) throws -> [Block] {
        var found: [Block] = []
        let slots = try database.cachedStatement(sql: "SELECT entries FROM segment_slot WHERE key = ?")
        let segments = try database.cachedStatement(sql: "SELECT id, slot_bits, block_bits, hash_bits FROM segment")
        let blobs = try database.cachedStatement(sql: "SELECT blocks FROM segment WHERE id = ?")
        try segments.forEachRow(in: database) { row in
            let id = row.integer(at: 0) ?? 0
            let slotBits = UInt64(row.integer(at: 1) ?? 0)
            let blockBits = UInt64(row.integer(at: 2) ?? 0)
            let hashBits = UInt64(row.integer(at: 3) ?? 0)
            let slot = slotBits == 0 ? 0 : hash >> (64 - slotBits)
            let wanted = UInt32(truncatingIfNeeded: (hash << slotBits) >> (64 - (hashBits - slotBits)))
            var numbers: [Int] = []
            slots.setUncheckedArguments([id << slotShift | Int64(slot)])
            try slots.forEachRow(in: database) { row in
                let bytes = UnsafeRawBufferPointer(row.bytes(at: 0))
                let mask = UInt32(truncatingIfNeeded: 1 << blockBits - 1)
                for index in stride(from: 0, to: bytes.count & ~3, by: 4) {
                    let word = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt32.self))
                    if blockBits == 32 || word >> UInt32(blockBits) == wanted { numbers.append(Int(word & mask)) }
                }
                return false
            }
            guard !numbers.isEmpty else { return true }
            blobs.setUncheckedArguments([id])
            try blobs.forEachRow(in: database) { row in
                let all = decode(row.bytes(at: 0))
                found += numbers.filter(all.indices.contains).map { all[$0] }
                return false
            }
            return true
        }
        return found
    }

    /// Merges the oldest segments of a level into one of the next level.
    ///
    /// - Returns: True if there were enough segments to merge.
    static func merge(level: Int, _ database: Database) throws -> Bool {
        guard level < lastLevel else { return false }
        struct Head {
            var id: Int64
            var slotBits: UInt64
            var blockBits: UInt64
            var hashBits: UInt64
            var blocks: [Block]
        }
        var heads: [Head] = []
        let query = try database.cachedStatement(
            sql: "SELECT id, slot_bits, block_bits, hash_bits, blocks FROM segment WHERE level = ? ORDER BY id LIMIT ?"
        )
        query.setUncheckedArguments([level, mergedCount])
        try query.forEachRow(in: database) { row in
            heads.append(
                Head(
                    id: row.integer(at: 0) ?? 0,
                    slotBits: UInt64(row.integer(at: 1) ?? 0),
                    blockBits: UInt64(row.integer(at: 2) ?? 0),
                    hashBits: UInt64(row.integer(at: 3) ?? 0),
                    blocks: decode(row.bytes(at: 4))
                )
            )
            return true
        }
        guard heads.count == mergedCount else { return false }
        var merged = IdentitySegment(level: level + 1, blocks: [], entries: [])
        let slots = try database.cachedStatement(sql: "SELECT key, entries FROM segment_slot WHERE key BETWEEN ? AND ?")
        for head in heads {
            let first = merged.blocks.count
            merged.blocks += head.blocks
            merged.hashBits = min(merged.hashBits, Int(head.hashBits))
            let remainderBits = head.hashBits - head.slotBits
            slots.setUncheckedArguments([head.id << slotShift, head.id << slotShift | 0xff_ffff])
            try slots.forEachRow(in: database) { row in
                let slot = UInt64(row.integer(at: 0) ?? 0) & 0xff_ffff
                let bytes = UnsafeRawBufferPointer(row.bytes(at: 1))
                for index in stride(from: 0, to: bytes.count & ~3, by: 4) {
                    let word = UInt64(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt32.self)))
                    let known = slot << remainderBits | word >> head.blockBits
                    let block = Int(word & (1 << head.blockBits - 1))
                    merged.entries.append(Entry(hash: known << (64 - head.hashBits), block: first + block))
                }
                return true
            }
        }
        for head in heads { try remove(head.id, database) }
        try merged.save(database)
        return true
    }

    private static func remove(_ segment: Int64, _ database: Database) throws {
        try database.execute(
            sql: "DELETE FROM segment_slot WHERE key BETWEEN ? AND ?",
            arguments: [segment << slotShift, segment << slotShift | 0xff_ffff]
        )
        try database.execute(sql: "DELETE FROM segment WHERE id = ?", arguments: [segment])
    }

    /// Removes some slots of a segment, and the segment itself with the last of them.
    ///
    /// - Returns: True if the whole segment is removed.
    static func removePart(of segment: Int64, most: Int, _ database: Database) throws -> Bool {
        let keys = [segment << slotShift, segment << slotShift | 0xff_ffff]
        try database.execute(
            sql: """
                DELETE FROM segment_slot WHERE key IN
                (SELECT key FROM segment_slot WHERE key BETWEEN ? AND ? ORDER BY key LIMIT ?)
                """,
            arguments: [keys[0], keys[1], most]
        )
        guard database.changesCount < most else { return false }
        try database.execute(sql: "DELETE FROM segment WHERE id = ?", arguments: [segment])
        return true
    }

    /// Decodes the blocks of a segment.
    static func decode(_ source: UnsafeBufferPointer<UInt8>) -> [Block] {
        var bytes = VarintReader(source)
        var blocks: [Block] = []
        var first: Int64 = 0
        while bytes.hasMore {
            first &+= bytes.integer()
            let length = bytes.integer()
            guard bytes.isValid, length >= 0, first <= .max - length else { break }
            blocks.append(first...(first + length))
        }
        return blocks
    }
}

/// The hash of an identity in the index.
///
/// It is part of the file format: the UTF-8 text in words of 64 bits, mixed so that its first bits are as good as its last.
enum IdentityHash {
    /// Returns the hash of a text.
    static func hash(_ text: String) -> UInt64 {
        var text = text
        return text.withUTF8(hash(_:))
    }

    /// Returns the hash of a text's UTF-8 bytes.
    static func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
        // The last word is padded with zeros.
        let raw = UnsafeRawBufferPointer(bytes)
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325 ^ UInt64(truncatingIfNeeded: raw.count)
        var index = 0
        while index &+ 8 <= raw.count {
            hash =
                (hash ^ UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: index, as: UInt64.self)))
                &* 0xff51_afd7_ed55_8ccd
            hash ^= hash >> 32
            index &+= 8
        }
        var rest: UInt64 = 0
        var shift: UInt64 = 0
        while index < raw.count {
            rest |= UInt64(raw[index]) << shift
            shift &+= 8
            index &+= 1
        }
        hash = (hash ^ rest) &* 0xff51_afd7_ed55_8ccd
        hash ^= hash >> 32
        hash = hash &* 0x9e37_79b9_7f4a_7c15
        return hash ^ hash >> 29
    }
}
