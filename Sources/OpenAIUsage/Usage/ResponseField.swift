/// The fields of a response that the engine reads, by their numbers in its selections.
enum ResponseField: UInt16 {
    case identity = 1
    case model, serviceTier, status, reason, finishReason, incompleteReason
    case type
    case usage, secondUsage, secondModel, modelUsage, modelName
    case error, errorType, errorCode, errorMessage
    case object, flatErrorType, flatErrorCode, flatErrorMessage
    case choices, content, contentObject
    case providerCost, providerCostTotal, providerCostTicks, upstreamCost, upstreamInputCost,
        upstreamOutputCost, isOwnKey
    case webSearches, searchQueries, codeInterpretations, fileSearches, mcpCalls
    case citation, createdAt, outputFile, transcriptionModel
    case item, itemType, itemStatus, itemAction, itemContainer
    case tool, toolType, toolModel, toolMemory
    case searchRequests
    /// An object of a list: its identities, its state and its usage.
    case listed, listedIdentity, listedStatus, listedFile, listedAmount, listedDuration
    /// A gateway's report that its cache has answered.
    case cacheHit
    case seconds, videoSeconds, size, quality, datum, memory, storedBytes
    /// Input under a name that Anthropic's counters have too.
    case namedInput
    /// Input read from the cache: under another name, and under Anthropic's, whose input excludes it.
    case cachedAlias, cacheReadBeside
    /// Input written to the cache under Anthropic's name, whose input excludes it.
    case cacheWriteBeside
    /// Input written to the cache for five minutes and for an hour, parts of all that was written.
    case cacheWriteFiveMinutes, cacheWriteHour

    /// The first field of a counter; the others follow in the order of ``TokenCounter``.
    static let firstCounter: UInt16 = 96

    static func counter(_ counter: TokenCounter) -> UInt16 { firstCounter + UInt16(counter.rawValue) }
}
