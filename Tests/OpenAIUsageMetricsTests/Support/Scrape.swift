import OpenAIUsage
import Testing

@testable import OpenAIUsageMetrics

/// A text in one of the formats, taken apart strictly; what breaks a rule is a recorded issue.
struct Scrape {
    /// The values by series, as they are written.
    private(set) var values: [String: String] = [:]
    /// The series in the order in which they stand.
    private(set) var order: [String] = []
    /// The kind of each family, by the name in its metadata.
    private(set) var kinds: [String: String] = [:]
    /// The exemplars by series, as they are written.
    private(set) var exemplars: [String: String] = [:]
    let text: String

    init(_ body: [UInt8], openMetrics: Bool = false, sourceLocation: SourceLocation = #_sourceLocation) {
        text = String(decoding: body, as: UTF8.self)
        #expect(text.utf8.last == UInt8(ascii: "\n"), sourceLocation: sourceLocation)
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        if openMetrics {
            #expect(lines.last == "# EOF", sourceLocation: sourceLocation)
            lines = lines.dropLast()
        }
        for line in lines {
            #expect(!line.isEmpty, sourceLocation: sourceLocation)
            if line.hasPrefix("# ") {
                let words = line.split(separator: " ", maxSplits: 3)
                if words.count == 4, words[1] == "TYPE" { kinds[String(words[2])] = String(words[3]) }
                continue
            }
            let (series, rest) = Self.split(line)
            let parts = rest.split(separator: " # ", maxSplits: 1)
            #expect(values[series] == nil, "\(series) stands there twice", sourceLocation: sourceLocation)
            values[series] = parts.first.map(String.init)
            if parts.count > 1 { exemplars[series] = String(parts[1]) }
            order.append(series)
        }
    }

    init(_ metrics: UsageMetrics, sourceLocation: SourceLocation = #_sourceLocation) {
        self.init(metrics.registry.exposition(.text), sourceLocation: sourceLocation)
    }

    subscript(series: String) -> String? { values["oai_usage_" + series] }

    /// The names of all series, without labels.
    var names: Set<String> { Set(order.map(Self.name)) }

    /// How many series a name has.
    func count(_ name: String) -> Int {
        order.count { Self.name($0) == "oai_usage_" + name }
    }

    /// The sum of the values of a name.
    func sum(_ name: String) -> Double {
        order.filter { Self.name($0) == "oai_usage_" + name }.reduce(0) {
            $0 + (values[$1].flatMap(Double.init) ?? .nan)
        }
    }

    /// The values of one label in the series of a name.
    func labels(_ label: String, of name: String) -> Set<String> {
        Set(
            order.filter { Self.name($0) == "oai_usage_" + name }.compactMap { series in
                series.split(separator: "\(label)=\"", maxSplits: 1).dropFirst().first?
                    .split(separator: "\"", maxSplits: 1, omittingEmptySubsequences: false).first.map(String.init)
            }
        )
    }

    private static func name(_ series: String) -> String { String(series.prefix { $0 != "{" }) }

    /// Splits a line behind its labels, whose values may hold blanks and braces.
    private static func split(_ line: Substring) -> (String, Substring) {
        var isQuoted = false
        var isEscaped = false
        var index = line.startIndex
        while index < line.endIndex {
            let byte = line.utf8[index]
            if isEscaped {
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: "\"") {
                isQuoted.toggle()
            } else if byte == UInt8(ascii: " "), !isQuoted {
                break
            }
            line.utf8.formIndex(after: &index)
        }
        return (String(line[..<index]), line[index...].dropFirst())
    }
}
