import Foundation
import OpenAIUsage

/// Finds the value of calls along one dimension of a report.
struct ReportGrouping {
    /// The value of a group, and its place in the order of time.
    struct Value: Hashable {
        var name: String?
        var order: Int64 = 0
    }

    let dimension: ReportDimension
    private var offset: TimeZoneOffset
    private var offsetOfStart: TimeZoneOffset
    private var current: (number: Int64, offset: Int64, value: Value)?

    init(_ dimension: ReportDimension, timeZone: TimeZone) {
        self.dimension = dimension
        offset = TimeZoneOffset(timeZone)
        offsetOfStart = TimeZoneOffset(timeZone)
    }

    /// The period in which a time lies; for a dimension of time.
    mutating func period(at time: Int64) -> Value {
        guard let period = dimension.period else { return Value(name: nil) }
        let seconds = offset.seconds(at: time)
        let local = time + seconds * 1_000_000
        let number = period.number(local: local, offset: seconds)
        if let current, current.number == number, current.offset == seconds || period != .hour { return current.value }
        // Where the clock changes within an hour, as on the Chatham Islands, an hour of the new offset would have begun when the
        // one of the old offset did.
        let isCutOff = period == .hour && offsetOfStart.seconds(at: number * 60_000_000) != seconds
        let value = Value(name: period.name(local: local, offset: seconds), order: number * 2 + (isCutOff ? 1 : 0))
        current = (number, seconds, value)
        return value
    }

    /// The value of a series and a result; for a dimension that is not one of time.
    func value(_ series: Series?, _ result: CallResult?) -> Value {
        switch dimension {
        case .outcome: Value(name: result?.outcome.rawValue)
        case .tag(let name): Value(name: series?.tags[name])
        case .key: Value(name: series?.key?.description ?? series?[.key])
        default: Value(name: dimension.field.flatMap { series?[$0] })
        }
    }

    /// The value of a record.
    mutating func value(_ record: CallRecord) -> Value {
        if dimension.period != nil { return period(at: record.startedAt) }
        switch dimension {
        case .outcome: return Value(name: record.outcome.rawValue)
        case .tag(let name): return Value(name: record.tags[name])
        case .key: return Value(name: record.key?.description)
        default: return Value(name: dimension.field.flatMap { Series.text($0, of: record) })
        }
    }
}
