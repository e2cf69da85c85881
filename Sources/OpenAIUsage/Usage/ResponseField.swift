/// What the engine reads from a response, as the fields of its selections.
enum ResponseField: UInt16 {
    case identity = 1
    case model
    case serviceTier
    case status
    case type
    case usage
    case error
    case errorType
    case errorCode
    case flatErrorCode
    case incompleteReason
    case choices
    case finishReason
    case content
    case contentObject
    case providerCost
    case providerCostTotal
    case upstreamCost

    /// The first field of a counter; the others follow in the order of ``TokenCounter``.
    static let firstCounter: UInt16 = 64
    static func counter(_ counter: TokenCounter) -> UInt16 { firstCounter + UInt16(counter.rawValue) }
}
