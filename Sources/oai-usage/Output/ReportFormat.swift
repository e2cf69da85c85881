import ArgumentParser
import OpenAIUsage
import OpenAIUsageLedger

/// The output formats for reports.
enum ReportFormat: String, ExpressibleByArgument, CaseIterable {
    case table, json, csv, markdown

    /// Writes a report, and its notes to stderr.
    func write(_ report: Report) {
        defer { for note in report.pruned?.notes ?? [] { StandardError.write(note) } }
        switch self {
        case .json: StandardOutput.write(report.json + "\n")
        case .csv: StandardOutput.write(ReportTable.plain(report).csv)
        case .markdown, .table:
            // Round to whole seconds outwards: an end within a second is shown as the next second.
            let from = TimestampText.utc(report.query.from / 1_000_000 * 1_000_000, isShort: true)
            let to = TimestampText.utc((report.query.to + 999_999) / 1_000_000 * 1_000_000, isShort: true)
            guard report.totals.calls + report.totals.openCalls > 0 else {
                StandardError.write("No calls from \(from) to \(to).")
                return
            }
            let table = ReportTable.readable(report)
            if self == .markdown {
                StandardOutput.write(table.markdown)
            } else {
                StandardOutput.write("\(from) to \(to), days in \(report.query.timeZone.reportName)\n\n")
                StandardOutput.write(table.text(isColored: Terminal.isColored))
            }
            for note in ReportTable.notes(report) { StandardError.write(note) }
        }
    }
}

/// The dimensions that a report is grouped by: `project,model`.
struct Dimensions: ExpressibleByArgument {
    var dimensions: [ReportDimension]

    init(dimensions: [ReportDimension]) {
        self.dimensions = dimensions
    }

    init?(argument: String) {
        guard let dimensions = ReportDimension.list(argument) else { return nil }
        self.dimensions = dimensions
    }

    /// The first dimension that is named more than once; `nil` if there is none.
    var repeated: ReportDimension? { ReportDimension.repeated(in: dimensions) }

    var defaultValueDescription: String { dimensions.map(\.description).joined(separator: ",") }
    static var allValueStrings: [String] { ReportDimension.names }
}
