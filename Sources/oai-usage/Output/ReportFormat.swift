import ArgumentParser
import OpenAIUsage
import OpenAIUsageLedger

/// The output formats for reports.
enum ReportFormat: String, ExpressibleByArgument, CaseIterable {
    case table, json, csv, markdown, focus

    /// Writes a report to stdout, and notes on it to stderr.
    ///
    /// - Parameters:
    ///   - report: The report.
    ///   - columns: The columns after those of the groups; `nil` for those of the format.
    ///   - period: The name of the period for the heading; `nil` for none.
    ///   - width: The cells of a line of a table; `nil` for any number.
    /// - Throws: An error of the conversion of currencies.
    func write(_ report: ArrangedReport, columns: [ReportColumn]?, period: String?, width: Int?) throws {
        let rates = report.conversion?.rates
        defer {
            if let conversion = report.conversion, self != .markdown { StandardError.write(conversion.note) }
        }
        defer { for note in report.report.pruned?.notes ?? [] { StandardError.write(note) } }
        switch self {
        case .json: StandardOutput.write(try report.json + "\n")
        // The command exports charges instead, which no report holds.
        case .focus: break
        case .csv:
            let standard = ReportColumn.machine + (report.comparison == nil ? [] : ReportColumn.machineCompared)
            StandardOutput.write(
                ReportTable.plain(
                    report,
                    ReportColumn.adding(rates, to: columns ?? ReportColumn.named(standard).columns)
                ).csv
            )
        case .markdown, .table:
            let heading = ReportHeading(report, period: period)
            let totals = report.report.totals
            let earlier = report.previousTotals.map { $0.calls + $0.openCalls } ?? 0
            guard totals.calls + totals.openCalls + earlier > 0 else {
                StandardError.write("No calls in \(heading.range).")
                return
            }
            let standard = report.comparison == nil ? ReportColumn.readable : ReportColumn.compared
            let table = ReportTable.readable(
                report,
                ReportColumn.adding(rates, to: columns ?? Self.present(standard, totals))
            )
            var notes = ReportTable.notes(report.report)
            if self == .markdown {
                if let conversion = report.conversion { notes.append(conversion.note) }
                // A pasted table says what it is about, and what it leaves out.
                let lines =
                    ["**\(heading.text)**", table.markdown] + (notes.isEmpty ? [] : [notes.joined(separator: " ")])
                StandardOutput.write(lines.map { $0.hasSuffix("\n") ? $0 : $0 + "\n" }.joined(separator: "\n"))
                return
            } else {
                let layout = table.layout(isColored: Terminal.isColored, width: width)
                StandardOutput.write("\(Terminal.heading(heading.text))\n\(layout.text)")
                if let note = Table.note(leftOut: layout.leftOut) { notes.insert(note, at: 0) }
            }
            for note in notes { StandardError.write(note) }
        }
    }

    /// The columns with these names, and those of calls that the cost leaves out if there are any.
    private static func present(_ names: [String], _ totals: ReportRow) -> [ReportColumn] {
        var names = names
        let gaps = [("no-usage", totals.callsWithoutUsage), ("unpriced", totals.unpricedCalls)]
        for (name, calls) in gaps where calls > 0 {
            guard let place = names.firstIndex(of: "cost") else { continue }
            names.insert(name, at: place + 1)
        }
        return ReportColumn.named(names).columns
    }
}

/// The line above a report: its period, its range and its time zone.
struct ReportHeading {
    /// The range with its zone.
    let range: String
    /// The heading.
    let text: String

    init(_ report: ArrangedReport, period: String?) {
        let query = report.report.query
        let times = LocalTimeText(query.timeZone)
        let range =
            "\(times.range(from: query.fromMicroseconds, to: query.toMicroseconds)) \(query.timeZone.reportName)"
        self.range = range
        var text = period.map { "\($0): \(range)" } ?? range
        if let previous = report.comparison?.previousQuery {
            text += ", compared with \(times.range(from: previous.fromMicroseconds, to: previous.toMicroseconds))"
        }
        self.text = text
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
