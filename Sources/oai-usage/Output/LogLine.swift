import ArgumentParser
import Foundation
import Logging
import OpenAIUsage
import OpenAIUsageGateway
import OpenAIUsageLedger

/// The output formats of a log.
enum LogFormat: String, ExpressibleByArgument, CaseIterable {
    /// Text on a terminal, otherwise JSON.
    case auto
    /// Lines for people.
    case text
    /// One JSON object per line.
    case json

    /// Replaces ``auto`` by the format for the output.
    func resolved(isTerminal: Bool) -> LogFormat {
        self == .auto ? (isTerminal ? .text : .json) : self
    }
}

/// A log line as a value.
struct LogLine {
    /// The time, in microseconds since 1970.
    var time: Int64
    var level: Logger.Level
    var logger: String
    var message: String
    var metadata: Logger.Metadata = [:]

    private static let reserved: Set<String> = ["time", "level", "logger", "message"]

    /// The time with a resolution of milliseconds.
    private var timestamp: String { TimestampText.utc(time).dropLast(4) + "Z" }
    private var fields: [(key: String, value: Logger.MetadataValue)] { metadata.sorted { $0.key < $1.key } }

    /// The line as one JSON object.
    var json: String {
        var members = [
            ("time", LogText.json(timestamp)), ("level", LogText.json(level.rawValue)),
            ("logger", LogText.json(logger)),
            ("message", LogText.json(message)),
        ]
        members += fields.map { (Self.reserved.contains($0.key) ? $0.key + "_" : $0.key, Self.json($0.value)) }
        return "{" + members.map { "\(LogText.json($0.0)):\($0.1)" }.joined(separator: ",") + "}"
    }

    /// Formats the line for people: `2026-11-29T10:15:01.123Z warning A call failed. error_code=upstream_unreachable`.
    ///
    /// - Parameter isColored: True to color the level.
    /// - Returns: The line, without a line break.
    func text(isColored: Bool) -> String {
        var text = "\(timestamp) \(isColored ? Self.colored(level) : level.rawValue) \(LogText.plain(message))"
        for (key, value) in fields { text += " \(LogText.plain(key))=\(Self.text(value))" }
        return text
    }

    private static func colored(_ level: Logger.Level) -> String {
        let style: StyledLine.Style =
            switch level {
            case .critical, .error: .red
            case .warning: .yellow
            case .notice, .info: .cyan
            case .debug, .trace: .dim
            }
        return style.text(level.rawValue, isColored: true)
    }

    private static func json(_ value: Logger.MetadataValue) -> String {
        switch value {
        case .stringConvertible(let number as any FixedWidthInteger): "\(number)"
        case .string(let text): LogText.json(text)
        case .stringConvertible(let value): LogText.json(value.description)
        case .array(let values): "[" + values.map(json).joined(separator: ",") + "]"
        case .dictionary(let values):
            "{"
                + values.sorted { $0.key < $1.key }.map { "\(LogText.json($0.key)):\(json($0.value))" }
                .joined(separator: ",") + "}"
        }
    }

    private static func text(_ value: Logger.MetadataValue) -> String {
        let text = value.description
        let plain = LogText.plain(text)
        let isWord =
            !text.isEmpty && text.utf8.allSatisfy { $0 > 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "=") }
        return isWord ? plain : "\"\(plain.replacing("\"", with: #"\""#))\""
    }
}
