/// What the engine reads from a response, as the fields of its selections.
enum ResponseField: UInt16 {
    case identity = 1
    case model, serviceTier, status, reason, finishReason, incompleteReason
    case type
    case usage, secondUsage, secondModel, modelUsage, modelName
    case error, errorType, errorCode, flatErrorCode
    case choices, content, contentObject
    case providerCost, providerCostTotal, providerCostTicks, upstreamCost, isOwnKey
    case webSearches, codeInterpretations, fileSearches, mcpCalls
    case citation, createdAt, outputFile, transcriptionModel
    case item, itemType, itemStatus, itemAction, itemContainer
    case tool, toolType, toolModel, toolMemory
    case searchRequests
    case seconds, videoSeconds, size, quality, datum, memory, storedBytes

    /// The first field of a counter; the others follow in the order of ``TokenCounter``.
    static let firstCounter: UInt16 = 64

    static func counter(_ counter: TokenCounter) -> UInt16 { firstCounter + UInt16(counter.rawValue) }
}
