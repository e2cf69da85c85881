/// A hash table from the names of header fields to their kinds, since every field of every head is looked up.
struct HeaderNameMap<Kind: Sendable>: Sendable {
    private struct Slot: Sendable {
        var name: String
        var kind: Kind
    }

    private let slots: [Slot?]
    private let mask: Int
    /// The names, in lower case.
    let names: [String]

    /// - Parameter kinds: The kinds by name in lower case.
    init(_ kinds: KeyValuePairs<String, Kind>) {
        // At most a quarter full, so that most unknown names meet an empty slot.
        var size = 16
        while size < kinds.count * 4 { size *= 2 }
        var slots = [Slot?](repeating: nil, count: size)
        for (name, kind) in kinds {
            var place = Self.hash(name) & (size - 1)
            while slots[place] != nil { place = (place + 1) & (size - 1) }
            slots[place] = Slot(name: name, kind: kind)
        }
        self.slots = slots
        mask = size - 1
        names = kinds.map(\.key)
    }

    /// The kind of a name in lower case; `nil` if it is unknown.
    subscript(name: String) -> Kind? {
        var place = Self.hash(name) & mask
        while let slot = slots[place] {
            if slot.name == name { return slot.kind }
            place = (place &+ 1) & mask
        }
        return nil
    }

    /// Mixes the length and four bytes that differ in names with a common prefix.
    private static func hash(_ name: String) -> Int {
        let hash = name.utf8.withContiguousStorageIfAvailable { bytes -> UInt in
            let count = bytes.count
            guard count > 0 else { return 0 }
            let edges = UInt(bytes[0]) | UInt(bytes[count &- 1]) << 8
            let middle = UInt(bytes[count / 2]) << 16 | UInt(bytes[count / 3]) << 24
            return ((edges | middle) &+ UInt(count) << 32) &* 0x9e37_79b9_7f4a_7c15
        }
        // A bridged string has no contiguous bytes until it is copied.
        guard let hash else { return self.hash(String(decoding: Array(name.utf8), as: UTF8.self)) }
        return Int(truncatingIfNeeded: hash >> 40)
    }
}
