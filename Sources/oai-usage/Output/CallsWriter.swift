import ArgumentParser
import Foundation
import OpenAIUsage
import OpenAIUsageLedger
import OpenAIUsagePricing

/// The output formats for calls.
enum CallsFormat: String, ExpressibleByArgument, CaseIterable {
    case table, jsonl, json, csv, markdown
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
    /// The times, and the scales of money, which are judged with the widths.
    private var context: CallColumn.Context
    private let timeZone: TimeZone
    private var width: Int?
    private let isColored: Bool
    private let put: (String) -> Void
    private let rates: CurrencyRates?
    /// True if calls are awaited after those of the list.
    private let isOpenEnded: Bool
    /// The rates that costs were converted by, and the calls with a cost before the first rate.
    private var usedRates: [UTCDay: CurrencyRates.Rate] = [:]
    private var unconverted: Int64 = 0
    private var count = 0
    private var table: Table
    /// The calls of a table until its widths are judged.
    private var waiting: [CallRecord] = []
    /// The last calls that were written of an open-ended list, by which the columns are judged anew.
    private var judged: [CallRecord] = []
    /// The columns of the table that are written; `nil` until its widths are judged.
    private var plan: Table.Plan?

    /// Creates a writer.
    ///
    /// - Parameters:
    ///   - format: The format.
    ///   - columns: The columns of a table or of CSV; `nil` for those of the format.
    ///   - tags: The names of tags that are columns of CSV.
    ///   - rates: The rates of another currency; `nil` without one.
    ///   - timeZone: The time zone of the table's times.
    ///   - width: The cells of a line of a table; `nil` for any number.
    ///   - isOpenEnded: True if calls are awaited after those of the list, so that each cost has its own scale.
    ///   - put: Writes text.
    init(
        format: CallsFormat,
        columns: [CallColumn]? = nil,
        tags: [String] = [],
        rates: CurrencyRates? = nil,
        timeZone: TimeZone = .gmt,
        width: Int? = nil,
        isOpenEnded: Bool = false,
        put: @escaping (String) -> Void = StandardOutput.write
    ) {
        self.format = format
        let standard =
            format == .csv
            ? CallColumn.all + tags.compactMap { CallColumn.named("tag:\($0)") }
            : CallColumn.standard.compactMap(CallColumn.named)
        var columns = columns ?? standard
        if let rates {
            let place = columns.firstIndex { $0.name == "cost" }.map { $0 + 1 } ?? columns.endIndex
            columns.insert(.cost(rates), at: place)
        }
        self.rates = rates
        self.isOpenEnded = isOpenEnded
        self.columns = columns
        self.width = width
        self.put = put
        self.timeZone = timeZone
        context = CallColumn.Context(times: Self.times(timeZone, width))
        isColored = Terminal.isColored
        table = Table(
            columns: columns.map { column in
                let name = column.name.replacing("-", with: " ")
                return Table.Column(
                    // CSV has names for programs.
                    name: format == .csv
                        ? column.key : name == "time" ? "time (\(Self.zone(timeZone, width)))" : name,
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

    /// The name of a time zone for the heading of its column; in a narrow terminal that of its city.
    private static func zone(_ timeZone: TimeZone, _ width: Int?) -> String {
        let name = timeZone.reportName
        guard width ?? .max < narrowWidth, name.utf8.count > 7, let city = name.split(separator: "/").last else {
            return name
        }
        return String(city).replacing("_", with: " ")
    }

    /// Writes the header of the format.
    mutating func begin() {
        switch format {
        case .csv: put(table.csv)
        case .json: put("[")
        case .table, .markdown, .jsonl: break
        }
    }

    /// Writes a call; a table's first rows wait until the widths of its columns are judged, or for ``flush()``.
    mutating func write(_ record: CallRecord) {
        note(record)
        if isOpenEnded {
            if judged.count >= Self.judgedCount { judged.removeFirst() }
            judged.append(record)
        }
        switch format {
        case .table, .markdown:
            if let plan {
                table.setRows([cells(record)])
                putRows(plan)
            } else {
                waiting.append(record)
                if waiting.count >= Self.judgedCount { flush() }
            }
        case .jsonl: put(json(record) + "\n")
        case .json: put((count == 0 ? "\n" : ",\n") + json(record))
        case .csv:
            table.rows = [columns.map { $0.plain(record) ?? "" }]
            put(table.csvRows)
        }
        count += 1
    }

    private mutating func note(_ record: CallRecord) {
        guard let rates, record.cost.picoUSD ?? 0 != 0 else { return }
        guard let rate = rates.rate(on: UTCDay(microseconds: record.startedAtMicroseconds)) else {
            unconverted += 1
            return
        }
        usedRates[rate.first] = rate
    }

    private func json(_ record: CallRecord) -> String {
        guard let rates else { return record.json }
        let amount = rates.amount(picoUSD: record.cost.picoUSD, at: record.startedAtMicroseconds)
        // The ledger's own text with one more member.
        return "\(record.json.dropLast()),\"\(rates.key)\":\(amount.map(CurrencyRates.text) ?? "null")}"
    }

    /// The rates in a sentence, with what has none; `nil` without another currency.
    var currencyNote: String? {
        guard let rates else { return nil }
        let note = ReportConversion.note(rates, usedRates.values.sorted { $0.first < $1.first })
        guard unconverted > 0, let first = rates.rates.first?.first else { return note }
        return "\(note) \(NumberFormat.calls(unconverted)) before \(first) have no rate, and no \(rates.key)."
    }

    /// Writes what waits, with the heading before it.
    mutating func flush() {
        guard format == .table || format == .markdown, plan == nil else { return }
        // Of calls that are not known yet, nobody knows the scale.
        if !isOpenEnded {
            context.costs = Self.scale(waiting.map { $0.cost.picoUSD.map { Int128($0) } })
            let amounts = waiting.map { rates?.amount(picoUSD: $0.cost.picoUSD, at: $0.startedAtMicroseconds) }
            context.amounts = Self.scale(amounts.map { $0.map(CurrencyRates.pico) })
        }
        table.setRows(waiting.map(cells))
        waiting = []
        if format == .markdown {
            plan = table.plan(width: nil)
            return put(table.markdown)
        }
        putRows(putHeading())
    }

    /// Writes the heading for the width, judged by the rows of the table.
    private mutating func putHeading() -> Table.Plan {
        let plan = table.plan(width: format == .table ? width : nil)
        self.plan = plan
        put(table.heading(plan).text(isColored: isColored) + "\n")
        return plan
    }

    /// Goes on in a terminal of another width, below another heading.
    mutating func resize(to width: Int?) {
        guard format == .table, width != self.width, plan != nil else { return }
        self.width = width
        context.times = Self.times(timeZone, width)
        table.setRows(judged.map(cells))
        _ = putHeading()
    }

    private static func times(_ timeZone: TimeZone, _ width: Int?) -> LocalTimeText {
        LocalTimeText(timeZone, isShort: width ?? .max < narrowWidth)
    }

    private func cells(_ record: CallRecord) -> [Table.Cell] {
        columns.map { column in
            let isPartial = column.name == "cost" && record.hasUnknownCost
            return Table.Cell(column.text(record, context), isPartial ? .yellow : nil)
        }
    }

    /// The scale of some amounts; `nil` if none of them has one.
    private static func scale(_ amounts: [Int128?]) -> MoneyScale? {
        amounts.contains { $0 ?? 0 != 0 } ? MoneyScale(amounts) : nil
    }

    private func putRows(_ plan: Table.Plan) {
        if format == .markdown { return put(table.markdownRows) }
        for line in table.rowLines(plan) { put(line.text(isColored: isColored) + "\n") }
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

extension CallRecord {
    /// True if the cost is not known in full.
    fileprivate var hasUnknownCost: Bool {
        outcome != .open && (cost.status == .partial || cost.status == .unpriced || usageState.isWithoutUsage)
    }
}
