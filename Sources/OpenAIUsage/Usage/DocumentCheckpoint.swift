import CByteScan

/// Where the scan of a document stands behind a start that the documents of a stream have in common.
///
/// The events of a stream begin with the same hundred bytes or two: ids, the model, names of members. A document that
/// begins with the very same bytes goes on from the place that they led to.
struct DocumentCheckpoint: Sendable {
    /// The longest start that is remembered.
    static let maximumLength = 512
    /// The shortest start that is worth it.
    static let minimumLength = 24

    /// The start of a document that was scanned from its first byte.
    private var start: [UInt8] = []
    /// How much of it leads to the place; 0 if there is none.
    private(set) var length = 0
    private(set) var place = JSONScanner.Place()
    private(set) var hasContent = false
    private(set) var usagePresence = ResponseFacts.Presence.absent
    private(set) var errorPresence = ResponseFacts.Presence.absent
    /// Whether the next document that begins with the start may move the place on, which is tried once.
    private(set) var mayMove = false

    /// Whether a document begins with the start that leads to the place.
    func stands(before bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        length > 0 && bytes.count >= length && commonLength(bytes, limit: length) == length
    }

    /// How much of a document is likely to be what later ones begin with too: up to the last mark of structure in what it
    /// has in common with the start.
    func stableLength(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
        var length = commonLength(bytes, limit: min(start.count, bytes.count))
        while length > 0 {
            switch bytes[length - 1] {
            case UInt8(ascii: ","), UInt8(ascii: ":"), UInt8(ascii: "{"), UInt8(ascii: "["): return length
            default: length -= 1
            }
        }
        return 0
    }

    private func commonLength(_ bytes: UnsafeBufferPointer<UInt8>, limit: Int) -> Int {
        guard limit > 0, let base = bytes.baseAddress else { return 0 }
        return start.withUnsafeBufferPointer { start in
            start.baseAddress.map { cbytescan_common_length($0, base, limit) } ?? 0
        }
    }

    /// Remembers the start of a document, which leads nowhere yet.
    mutating func remember(_ bytes: UnsafeBufferPointer<UInt8>) {
        length = 0
        start.removeAll(keepingCapacity: true)
        start.append(contentsOf: bytes.prefix(Self.maximumLength))
    }

    /// Sets the place that so much of the start leads to, and what the facts are there.
    mutating func set(_ place: JSONScanner.Place, at length: Int, facts: borrowing ResponseFacts, mayMove: Bool) {
        self.place = place
        self.length = length
        self.mayMove = mayMove
        hasContent = facts.hasContent
        usagePresence = facts.usagePresence
        errorPresence = facts.errorPresence
    }

    mutating func stay() {
        mayMove = false
    }
}
