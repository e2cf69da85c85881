/// Emphasis for people: plain text where colors are not wanted.
struct TextStyle {
    /// True if escape sequences are written.
    var isColored: Bool

    /// Headings and totals.
    func bold(_ text: String) -> String { styled(text, 1) }
    /// Errors and problems.
    func red(_ text: String) -> String { styled(text, 31) }
    /// What deserves attention, such as calls without a price.
    func yellow(_ text: String) -> String { styled(text, 33) }
    /// What is in order.
    func green(_ text: String) -> String { styled(text, 32) }

    private func styled(_ text: String, _ code: Int) -> String {
        isColored && !text.isEmpty ? "\u{1b}[\(code)m\(text)\u{1b}[0m" : text
    }
}
