import OpenAIUsage

/// Encodes records for the journal.
///
/// ``RecordDecoder`` reads the same fields in the same order; files of other versions are not read.
final class RecordEncoder {
    /// The first bytes of a file in this version of the format.
    static let version: UInt64 = 0x3130_4c4e_4a49_4147

    /// The reserved bytes before the record.
    static let margin = 16

    private var memory: UnsafeMutableRawBufferPointer
    private var end = margin

    init() {
        memory = .allocate(byteCount: 4_096, alignment: 8)
    }

    deinit { memory.deallocate() }

    /// The margin and the encoded record, valid until the next one is encoded.
    var entry: UnsafeMutableRawBufferPointer { UnsafeMutableRawBufferPointer(rebasing: memory[..<end]) }

    /// Encodes a record in place of the previous one.
    func encode(_ record: CallRecord, isOpen: Bool) {
        end = Self.margin
        write(isOpen ? 1 : 0)
        write(record.id.rawValue)
        write(record.operationID)
        write(Int64(record.attempt))
        write(record.startedAtMicroseconds)
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
        write(record.tags.pairs)
        write(record.requestModel)
        write(record.model)
        write(record.requestedServiceTier)
        write(record.serviceTier)
        write(record.backgroundWindow)
        write(record.requestBytes)
        write(record.maximumOutputTokens)
        write(record.requestOptions)
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
        write(record.diagnostics)
        writeAccounting(record)
        write(record.timing.durationMicroseconds)
        write(record.timing.timeToHeadersMicroseconds)
        write(record.timing.timeToFirstTokenMicroseconds)
        write(record.timing.processingMicroseconds)
        write(record.timing.upstreamServiceMicroseconds)
        write(record.timing.gatewayMicroseconds)
        writeLimits(record.rateLimits)
        write(record.retryAfterMilliseconds)
    }

    private func writeAccounting(_ record: CallRecord) {
        write(record.isCounted ? 1 : 0)
        write(record.objectCreatedAtMicroseconds)
        write(record.resolvedCall?.rawValue)
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
        write(record.units)
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

    private func writeLimits(_ limits: RateLimits?) {
        guard let limits else { return write(Int64(-1)) }
        write(Int64(limits.windows.count))
        for (resource, window) in limits.windows {
            write(resource)
            write(window.limit)
            write(window.remaining)
            write(window.resetMicroseconds)
        }
    }

    // MARK: - Values

    private func reserve(_ count: Int) {
        guard memory.count - end < count else { return }
        let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: max(memory.count * 2, end + count), alignment: 8)
        larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: memory[..<end]))
        memory.deallocate()
        memory = larger
    }

    private func append(_ byte: UInt8) {
        memory[end] = byte
        end &+= 1
    }

    private func write(_ value: Int64) {
        reserve(10)
        // Zigzag encoding: small numbers of either sign take few bytes.
        var rest = UInt64(bitPattern: value << 1 ^ value >> 63)
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(rest))
    }

    private func write(_ value: Int64?) {
        reserve(11)
        guard let value else { return append(0) }
        append(1)
        write(value)
    }

    private func write(_ text: String?) {
        guard var text else { return write(Int64(-1)) }
        text.withUTF8 { utf8 in
            write(Int64(utf8.count))
            reserve(utf8.count)
            UnsafeMutableRawBufferPointer(rebasing: memory[end...]).copyMemory(from: UnsafeRawBufferPointer(utf8))
            end += utf8.count
        }
    }

    private func write(_ pairs: some Collection<(key: String, value: String)>) {
        write(Int64(pairs.count))
        for (key, value) in pairs {
            write(key)
            write(value)
        }
    }
}
