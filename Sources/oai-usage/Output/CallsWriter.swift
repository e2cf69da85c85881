import ArgumentParser
import Foundation
import OpenAIUsage
import OpenAIUsageLedger

/// The output formats for calls.
enum CallsFormat: String, ExpressibleByArgument, CaseIterable {
    case table, jsonl, json, csv
}

/// The maximum number of calls to list; 0 for all.
struct CallLimit: ExpressibleByArgument {
    var value: Int

    init(value: Int) {
        self.value = value
    }

    init?(argument: String) {
        guard let value = Int(argument), value >= 0 else { return nil }
        self.value = value
    }

    var defaultValueDescription: String { String(value) }
}

/// Writes calls one by one.
struct CallsWriter {
    /// The rows by which the widths of a table's columns are judged.
    private static let judgedCount = 200

    /// The cells of a line from which times are whole.
    private static let narrowWidth = 130

    private let format: CallsFormat
    private let columns: [CallColumn]
    private let times: LocalTimeText
    private let width: Int?
    private let isColored: Bool
    private let put: (String) -> Void
    private var count = 0
    private var table: Table
    /// The columns of the table that are written; `nil` until its widths are judged.
    private var plan: Table.Plan?

    /// Creates a writer.
    ///
    /// - Parameters:
    ///   - format: The format.
    ///   - columns: The columns of a table or of CSV; `nil` for those of the format.
    ///   - tags: The names of tags that are columns of CSV.
    ///   - timeZone: The time zone of the table's times.
    ///   - width: The cells of a line of a table; `nil` for any number.
    ///   - put: Writes text.
    init(
        format: CallsFormat,
        columns: [CallColumn]? = nil,
        tags: [String] = [],
        timeZone: TimeZone = .gmt,
        width: Int? = nil,
        put: @escaping (String) -> Void = StandardOutput.write
    ) {
        self.format = format
        let standard =
            format == .csv
            ? CallColumn.all + tags.compactMap { CallColumn.named("tag:\($0)") }
            : CallColumn.standard.compactMap(CallColumn.named)
        let columns = columns ?? standard
        self.columns = columns
        self.width = width
        self.put = put
        times = LocalTimeText(timeZone, isShort: width ?? .max < Self.narrowWidth)
        isColored = Terminal.isColored
        table = Table(
            columns: columns.map { column in
                let name = column.name.replacing("-", with: " ")
                return Table.Column(
                    // CSV has names for programs.
                    name: format == .csv ? column.key : name == "time" ? "time (\(timeZone.reportName))" : name,
                    isNumeric: column.isNumeric,
                    priority: column.priority,
                    isShortened: !column.isNumeric && column.name != "time" && column.name != "status",
                    // A narrow terminal keeps the owner of a call.
                    minimum: ["project", "model"].contains(column.name) ? 10 : 16,
                    style: column.style
                )
            }
        )
    }

    /// Writes the header of the format.
    mutating func begin() {
        switch format {
        case .csv: put(table.csv)
        case .json: put("[")
        case .table, .jsonl: break
        }
    }

    /// Writes a call; a table's first rows wait until the widths of its columns are judged, or for ``flush()``.
    mutating func write(_ record: CallRecord) {
        switch format {
        case .table:
            let cells = columns.map { $0.text(record, times) }
            if let plan {
                put(table.line(cells, plan, isColored: isColored) + "\n")
            } else {
                table.rows.append(cells)
                if table.rows.count >= Self.judgedCount { flush() }
            }
        case .jsonl: put(record.json + "\n")
        case .json: put((count == 0 ? "\n" : ",\n") + record.json)
        case .csv:
            table.rows = [columns.map { $0.plain(record) ?? "" }]
            put(table.csvRows)
        }
        count += 1
    }

    /// Writes what waits, with the heading before it.
    mutating func flush() {
        guard format == .table, plan == nil else { return }
        let plan = table.plan(width: width)
        let heading = table.line(table.columns.map { $0.name.uppercased() }, plan)
        put(Table.emphasized(heading, isColored) + "\n")
        for row in table.rows { put(table.line(row, plan, isColored: isColored) + "\n") }
        table.rows = []
        self.plan = plan
    }

    /// Writes the end of the format.
    mutating func end() {
        flush()
        if format == .json { put(count == 0 ? "]\n" : "\n]\n") }
    }

    /// The names of the columns that were left out for want of space.
    var leftOut: [String] { plan.map { table.leftOut($0) } ?? [] }

    /// The names of the columns of CSV, except those of tags.
    static var columnNames: [String] { CallColumn.all.map(\.key) }
}
