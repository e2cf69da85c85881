import Foundation
import Logging
import OpenAIUsagePricing
import Synchronization
import Testing

@testable import oai_usage

struct LogLineTests {
    private let line = LogLine(
        time: 1_795_947_301_123_999,
        level: .warning,
        logger: "oai-usage",
        message: "A call failed.",
        metadata: [
            "error_code": "upstream_unreachable", "repeated": .stringConvertible(1_234), "level": "x",
            "list": ["a", .stringConvertible(2)], "endpoint": "chat.completions",
        ]
    )

    @Test
    func `A line for a person has its time in UTC, and no color unless it may`() {
        let fields =
            #"endpoint=chat.completions error_code=upstream_unreachable level=x list="[\"a\", \"2\"]" repeated=1234"#
        #expect(line.text(isColored: false) == "2026-11-29T10:15:01.123Z warning A call failed. \(fields)")
        #expect(line.text(isColored: true).contains(" \u{1b}[33mwarning\u{1b}[0m A call"))
    }

    @Test
    func `A line of JSON is one object with numbers as numbers, and no name twice`() throws {
        let document = try JSONDocument(parsing: line.json)
        #expect(document.duplicates.isEmpty)
        #expect(document.root.value["time"]?.string == "2026-11-29T10:15:01.123Z")
        #expect(document.root.value["level"]?.string == "warning" && document.root.value["level_"]?.string == "x")
        #expect(line.json.contains(#""repeated":1234"#) && line.json.contains(#""list":["a",2]"#))
    }

    @Test(arguments: ["a\nb", "\u{1b}[2J", "a\" b=c", "", "\r", "\u{9b}31m", "\u{202e}x"])
    func `What others wrote stays within its line`(text: String) throws {
        var line = line
        line.message = text
        line.metadata = ["key": "\(text)", "\(text)": "x"]
        for written in [line.json, line.text(isColored: false)] {
            #expect(written.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7f...0x9f).contains($0.value) })
            #expect(!written.contains("\u{202e}"))
        }
        #expect(try JSONDocument(parsing: line.json).root.value["key"]?.string == text)
    }

    @Test
    func `The format follows the terminal unless it is said`() {
        #expect(
            LogFormat.auto.resolved(isTerminal: true) == .text && LogFormat.auto.resolved(isTerminal: false) == .json
        )
        #expect(
            LogFormat.text.resolved(isTerminal: false) == .text && LogFormat.json.resolved(isTerminal: true) == .json
        )
    }

    @Test(arguments: [LogFormat.json, .text])
    func `All that the program says is in the format`(format: LogFormat) throws {
        let lines = Mutex<[String]>([])
        let log = ProgramLog(format: format) { line in lines.withLock { $0.append(line) } }
        log.say("gateway: listening on http://127.0.0.1:1")
        log.logger(level: .info).info("Something.", metadata: ["a": "b"])
        log.logger(level: .warning).info("Nothing.")
        log.flush()
        let written = lines.withLock { $0 }
        try #require(written.count == 2)
        for line in written {
            #expect((try? JSONDocument(parsing: line)) != nil || format == .text)
        }
        #expect(
            format == .json
                || (written[0] == "gateway: listening on http://127.0.0.1:1" && written[1].hasSuffix("Something. a=b"))
        )
    }
}
