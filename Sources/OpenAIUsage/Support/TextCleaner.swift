/// The cleaning of external text: names of projects, models, tags, errors and identities.
///
/// Clean text looks the same in a terminal, a table, a label and a file: it has no control characters (C0, DEL, C1), no
/// line or paragraph separators (U+2028, U+2029), no bidirectional marks, embeddings, overrides or isolates (U+061C,
/// U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069), no byte-order mark and no spaces around it. It is valid UTF-8,
/// since invalid bytes were repaired when it was decoded.
package enum TextCleaner {
    /// The default limit of a value, in bytes.
    package static let maximumLength = 256

    /// Cleans a text.
    ///
    /// - Parameters:
    ///   - value: The text.
    ///   - maximumLength: The longest result in bytes of UTF-8; a longer one is truncated after a whole character.
    /// - Returns: The clean text; `nil` if nothing is left.
    package static func clean(_ value: String?, maximumLength: Int = maximumLength) -> String? {
        guard let value else { return nil }
        let isUnchanged = value.utf8.withContiguousStorageIfAvailable { isFit($0, maximumLength) }
        if isUnchanged == true { return value.isEmpty ? nil : value }
        var text = removingUnsafe(from: value)[...]
        while text.first == " " { text = text.dropFirst() }
        text = text.prefix(utf8Length: maximumLength)
        while text.last == " " { text = text.dropLast() }
        return text.isEmpty ? nil : String(text)
    }

    /// The text without the scalars that are not allowed in clean text; surrounding spaces and length are unchanged.
    package static func removingUnsafe(from value: some StringProtocol) -> String {
        String(String.UnicodeScalarView(value.unicodeScalars.filter { !isUnsafe($0) }))
    }

    private static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7f...0x9f, 0x061c, 0x200e, 0x200f, 0x2028...0x202e, 0x2066...0x2069, 0xfeff: true
        default: false
        }
    }

    /// True if a text is short enough, has no spaces around it, and cannot contain anything unsafe.
    private static func isFit(_ bytes: UnsafeBufferPointer<UInt8>, _ maximumLength: Int) -> Bool {
        guard let first = bytes.first, let last = bytes.last else { return true }
        guard bytes.count <= maximumLength, first != 0x20, last != 0x20 else { return false }
        // In UTF-8 the unsafe scalars beyond ASCII begin with 0xC2, 0xD8, 0xE2 or 0xEF, as others do. The loop has no
        // early exit, so that it is vectorized.
        var found: UInt8 = 0
        for byte in bytes {
            found |= (byte < 0x20 ? 1 : 0) | (byte == 0x7f ? 1 : 0) | (byte == 0xc2 ? 1 : 0)
            found |= (byte == 0xd8 ? 1 : 0) | (byte == 0xe2 ? 1 : 0) | (byte == 0xef ? 1 : 0)
        }
        return found == 0
    }
}
