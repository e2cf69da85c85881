/// Shows the demonstration's progress, on a terminal only.
struct DemoProgress: Sendable {
    let total: Int

    /// Shows the number of finished calls.
    func show(_ count: Int) {
        guard StandardError.isTerminal, count % 10 == 0 || count == total else { return }
        StandardError.put("\r\(count) of \(total) calls\(count == total ? "\r\u{1b}[K" : "")")
    }
}
