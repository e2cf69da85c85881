/// What the engine reads from a response, as the fields of its selections.
enum ResponseField: UInt16 {
    case identity = 1
    case model, serviceTier, status, reason, finishReason, incompleteReason
    case type
    case usage, secondUsage, secondModel, modelUsage, modelName
    case error, errorType, errorCode, errorMessage
    case object, flatErrorType, flatErrorCode, flatErrorMessage
    case choices, content, contentObject
    case providerCost, providerCostTotal, providerCostTicks, upstreamCost, isOwnKey
    case webSearches, searchQueries, codeInterpretations, fileSearches, mcpCalls
    case citation, createdAt, outputFile, transcriptionModel
    case item, itemType, itemStatus, itemAction, itemContainer
    case tool, toolType, toolModel, toolMemory
    case searchRequests
    case seconds, videoSeconds, size, quality, datum, memory, storedBytes
    /// Input under the name that Anthropic's counters have too.
    case namedInput
    /// Input read from the cache: under another name, and under Anthropic's, whose input leaves it out.
    case cachedAlias, cacheReadBeside
    /// Input written to the cache under Anthropic's name, whose input leaves it out.
    case cacheWriteBeside

    /// The first field of a counter; the others follow in the order of ``TokenCounter``.
    static let firstCounter: UInt16 = 64

    static func counter(_ counter: TokenCounter) -> UInt16 { firstCounter + UInt16(counter.rawValue) }
}
