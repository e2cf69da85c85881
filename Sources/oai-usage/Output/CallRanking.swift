import ArgumentParser
import OpenAIUsage

/// A value of calls to sort by, and the direction: `duration`, `cost:asc`.
struct CallOrder: ExpressibleByArgument, Equatable {
    enum Key: String, CaseIterable {
        case time, duration, cost, input, output, status, openai
        case firstToken = "first-token"
    }

    var key: Key
    /// True to begin with the lowest value; by default only times do.
    var isAscending: Bool

    init?(argument: String) {
        let parts = argument.split(separator: ":", omittingEmptySubsequences: false)
        guard let name = parts.first.map({ String($0) }), let key = Key(rawValue: name) ?? Self.keys[name] else {
            return nil
        }
        self.key = key
        switch parts.count {
        case 1: isAscending = key == .time
        case 2 where parts[1] == "asc": isAscending = true
        case 2 where parts[1] == "desc": isAscending = false
        default: return nil
        }
    }

    /// The keys in JSON of what calls are sorted by.
    private static let keys: [String: Key] = [
        "started_at": .time, "duration_ms": .duration, "cost_usd": .cost, "input_tokens": .input,
        "output_tokens": .output, "processing_ms": .openai, "time_to_first_token_ms": .firstToken,
    ]

    static var allValueStrings: [String] { Key.allCases.map(\.rawValue) }

    /// The value of a call; `nil` if it is unknown, as the duration of a call in flight.
    fileprivate func value(_ record: CallRecord) -> Int64? {
        switch key {
        case .time: record.startedAtMicroseconds
        case .duration: record.timing.durationMicroseconds
        case .cost: record.cost.picoUSD
        case .input: record.usage.inputTokens
        case .output: record.usage.outputTokens
        case .status: record.status.map { Int64($0) }
        case .openai: record.timing.processingMicroseconds
        case .firstToken: record.timing.timeToFirstTokenMicroseconds
        }
    }
}

/// The first calls in an order, of any number that are offered.
struct CallRanking {
    private let order: CallOrder
    private let limit: Int
    private(set) var records: [CallRecord] = []
    /// The calls that were offered.
    private(set) var count = 0

    /// Creates an empty ranking.
    ///
    /// - Parameters:
    ///   - order: The order; calls without the value come last, and calls with the same value in the order of their starts.
    ///   - limit: The most calls that are kept.
    init(_ order: CallOrder, limit: Int) {
        self.order = order
        self.limit = limit
    }

    /// Adds a call, and drops the last one if there are too many.
    mutating func add(_ record: CallRecord) {
        count += 1
        if records.count == limit, let last = records.last, !precedes(record, last) { return }
        var (low, high) = (0, records.count)
        while low < high {
            let middle = (low + high) / 2
            if precedes(record, records[middle]) { high = middle } else { low = middle + 1 }
        }
        records.insert(record, at: low)
        if records.count > limit { records.removeLast() }
    }

    private func precedes(_ left: CallRecord, _ right: CallRecord) -> Bool {
        let (first, second) = (order.value(left), order.value(right))
        if first != second {
            guard let second else { return true }
            guard let first else { return false }
            return order.isAscending ? first < second : first > second
        }
        return left.id < right.id
    }
}
