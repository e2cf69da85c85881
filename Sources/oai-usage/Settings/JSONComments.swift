/// Comments and trailing commas in JSON: `//` to the end of the line, `/* */`, and a comma before `}` or `]`.
enum JSONComments {
    /// A comment that does not end.
    struct Unterminated: Error, Equatable {
        /// The number of scalars before the comment.
        var offset: Int
    }

    /// Returns the text with blanks in place of comments and trailing commas, so that every position stays.
    ///
    /// Strings are left alone. A comma without a value before it stays, and so does a slash that begins no comment: they
    /// are errors that the parser reports.
    ///
    /// - Throws: An ``Unterminated`` for a `/*` without a `*/`.
    static func blanked(_ text: String) throws(Unterminated) -> String {
        var scalars = Array(text.unicodeScalars)
        // A byte order mark is not a part of the text, and some editors write it.
        if scalars.first == "\u{feff}" { scalars[0] = " " }
        var index = 0
        // The comma that is trailing if a bracket follows, and the last scalar of a token.
        var comma: Int?
        var last: Unicode.Scalar?
        while index < scalars.count {
            let scalar = scalars[index]
            let next = index + 1 < scalars.count ? scalars[index + 1] : nil
            switch (scalar, next) {
            case ("\"", _):
                index = endOfString(scalars, from: index)
                (comma, last) = (nil, scalar)
            case ("/", "/"):
                while index < scalars.count, scalars[index] != "\n", scalars[index] != "\r" {
                    scalars[index] = " "
                    index += 1
                }
            case ("/", "*"):
                index = try blankBlock(&scalars, from: index)
            case (",", _):
                comma = last.map { !"[{,:".unicodeScalars.contains($0) } == true ? index : nil
                last = scalar
                index += 1
            case ("}", _), ("]", _):
                if let comma { scalars[comma] = " " }
                (comma, last) = (nil, scalar)
                index += 1
            default:
                if !scalar.properties.isWhitespace { (comma, last) = (nil, scalar) }
                index += 1
            }
        }
        var blanked = String.UnicodeScalarView()
        blanked.append(contentsOf: scalars)
        return String(blanked)
    }

    /// Returns the index after a string's closing quote.
    private static func endOfString(_ scalars: [Unicode.Scalar], from start: Int) -> Int {
        var index = start + 1
        while index < scalars.count, scalars[index] != "\"" {
            index += scalars[index] == "\\" ? 2 : 1
        }
        return min(index + 1, scalars.count)
    }

    /// Blanks a block comment but for its line breaks, and returns the index after it.
    private static func blankBlock(_ scalars: inout [Unicode.Scalar], from start: Int) throws(Unterminated) -> Int {
        var index = start + 2
        while index + 1 < scalars.count, scalars[index] != "*" || scalars[index + 1] != "/" { index += 1 }
        guard index + 1 < scalars.count else { throw Unterminated(offset: start) }
        for blank in start...(index + 1) where scalars[blank] != "\n" && scalars[blank] != "\r" {
            scalars[blank] = " "
        }
        return index + 2
    }
}
