/// Shows how far the demo is, on a terminal only.
struct DemoProgress: Sendable {
    let total: Int

    /// Shows how many calls have ended.
    func show(_ count: Int) {
        guard StandardError.isTerminal, count % 10 == 0 || count == total else { return }
        StandardError.put("\r\(count) of \(total) calls\(count == total ? "\r\u{1b}[K" : "")")
    }
}
