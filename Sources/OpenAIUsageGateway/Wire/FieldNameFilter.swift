/// A fast membership test for field names, with false positives but no false negatives.
struct FieldNameFilter: Sendable {
    /// The first and the last letters of the names, one bit each, by the length of the name.
    private var letters: [(first: UInt64, last: UInt64)] = Array(repeating: (0, 0), count: 64)

    /// - Parameter names: The names in lower case, each shorter than 64 bytes.
    init(_ names: some Sequence<String>) {
        for name in names {
            guard let first = name.utf8.first, let last = name.utf8.last, name.utf8.count < letters.count else {
                continue
            }
            letters[name.utf8.count].first |= Self.bit(first)
            letters[name.utf8.count].last |= Self.bit(last)
        }
    }

    /// Tests the length, the first and the last letter of a name.
    ///
    /// - Parameters:
    ///   - base: The head's bytes.
    ///   - name: The range of the name, which is not empty.
    /// - Returns: False if the name is not one of the list.
    @inline(__always)
    func mayContain(_ base: UnsafeRawPointer, _ name: Range<Int>) -> Bool {
        guard name.count < letters.count else { return false }
        let (first, last) = letters[name.count]
        return first & Self.bit(Octets.lowercased(Octets.byte(base, name.lowerBound))) != 0
            && last & Self.bit(Octets.lowercased(Octets.byte(base, name.upperBound - 1))) != 0
    }

    @inline(__always)
    private static func bit(_ letter: UInt8) -> UInt64 { 1 << UInt64(letter & 0x3f) }
}
