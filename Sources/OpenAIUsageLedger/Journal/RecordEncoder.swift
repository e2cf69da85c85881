import OpenAIUsage

/// Writes records as bytes, for the journal.
///
/// ``RecordDecoder`` reads the same fields in the same order; a file of another version is not read.
struct RecordEncoder {
    /// What a file of this form begins with; it changes with the form.
    static let version: UInt64 = 0x3130_4c4e_4a49_4147

    private(set) var bytes: [UInt8] = []

    /// Writes a record in the place of what was written before.
    mutating func encode(_ record: CallRecord, isOpen: Bool) {
        bytes.removeAll(keepingCapacity: true)
        write(isOpen ? 1 : 0)
        write(record.id.rawValue)
        write(record.operationID)
        write(Int64(record.attempt))
        write(record.startedAt)
        write(record.source.rawValue)
        write(record.client)
        write(record.method)
        write(record.host)
        write(record.path)
        write(record.endpoint.name)
        write(record.isStream ? 1 : 0)
        write(record.organization)
        write(record.project)
        write(record.requestedOrganization)
        write(record.requestedProject)
        write(record.key?.hint)
        write(Int64(bitPattern: record.key?.digest ?? 0))
        write(record.tags.pairs.map { ($0.key, $0.value) })
        write(record.requestModel)
        write(record.model)
        write(record.requestedServiceTier)
        write(record.serviceTier)
        write(record.backgroundWindow)
        write(record.requestBytes)
        write(record.maximumOutputTokens)
        write(record.requestOptions.map { ($0.key, $0.value) })
        write(record.status.map { Int64($0) })
        write(record.outcome.rawValue)
        write(record.finish)
        write(record.errorType)
        write(record.errorCode)
        write(record.requestID)
        write(record.clientRequestID)
        write(record.responseID)
        write(record.traceID)
        write(record.edgeRequestID)
        write(record.diagnostics.map { ($0.key, $0.value) })
        writeAccounting(record)
        write(record.timing.duration)
        write(record.timing.timeToHeaders)
        write(record.timing.timeToFirstToken)
        write(record.timing.processing)
        write(record.timing.upstreamService)
        write(record.timing.gateway)
        writeLimits(record.rateLimits)
        write(record.retryAfterMilliseconds)
    }

    private mutating func writeAccounting(_ record: CallRecord) {
        write(record.isCounted ? 1 : 0)
        write(record.objectCreatedAt)
        write(record.settledCall?.rawValue)
        write(Int64(record.containerWindows.count))
        for window in record.containerWindows {
            write(window.hash)
            write(window.startedAt)
        }
        write(record.objectAlias)
        write(record.usageState.rawValue)
        write(record.usageSource)
        for counter in TokenCounter.allCases { write(record.usage[counter]) }
        write(record.rawUsage)
        write(record.units.map { ($0.key, $0.value) })
        write(Int64(record.toolCalls.count))
        for (tool, count) in record.toolCalls {
            write(tool)
            write(count)
        }
        write(record.providerCost)
        write(record.cost.picoUSD)
        write(record.cost.status.rawValue)
        write(record.cost.reason?.rawValue)
        write(record.cost.priceVersion)
        write(record.cost.upperBoundPicoUSD)
    }

    private mutating func writeLimits(_ limits: RateLimits?) {
        guard let limits else { return write(Int64(-1)) }
        write(Int64(limits.windows.count))
        for (resource, window) in limits.windows {
            write(resource)
            write(window.limit)
            write(window.remaining)
            write(window.reset)
        }
    }

    // MARK: - Values

    private mutating func write(_ value: Int64) {
        // Small numbers of either sign take few bytes.
        var rest = UInt64(bitPattern: value << 1 ^ value >> 63)
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    private mutating func write(_ value: Int64?) {
        guard let value else { return bytes.append(0) }
        bytes.append(1)
        write(value)
    }

    private mutating func write(_ text: String?) {
        guard var text else { return write(Int64(-1)) }
        text.withUTF8 { utf8 in
            write(Int64(utf8.count))
            bytes.append(contentsOf: utf8)
        }
    }

    private mutating func write(_ pairs: [(String, String)]) {
        write(Int64(pairs.count))
        for (key, value) in pairs {
            write(key)
            write(value)
        }
    }
}
