/// A text that is not JSON.
struct JSONParserError: Error, CustomStringConvertible {
    /// The byte where the text stops being JSON.
    var offset: Int
    /// What is wrong there.
    var problem: String

    /// What is wrong, and where.
    var description: String {
        "\(problem) at byte \(offset)"
    }
}
