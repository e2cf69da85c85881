import Testing

/// A text of metrics, taken apart by the rules of its format; what breaks one is kept in ``problems``.
struct ParsedExposition {
    /// A series' name and labels.
    struct Series: Hashable {
        var name: String
        var labels: [String: String]
    }

    private(set) var values: [Series: Double] = [:]
    /// The kind of each family, by its name without `_total`.
    private(set) var kinds: [String: String] = [:]
    private(set) var problems: [String] = []
    private var finished: Set<String> = []
    private var family: (name: String, plain: String, kind: String, lines: Int)?
    private let isOpenMetrics: Bool

    init(_ body: [UInt8], openMetrics: Bool) {
        isOpenMetrics = openMetrics
        let text = String(decoding: body, as: UTF8.self)
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        if lines.popLast() != "" { problems.append("no newline at the end") }
        if openMetrics, lines.popLast() != "# EOF" { problems.append("no end marker") }
        for line in lines { read(line) }
        checkHistograms()
        checkNames()
    }

    /// The value of a series.
    subscript(name: String, labels: [String: String]) -> Double? { values[Series(name: name, labels: labels)] }

    /// How many series have the name.
    func count(_ name: String) -> Int { values.keys.count { $0.name == name } }

    /// The sum of all series with the name.
    func sum(_ name: String) -> Double { values.reduce(0) { $0 + ($1.key.name == name ? $1.value : 0) } }

    private mutating func read(_ line: Substring) {
        guard line.hasPrefix("#") else { return readSample(line) }
        let words = line.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false)
        guard words.count == 4, words[0] == "#" else { return problems.append("comment: \(line)") }
        let name = String(words[2])
        switch words[1] {
        case "TYPE":
            begin(name)
            let kind = String(words[3])
            // The text format names the series of a counter, OpenMetrics the family.
            let isTotal = kind == "counter" && !isOpenMetrics
            if isTotal, !name.hasSuffix("_total") { problems.append("total: \(line)") }
            let plain = isTotal && name.hasSuffix("_total") ? String(name.dropLast(6)) : name
            if kinds.updateValue(kind, forKey: plain) != nil { problems.append("two types: \(name)") }
            family?.kind = kind
            family?.plain = plain
        case "HELP":
            begin(name)
            if words[3].isEmpty { problems.append("no help: \(name)") }
        case "UNIT":
            begin(name)
            if !isOpenMetrics || !name.hasSuffix("_" + words[3]) { problems.append("unit: \(line)") }
        default: problems.append("comment: \(line)")
        }
    }

    private mutating func begin(_ name: String) {
        guard family?.name != name else {
            if family?.lines != 0 { problems.append("metadata behind a sample: \(name)") }
            return
        }
        if let family { finished.insert(family.name) }
        if finished.contains(name) { problems.append("apart: \(name)") }
        family = (name, name, "", 0)
    }

    private mutating func readSample(_ line: Substring) {
        guard let family else { return problems.append("no type: \(line)") }
        self.family?.lines += 1
        let name = String(line.prefix { $0 != "{" && $0 != " " })
        var rest = line.dropFirst(name.count)
        var labels: [String: String] = [:]
        if rest.hasPrefix("{") { readLabels(&rest, into: &labels, line) }
        let suffixes = ["counter": ["_total"], "gauge": [""], "histogram": ["_bucket", "_sum", "_count"]]
        if suffixes[family.kind]?.contains(where: { family.plain + $0 == name }) != true {
            problems.append("not of \(family.name): \(line)")
        }
        guard rest.hasPrefix(" "), let value = Self.number(rest.dropFirst()) else {
            return problems.append("value: \(line)")
        }
        if family.kind != "gauge", !(value >= 0), !name.hasSuffix("_sum") { problems.append("negative: \(line)") }
        let series = Series(name: name, labels: labels.filter { !$0.value.isEmpty })
        if values.updateValue(value, forKey: series) != nil { problems.append("twice: \(line)") }
    }

    private mutating func readLabels(_ rest: inout Substring, into labels: inout [String: String], _ line: Substring) {
        repeat {
            rest.removeFirst()
            let name = String(rest.prefix { $0 != "=" })
            rest = rest.dropFirst(name.count)
            if !Self.isName(name) || (name.hasPrefix("__")) || labels[name] != nil { problems.append("label: \(line)") }
            guard rest.hasPrefix("=\"") else { return problems.append("label: \(line)") }
            rest = rest.dropFirst(2)
            var value = ""
            while let character = rest.popFirst(), character != "\"" {
                guard character == "\\" else {
                    value.append(character)
                    continue
                }
                switch rest.popFirst() {
                case "n": value.append("\n")
                case "\\": value.append("\\")
                case "\"": value.append("\"")
                default: problems.append("escape: \(line)")
                }
            }
            labels[name] = value
        } while rest.hasPrefix(",")
        if rest.popFirst() != "}" { problems.append("labels: \(line)") }
    }

    private mutating func checkHistograms() {
        for (name, kind) in kinds where kind == "histogram" {
            var buckets: [[String: String]: [(bound: Double, count: Double)]] = [:]
            for (series, value) in values where series.name == name + "_bucket" {
                guard let text = series.labels["le"], let bound = Self.number(text[...]) else {
                    problems.append("no le: \(name)")
                    continue
                }
                buckets[series.labels.filter { $0.key != "le" }, default: []].append((bound, value))
            }
            for (labels, counts) in buckets {
                let sorted = counts.sorted { $0.bound < $1.bound }
                if zip(sorted, sorted.dropFirst()).contains(where: { $0.count > $1.count }) {
                    problems.append("not cumulative: \(name)")
                }
                if sorted.last?.bound != .infinity || sorted.last?.count != self[name + "_count", labels]
                    || self[name + "_sum", labels] == nil
                {
                    problems.append("incomplete: \(name)")
                }
            }
        }
    }

    /// No family may have or produce a name of another, nor one that OpenMetrics keeps back for it.
    private mutating func checkNames() {
        var names: Set<String> = []
        for (name, kind) in kinds {
            let suffixes = [
                "counter": ["_total", "_created"], "histogram": ["_bucket", "_sum", "_count", "_created"],
            ]
            if !Self.isName(name) { problems.append("name: \(name)") }
            for suffix in suffixes[kind, default: []] + [""] where !names.insert(name + suffix).inserted {
                problems.append("clash: \(name + suffix)")
            }
        }
    }

    private static func isName(_ name: String) -> Bool {
        guard let first = name.utf8.first, !(0x30...0x39).contains(first) else { return false }
        return name.utf8.allSatisfy {
            (0x61...0x7A).contains($0) || (0x41...0x5A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F
        }
    }

    private static func number(_ text: Substring) -> Double? {
        switch text {
        case "NaN": .nan
        case "+Inf": .infinity
        case "-Inf": -.infinity
        default: text.utf8.allSatisfy { "0123456789+-.e".utf8.contains($0) } ? Double(text) : nil
        }
    }
}
