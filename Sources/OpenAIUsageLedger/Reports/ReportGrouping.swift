import Foundation
import OpenAIUsage

/// Finds the group of a row along one dimension.
struct ReportGrouping {
    /// The value of a group, and its place in the order of time.
    struct Value: Hashable {
        var name: String?
        var order: Int64
    }

    private let dimension: ReportDimension
    private let column: Int32
    private let names: LabelNames
    private var offset: TimeZoneOffset
    private var numbersByLabel: [Int64: Int] = [:]
    private var numbersByPeriod: [Int64: Int] = [:]
    private var numbersByValue: [Value: Int] = [:]

    /// The values by their number.
    private(set) var values: [Value] = []

    init(_ dimension: ReportDimension, column: Int32, names: LabelNames, timeZone: TimeZone) {
        self.dimension = dimension
        self.column = column
        self.names = names
        offset = TimeZoneOffset(timeZone)
    }

    /// The number of a row's value.
    mutating func number(of row: StatementRow, startedAt: Int64) -> Int {
        if let period = dimension.period { return number(of: period, at: startedAt) }
        guard row.isLabel(at: column), let label = row.integer(at: column) else {
            return number(of: Value(name: row.text(at: column).flatMap(shown), order: 0))
        }
        if let known = numbersByLabel[label] { return known }
        // Different labels can show the same value: of sets of tags only one is looked at.
        let number = number(of: Value(name: names[label].flatMap(shown), order: 0))
        numbersByLabel[label] = number
        return number
    }

    private mutating func number(of period: TimePeriod, at startedAt: Int64) -> Int {
        let seconds = offset.seconds(at: startedAt)
        let local = startedAt + seconds * 1_000_000
        let order = period.number(local: local, offset: seconds)
        if let known = numbersByPeriod[order] { return known }
        let number = number(of: Value(name: period.name(local: local, offset: seconds), order: order))
        numbersByPeriod[order] = number
        return number
    }

    private mutating func number(of value: Value) -> Int {
        if let known = numbersByValue[value] { return known }
        numbersByValue[value] = values.count
        values.append(value)
        return values.count - 1
    }

    private func shown(_ text: String) -> String? {
        switch dimension {
        case .tag(let name): CompactJSON.tags(text)[name]
        case .key: KeyFingerprint(stored: text)?.description ?? text
        default: text
        }
    }
}
