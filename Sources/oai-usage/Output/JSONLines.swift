import Foundation
import Logging
import OpenAIUsageLedger

/// A log on the standard error, one JSON object a line.
struct JSONLines: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level
    private let label: String

    static func logger(label: String, level: Logger.Level) -> Logger {
        Logger(label: label) { JSONLines(logLevel: level, label: $0) }
    }

    private init(logLevel: Logger.Level, label: String) {
        self.logLevel = logLevel
        self.label = label
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var fields: [(String, String)] = [
            ("time", Date.now.ISO8601Format(.iso8601(timeZone: .gmt, includingFractionalSeconds: true))),
            ("level", event.level.rawValue), ("logger", label), ("message", event.message.description),
        ]
        let all = metadata.merging(event.metadata ?? [:]) { $1 }
        for (key, value) in all.sorted(by: { $0.key < $1.key }) { fields.append((key, value.description)) }
        let members = fields.map { "\(Self.quoted($0.0)):\(Self.quoted($0.1))" }
        LogWriter.standardError.write("{\(members.joined(separator: ","))}")
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
