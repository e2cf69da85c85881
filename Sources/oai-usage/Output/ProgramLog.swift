import Foundation
import Logging
import OpenAIUsage
import OpenAIUsageGateway

/// The program's log on stderr.
///
/// Lines are written asynchronously, each with a single call of the output.
struct ProgramLog: Sendable {
    /// The log of commands without log settings.
    static let standard = ProgramLog(format: .auto)

    private static let label = "oai-usage"

    /// The format; never ``LogFormat/auto``.
    let format: LogFormat
    private let isColored: Bool
    private let writer: LogWriter

    /// Creates a log.
    ///
    /// - Parameters:
    ///   - format: The format.
    ///   - output: Writes a line; may block.
    init(format: LogFormat, output: @escaping @Sendable (String) -> Void = { StandardError.put($0 + "\n") }) {
        let format = format.resolved(isTerminal: StandardError.isTerminal)
        let isColored = format == .text && Terminal.isColored(StandardError.isTerminal)
        self.format = format
        self.isColored = isColored
        writer = LogWriter(capacity: 1_024) { lost in
            let line = LogLine(
                time: SystemUsageClock().wallMicroseconds,
                level: .warning,
                logger: Self.label,
                message: "Lines of the log were dropped, because nobody reads it.",
                metadata: ["lost": .stringConvertible(lost)]
            )
            return format == .json ? line.json : line.text(isColored: isColored)
        } output: {
            output($0)
        }
    }

    /// Returns a logger that writes to the log.
    func logger(level: Logger.Level) -> Logger {
        Logger(label: Self.label) { _ in ProgramLogHandler(log: self, logLevel: level) }
    }

    /// Logs what the program does regardless of the log level: as plain text, or as a JSON line.
    func say(_ message: String, level: Logger.Level = .info) {
        guard format == .json else { return writer.write(LogText.plain(message)) }
        write(level, message, [:])
    }

    /// Sets the closure that is called for every dropped line.
    func observeLoss(_ observer: @escaping @Sendable () -> Void) { writer.observeLoss(observer) }

    /// Waits until all lines enqueued before are written, at most one second.
    func flush() { writer.flush() }

    fileprivate func write(_ level: Logger.Level, _ message: String, _ metadata: Logger.Metadata) {
        let line = LogLine(
            time: SystemUsageClock().wallMicroseconds,
            level: level,
            logger: Self.label,
            message: message,
            metadata: metadata
        )
        writer.write(format == .json ? line.json : line.text(isColored: isColored))
    }
}

/// A log handler that writes to a ``ProgramLog``.
private struct ProgramLogHandler: LogHandler {
    let log: ProgramLog
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level

    init(log: ProgramLog, logLevel: Logger.Level) {
        self.log = log
        self.logLevel = logLevel
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let all = event.metadata.map { metadata.merging($0) { $1 } } ?? metadata
        log.write(event.level, event.message.description, all)
    }
}
