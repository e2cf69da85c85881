import OpenAIUsage
import OpenAIUsageLedger

/// The waste of a call, by its record.
///
/// A call is in one line at most: the first in the order of the cases.
enum WasteKind: String, CaseIterable {
    /// A repetition of an operation that had completed.
    case retries
    /// The caller went away before the end.
    case abandoned
    /// The call failed.
    case failed
    /// Priority was asked for, and another tier served.
    case downgraded
    /// A prompt that might have been read from the cache.
    case uncached

    /// The method in one sentence.
    var method: String {
        switch self {
        case .retries:
            "Attempts after the first completed one of the same operation, as far as the client sent the operation's identity; the whole cost counts."
        case .abandoned:
            "Calls whose client disconnected or dropped the response before its end, and that were billed; the whole cost counts."
        case .failed:
            "Calls that ended in an error, a timeout, a cut response or with their process, and that were billed; the whole cost counts."
        case .downgraded:
            "Calls that asked for the priority tier and were served by another, whose price they cost; service was lost, and no money counts."
        case .uncached:
            "Upper bound: calls with \(WasteClassifier.cachedTokens.formattedCount) input tokens or more of which none was read from the cache, within an hour of another such call of the same project and model, as if all their input could have been; whether the prompts were alike is not known."
        }
    }

    /// True if the waste is at most the shown amount.
    var isBound: Bool { self == .uncached }
}

/// The sums over the calls of a line.
struct WasteSums: Equatable {
    var calls: Int64 = 0
    var inputTokens: Int128 = 0
    var outputTokens: Int128 = 0
    /// The known cost of the calls in picodollars.
    var costPicoUSD: Int128 = 0
    /// The part of the cost that was wasted, or at most was.
    var wastePicoUSD: Int128 = 0
    /// The number of calls whose waste is not known, since they have no price.
    var unpriced: Int64 = 0

    /// Adds a call.
    mutating func add(_ record: CallRecord, waste: Int64?) {
        calls += 1
        inputTokens += Int128(record.usage.inputTokens ?? 0)
        outputTokens += Int128(record.usage.outputTokens ?? 0)
        costPicoUSD += Int128(record.cost.picoUSD ?? 0)
        if let waste { wastePicoUSD += Int128(waste) } else { unpriced += 1 }
    }
}

/// Assigns calls to the lines of waste, one after another in the order of their starts.
///
/// Memory is bounded: of completed operations the last ones are remembered, and of each project and model one time.
struct WasteClassifier {
    /// The least prompt that the provider caches, in tokens.
    static let cachedTokens: Int64 = 1_024
    /// The time that a cached prompt lives at most, in microseconds.
    private static let cacheLifetime: Int64 = 3_600_000_000
    /// The number of completed operations that are remembered.
    private static let operationLimit = 131_072
    /// The number of pairs of project and model that are remembered.
    private static let pairLimit = 65_536

    private struct Pair: Hashable {
        var project: String
        var model: String
    }

    /// The sums by line.
    private(set) var sums: [WasteKind: WasteSums] = [:]
    /// The sums over all counted calls.
    private(set) var all = WasteSums()
    private var completed: Set<Int> = []
    private var order: [Int] = []
    private var next = 0
    private var lastPrompts: [Pair: Int64] = [:]
    private let savings: (CallRecord) -> Int64?

    /// Creates a classifier.
    ///
    /// - Parameter savings: Returns the cost of a call less what it would be with all input from the cache, in picodollars;
    ///   `nil` if it has no price.
    init(savings: @escaping (CallRecord) -> Int64?) {
        self.savings = savings
    }

    /// Adds a call.
    ///
    /// - Parameter record: The call; calls in flight, and those that only show what another has used, are ignored.
    /// - Returns: The line of the call; `nil` if it has wasted nothing.
    @discardableResult
    mutating func add(_ record: CallRecord) -> WasteKind? {
        guard record.outcome != .open, record.isCounted else { return nil }
        all.add(record, waste: 0)
        let isRepeated = record.attempt > 0 && completed.contains(record.operationID.hashValue)
        if record.outcome == .completed { remember(record.operationID) }
        let follows = notePrompt(record)
        guard let kind = kind(record, isRepeated: isRepeated, followsPrompt: follows) else { return nil }
        switch kind {
        case .retries, .abandoned, .failed:
            sums[kind, default: WasteSums()].add(record, waste: record.cost.picoUSD)
        case .downgraded: sums[kind, default: WasteSums()].add(record, waste: 0)
        case .uncached:
            let saved = savings(record)
            // A model whose cached input costs as much saves nothing.
            if saved == 0 { return nil }
            sums[kind, default: WasteSums()].add(record, waste: saved)
        }
        return kind
    }

    private func kind(_ record: CallRecord, isRepeated: Bool, followsPrompt: Bool) -> WasteKind? {
        let isBilled = (record.cost.picoUSD ?? 0) > 0 || (record.cost.status == .unpriced && !record.usage.isEmpty)
        if isRepeated, isBilled { return .retries }
        switch record.outcome {
        case .clientDisconnected, .abandoned: return isBilled ? .abandoned : nil
        case .error, .cut, .timeout, .unreachable, .interrupted: return isBilled ? .failed : nil
        default: break
        }
        if record.requestedServiceTier == "priority", let tier = record.serviceTier, tier != "priority" {
            return .downgraded
        }
        // Unknown is not zero: a provider that reports no cached tokens may have no cache.
        let isUncached = record.usage.cachedInputTokens == 0 && (record.usage.inputTokens ?? 0) >= Self.cachedTokens
        return isUncached && followsPrompt ? .uncached : nil
    }

    private mutating func remember(_ operation: String) {
        let hash = operation.hashValue
        guard completed.insert(hash).inserted else { return }
        if order.count < Self.operationLimit {
            order.append(hash)
        } else {
            completed.remove(order[next])
            order[next] = hash
            next = (next + 1) % order.count
        }
    }

    /// Notes a prompt that may be cached, and returns true if another one went before.
    private mutating func notePrompt(_ record: CallRecord) -> Bool {
        guard record.outcome == .completed, (record.usage.inputTokens ?? 0) >= Self.cachedTokens,
            record.usage.cachedInputTokens != nil
        else { return false }
        let pair = Pair(project: record.project, model: record.model ?? record.requestModel ?? "")
        let last = lastPrompts[pair]
        if lastPrompts.count >= Self.pairLimit, last == nil { lastPrompts = [:] }
        lastPrompts[pair] = record.startedAtMicroseconds
        return last.map { record.startedAtMicroseconds - $0 <= Self.cacheLifetime } ?? false
    }
}

extension Int64 {
    /// The number with thousands separators.
    fileprivate var formattedCount: String { NumberFormat.count(self) }
}
