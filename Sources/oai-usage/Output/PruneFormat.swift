import ArgumentParser
import OpenAIUsage
import OpenAIUsageGateway
import OpenAIUsageLedger
import OpenAIUsagePricing

/// The output formats for the result of pruning.
enum PruneFormat: String, ExpressibleByArgument, CaseIterable {
    case text, json

    /// Writes a result.
    func write(_ report: PruneReport) {
        switch self {
        case .json: StandardOutput.write(report.json + "\n")
        case .text: StandardOutput.write(Self.sentences(report).joined(separator: "\n") + "\n")
        }
    }

    /// Returns the result as sentences.
    static func sentences(_ report: PruneReport) -> [String] {
        func time(_ value: Int64) -> String { TimestampText.utc(value / 1_000_000 * 1_000_000, isShort: true) }
        let verb = report.isDryRun ? "would be removed" : "were removed"
        var sentences: [String] = []
        if let first = report.firstMicroseconds, let last = report.lastMicroseconds {
            sentences.append(
                "\(NumberFormat.calls(report.calls)) from \(time(first)) to \(time(last)) \(verb); their sums stay."
            )
        } else {
            sentences.append("No calls before \(time(report.beforeMicroseconds)).")
        }
        if report.inFlight > 0 { sentences.append("\(NumberFormat.calls(report.inFlight)) still open; they stay.") }
        if report.isDryRun {
            if report.calls > 0 { sentences.append("They occupy about \(NumberFormat.bytes(report.returnedBytes)).") }
            sentences.append("Nothing was changed.")
        } else if report.returnedBytes > 0 {
            sentences.append("\(NumberFormat.bytes(report.returnedBytes)) were given back.")
        }
        if report.needsCompacting {
            sentences.append(
                "The file keeps its size\(report.freeBytes > 0 ? ", and \(NumberFormat.bytes(report.freeBytes)) of it are free" : ""): to make it smaller, end the gateway and run 'oai-usage ledger compact'."
            )
        }
        return sentences
    }
}

extension PruneReport {
    /// Creates a report from a gateway's JSON; `nil` if it is not a report.
    init?(json text: String) {
        guard let root = try? JSONDocument(parsing: text).root.value,
            let before = root["before"]?.string.flatMap(PruneRequest.microseconds(_:)),
            let calls = root["calls"]?.number.flatMap({ Int64($0) }),
            let inFlight = root["in_flight_calls"]?.number.flatMap({ Int64($0) }),
            let returned = root["returned_bytes"]?.number.flatMap({ Int64($0) }),
            let free = root["free_bytes"]?.number.flatMap({ Int64($0) })
        else { return nil }
        func isTrue(_ name: String) -> Bool {
            if case .bool(true)? = root[name] { return true }
            return false
        }
        self.init(before: before, isDryRun: isTrue("dry_run"))
        self.calls = calls
        self.inFlight = inFlight
        firstMicroseconds = root["first"]?.string.flatMap(PruneRequest.microseconds(_:))
        lastMicroseconds = root["last"]?.string.flatMap(PruneRequest.microseconds(_:))
        (returnedBytes, freeBytes) = (returned, free)
        needsCompacting = isTrue("needs_compacting")
    }
}

extension NumberFormat {
    /// Formats a number of bytes in a suitable decimal unit.
    static func bytes(_ value: Int64) -> String {
        for (scale, unit) in [(1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB")] as [(Int64, String)]
        where value >= scale {
            let tenths = value / (scale / 10)
            return "\(count(tenths / 10)).\(tenths % 10) \(unit)"
        }
        return "\(value) B"
    }
}
