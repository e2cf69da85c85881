import OpenAIUsage

extension CostReason {
    /// The label value for reasons that this version does not know.
    static let other = CostReason(rawValue: LabelValue.other)

    /// The values of the `reason` label of unpriced calls; remarks on a known cost are excluded.
    static let labels: [CostReason] = known.filter { $0 != .scaleTier && $0 != .answeredByCache } + [.other]

    /// Returns the index in ``labels`` of the reason why a cost is not fully known; `nil` if it is known or there is no
    /// cost.
    static func labelIndex(of cost: CallCost) -> Int? {
        switch cost.status.kind {
        case .unpriced, .partial: cost.reason.flatMap { labels.firstIndex(of: $0) } ?? labels.count - 1
        case .exact, .provider, .free, .none: nil
        }
    }
}
