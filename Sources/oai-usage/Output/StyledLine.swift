import OpenAIUsage

/// A line of a terminal, in spans of one style each.
struct StyledLine: Equatable {
    /// The appearance of a span.
    enum Style: String {
        case plain = ""
        case bold = "1"
        case dim = "2"
        case red = "31"
        case green = "32"
        case yellow = "33"
        case cyan = "36"
        case reverse = "7"

        /// Returns text with escape sequences for the style, or plain where they are not wanted.
        func text(_ text: String, isColored: Bool) -> String {
            isColored && self != .plain && !text.isEmpty ? "\u{1b}[\(rawValue)m\(text)\u{1b}[0m" : text
        }
    }

    /// Text of one style.
    struct Span: Equatable {
        var text: String
        var style: Style
    }

    private(set) var spans: [Span] = []

    /// Creates a line.
    init(_ text: String = "", _ style: Style = .plain) {
        append(text, style)
    }

    /// Appends text.
    mutating func append(_ text: String, _ style: Style = .plain) {
        if !text.isEmpty { spans.append(Span(text: text, style: style)) }
    }

    /// Appends the spans of another line.
    mutating func append(_ line: StyledLine) { spans += line.spans }

    /// The text without styles.
    var plain: String { spans.map(\.text).joined() }

    /// The number of terminal cells that the line occupies.
    var width: Int { spans.reduce(0) { $0 + DisplayWidth.of($1.text) } }

    /// Returns the line cut off at a number of cells.
    func cut(to width: Int) -> StyledLine {
        var line = StyledLine()
        var rest = width
        for span in spans where rest > 0 {
            let text = TextFit.prefix(span.text, width: rest)
            line.append(text, span.style)
            rest -= DisplayWidth.of(text)
            if text.utf8.count < span.text.utf8.count { break }
        }
        return line
    }

    /// Returns the line padded with blanks to a number of cells.
    func padded(to width: Int) -> StyledLine {
        var line = self
        line.append(String(repeating: " ", count: max(0, width - self.width)))
        return line
    }

    /// Returns the line with escape sequences for its styles, or its plain text.
    func text(isColored: Bool) -> String {
        spans.map { $0.style.text($0.text, isColored: isColored) }.joined()
    }
}

/// The fitting of text into a number of terminal cells.
enum TextFit {
    /// Returns text that is safe for a terminal: without control characters, escape sequences and marks of direction.
    static func clean(_ text: String?) -> String { TextCleaner.clean(text) ?? "-" }

    /// Returns the longest beginning of a text that fits.
    static func prefix(_ text: String, width: Int) -> String {
        guard DisplayWidth.of(text) > width else { return text }
        var (result, rest) = ("", width)
        for character in text {
            let cells = DisplayWidth.of(String(character))
            guard cells <= rest else { break }
            result.append(character)
            rest -= cells
        }
        return result
    }

    /// Returns the text, shortened at its end or in the middle if it does not fit.
    static func shortened(_ text: String, width: Int, keepsStart: Bool = false) -> String {
        guard keepsStart, width > 1, DisplayWidth.of(text) > width else {
            return DisplayWidth.shortened(text, to: width)
        }
        return prefix(text, width: width - 1) + "…"
    }
}
