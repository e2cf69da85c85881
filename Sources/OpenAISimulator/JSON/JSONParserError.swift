/// The error of a text that is not JSON.
struct JSONParserError: Error, CustomStringConvertible {
    /// The offset of the byte where the text stops being JSON.
    var offset: Int
    /// The problem at that byte.
    var problem: String

    /// The problem and its offset.
    var description: String {
        "\(problem) at byte \(offset)"
    }
}
