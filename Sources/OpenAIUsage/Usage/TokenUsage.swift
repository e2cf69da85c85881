/// The counters that a provider reported; one that was not reported is `nil`.
public struct TokenUsage: Sendable, Hashable {
    /// The reported counters as a bit set, by ``TokenCounter/index``.
    package private(set) var reported: UInt32 = 0
    private var values: [Int64] = []

    /// Creates a usage without any counter.
    public init() {}

    /// True if no counter is reported.
    public var isEmpty: Bool { reported == 0 }

    /// The value of a counter; `nil` if it is not reported.
    public subscript(counter: TokenCounter) -> Int64? {
        get {
            let index = counter.index
            return reported & (1 << index) == 0 ? nil : values[index]
        }
        set {
            let index = counter.index
            if let newValue {
                if values.isEmpty { values = Array(repeating: 0, count: TokenCounter.allCases.count) }
                values[index] = newValue
                reported |= 1 << index
            } else if reported & (1 << index) != 0 {
                values[index] = 0
                reported &= ~(1 << index)
            }
        }
    }

    /// The reported counters and their values, in the order of ``TokenCounter``.
    public var counters: [(counter: TokenCounter, value: Int64)] {
        TokenCounter.allCases.compactMap { counter in self[counter].map { (counter, $0) } }
    }

    /// Calls a closure with the index and the value of each reported counter, in the order of ``TokenCounter``.
    package func forEachReported(_ body: (Int, Int64) -> Void) {
        var rest = reported
        while rest != 0 {
            let index = rest.trailingZeroBitCount
            body(index, values[index])
            rest &= rest &- 1
        }
    }

    /// The output that only the total includes: some providers leave reasoning out of the output, and bill it.
    ///
    /// `nil` if the total includes nothing more, and if the provider reports zero reasoning, in which case the counters
    /// contradict one another.
    public var hiddenOutputTokens: Int64? {
        guard let total = totalTokens, let input = inputTokens, let output = outputTokens, reasoningTokens != 0
        else { return nil }
        let (known, overflow) = input.addingReportingOverflow(output)
        return !overflow && total > known && input >= 0 && output >= 0 ? total - known : nil
    }

    /// Adds the counters of another usage; sums that overflow are clamped.
    package mutating func add(_ other: TokenUsage) {
        for (counter, value) in other.counters {
            let (sum, overflow) = (self[counter] ?? 0).addingReportingOverflow(value)
            self[counter] = overflow ? .max : sum
        }
    }

    /// All input, including what was read from the cache and written to it.
    public var inputTokens: Int64? { self[.inputTokens] }
    /// All output, including reasoning.
    public var outputTokens: Int64? { self[.outputTokens] }
    /// Input that was read from the cache.
    public var cachedInputTokens: Int64? { self[.cachedInputTokens] }
    /// Output that the model spent on reasoning and that is not part of its answer.
    public var reasoningTokens: Int64? { self[.reasoningTokens] }
    /// The provider's own total.
    public var totalTokens: Int64? { self[.totalTokens] }

    /// True if both report the same counters with the same values.
    public static func == (left: TokenUsage, right: TokenUsage) -> Bool {
        left.reported == right.reported && (left.reported == 0 || left.values == right.values)
    }

    /// Hashes the reported counters.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(reported)
        if reported != 0 { hasher.combine(values) }
    }
}
