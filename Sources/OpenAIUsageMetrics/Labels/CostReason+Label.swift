import OpenAIUsage

extension CostReason {
    /// What stands for a reason that this version does not know.
    static let other = CostReason(rawValue: LabelValue.other)

    /// The reasons that the `reason` label of unpriced calls can have; a remark on a cost that is known is none.
    static let labels: [CostReason] = known.filter { $0 != .scaleTier && $0 != .answeredByCache } + [.other]

    /// The place among ``labels`` of the reason why a cost is not known in full; `nil` if it is, or there is none.
    static func labelIndex(of cost: CallCost) -> Int? {
        switch cost.status {
        case .unpriced, .partial: cost.reason.flatMap { labels.firstIndex(of: $0) } ?? labels.count - 1
        case .exact, .provider, .free, .none: nil
        }
    }
}
