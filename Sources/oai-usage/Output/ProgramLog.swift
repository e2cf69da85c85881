import Foundation
import Logging
import OpenAIUsage
import OpenAIUsageGateway

/// The log of the program on the standard error.
///
/// Every line is one write, on a thread of its own.
struct ProgramLog: Sendable {
    /// The log of commands that have no setting for it.
    static let standard = ProgramLog(format: .auto)

    private static let label = "oai-usage"

    /// The format, which is not `auto`.
    let format: LogFormat
    private let isColored: Bool
    private let writer: LogWriter

    /// Creates a log.
    ///
    /// - Parameters:
    ///   - format: The format.
    ///   - output: Writes a line; it may block.
    init(format: LogFormat, output: @escaping @Sendable (String) -> Void = { StandardError.write($0) }) {
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

    /// A logger that writes to the log.
    func logger(level: Logger.Level) -> Logger {
        Logger(label: Self.label) { _ in ProgramLogHandler(log: self, logLevel: level) }
    }

    /// Says what the program does, whatever the level: to a person as it is, else as a line of the log.
    func say(_ message: String, level: Logger.Level = .info) {
        guard format == .json else { return writer.write(LogText.plain(message)) }
        write(level, message, [:])
    }

    /// Calls back for every line that is dropped.
    func observeLoss(_ observer: @escaping @Sendable () -> Void) { writer.observeLoss(observer) }

    /// Waits until the lines are written that were handed over before, or for a second.
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

/// Writes what loggers are told to a ``ProgramLog``.
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
