import Logging
import OpenAIUsageTestKit

/// A log whose lines tests read.
struct CollectedLog: Sendable {
    /// A line, with its metadata in the order of their names.
    struct Line: Sendable, Equatable, CustomStringConvertible {
        var level: Logger.Level
        var message: String
        var metadata: [String: String]

        var description: String { "\(level) \(message) \(metadata.sorted { $0.key < $1.key })" }
    }

    private struct Handler: LogHandler {
        let lines: Watched<[Line]>
        let onLine: @Sendable () -> Void
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            onLine()
            let line = Line(
                level: event.level,
                message: event.message.description,
                metadata: (event.metadata ?? [:]).mapValues { $0.description }
            )
            lines.update { $0.append(line) }
        }
    }

    private let watched = Watched<[Line]>([])
    let logger: Logger

    /// Creates a log.
    ///
    /// - Parameter onLine: Called before each line, on the thread that writes it.
    init(onLine: @escaping @Sendable () -> Void = {}) {
        let watched = watched
        logger = Logger(label: "test") { _ in Handler(lines: watched, onLine: onLine) }
    }

    var lines: [Line] { watched.value }

    /// Waits until there are as many lines.
    @discardableResult
    func lines(_ count: Int) async throws -> [Line] {
        try await watched.wait(for: "\(count) lines") { $0.count >= count }
    }
}
