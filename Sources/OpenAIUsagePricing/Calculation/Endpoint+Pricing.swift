import OpenAIUsage

extension Endpoint {
    /// Whether calls of the endpoint cost nothing by themselves.
    var isFree: Bool { meter == .free || (meter == .stored && accounting == .never) }

    /// Whether the endpoint reports what a batch used.
    var isBatch: Bool { name.utf8.first == UInt8(ascii: "b") && name.hasPrefix("batches.") }

    /// Whether the endpoint reports what an evaluation used, which adds up several models.
    var isEvaluation: Bool { name.utf8.first == UInt8(ascii: "e") && name.hasPrefix("evals.") }
}
