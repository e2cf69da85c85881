/// A pattern of a filter: a text in which `*` stands for any characters and `?` for one.
package struct Glob: Sendable, Hashable, CustomStringConvertible {
    /// The pattern.
    package let text: String
    /// True if the pattern has a wildcard; other patterns match themselves only.
    package let isPattern: Bool

    /// Creates a pattern.
    package init(_ text: String) {
        self.text = text
        isPattern = text.utf8.contains { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") }
    }

    package var description: String { text }

    /// True if a text matches as a whole, case included.
    package func matches(_ candidate: String) -> Bool {
        guard isPattern else { return candidate == text }
        return Self.matches(Array(text.unicodeScalars)[...], Array(candidate.unicodeScalars)[...])
    }

    /// Matches in time linear in the product of both lengths, whatever the number of wildcards.
    private static func matches(
        _ pattern: ArraySlice<Unicode.Scalar>,
        _ text: ArraySlice<Unicode.Scalar>
    ) -> Bool {
        var (place, position) = (pattern.startIndex, text.startIndex)
        var retry: (place: Int, position: Int)?
        while position < text.endIndex {
            if place < pattern.endIndex, pattern[place] == "*" {
                retry = (place + 1, position)
                place += 1
            } else if place < pattern.endIndex, pattern[place] == "?" || pattern[place] == text[position] {
                place += 1
                position += 1
            } else if let last = retry {
                // The last `*` takes one more character.
                retry = (last.place, last.position + 1)
                (place, position) = (last.place, last.position + 1)
            } else {
                return false
            }
        }
        return pattern[place...].allSatisfy { $0 == "*" }
    }
}
