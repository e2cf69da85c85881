import Foundation
import OpenAIUsage

/// Determines the values of calls in one dimension of a report.
struct ReportGrouping {
    /// The value of a group and its chronological order.
    struct Value: Hashable {
        var name: String?
        var order: Int64 = 0
    }

    let dimension: ReportDimension
    private var offset: TimeZoneOffset
    private var offsetOfStart: TimeZoneOffset
    private var current: (number: Int64, offset: Int64, value: Value)?

    /// True if the snapshots of a model are one group, under its alias.
    private let mergesSnapshots: Bool

    init(_ dimension: ReportDimension, timeZone: TimeZone, mergesSnapshots: Bool) {
        self.dimension = dimension
        self.mergesSnapshots = mergesSnapshots
        offset = TimeZoneOffset(timeZone)
        offsetOfStart = TimeZoneOffset(timeZone)
    }

    /// Returns the period of a time, for a dimension of time.
    mutating func period(at time: Int64) -> Value {
        guard let period = dimension.period else { return Value(name: nil) }
        let seconds = offset.seconds(at: time)
        let local = time + seconds * 1_000_000
        let number = period.number(local: local, offset: seconds)
        if let current, current.number == number, current.offset == seconds || period != .hour { return current.value }
        // Where the offset changes within an hour, as on the Chatham Islands, an hour of the new offset would start at the same
        // time as the hour of the old offset.
        let isCutOff = period == .hour && offsetOfStart.seconds(at: number * 60_000_000) != seconds
        let value = Value(name: period.name(local: local, offset: seconds), order: number * 2 + (isCutOff ? 1 : 0))
        current = (number, seconds, value)
        return value
    }

    /// Returns the value of a series and a result, for a dimension other than time.
    func value(_ series: Series?, _ result: CallResult?) -> Value {
        switch dimension {
        case .outcome: Value(name: result?.outcome.rawValue)
        case .status: Value(name: result?.status.map { String($0) })
        case .errorCode: Value(name: result?.errorCode ?? result?.errorType)
        case .tag(let name): Value(name: series?.tags[name])
        case .key: Value(name: series?.key?.description ?? series?[.key])
        case .model:
            // An answered model that only the rows have is unknown, not missing.
            Value(
                name: series?.isInRow(.model) == true ? nil : name(ofModel: series?[.model] ?? series?[.requestModel])
            )
        case .requestedModel: Value(name: name(ofModel: series?[.requestModel]))
        default: Value(name: dimension.field.flatMap { series?[$0] })
        }
    }

    /// Returns the value of a record.
    mutating func value(_ record: CallRecord) -> Value {
        if dimension.period != nil { return period(at: record.startedAtMicroseconds) }
        switch dimension {
        case .outcome: return Value(name: record.outcome.rawValue)
        case .status: return Value(name: record.status.map { String($0) })
        case .errorCode: return Value(name: record.errorCode ?? record.errorType)
        case .tag(let name): return Value(name: record.tags[name])
        case .key: return Value(name: record.key?.description)
        case .model: return Value(name: name(ofModel: record.model ?? record.requestModel))
        case .requestedModel: return Value(name: name(ofModel: record.requestModel))
        default: return Value(name: dimension.field.flatMap { Series.text($0, of: record) })
        }
    }

    private func name(ofModel model: String?) -> String? {
        mergesSnapshots ? model.map(ModelAlias.alias(of:)) : model
    }
}
