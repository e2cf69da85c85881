/// A quick look at whether a field's name may be one of a list, which it is not for nearly all that are looked at.
struct FieldNameFilter: Sendable {
    /// The first letters of the names, one bit each, by the length of the name.
    private var letters: [UInt64] = Array(repeating: 0, count: 64)

    /// - Parameter names: The names in lower case, each shorter than 64 bytes.
    init(_ names: some Sequence<String>) {
        for name in names {
            guard let first = name.utf8.first, name.utf8.count < letters.count else { continue }
            letters[name.utf8.count] |= Self.bit(first)
        }
    }

    /// False if the name is none of the list.
    func mayContain(_ name: Range<Int>, in head: some MessageHead) -> Bool {
        guard name.count < letters.count, letters[name.count] != 0 else { return false }
        let first = head.withBytes(name.lowerBound..<name.lowerBound + 1) { $0.first ?? 0 }
        return letters[name.count] & Self.bit(Octets.lowercased(first)) != 0
    }

    private static func bit(_ letter: UInt8) -> UInt64 { 1 << UInt64(letter & 0x3f) }
}
