import OpenAIUsage

/// Decodes what ``RecordEncoder`` has written, field by field in the same order.
struct RecordDecoder {
    /// The error for bytes that are not an encoded record.
    struct Malformed: Error {}

    private let bytes: ArraySlice<UInt8>
    private var position: Int

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    /// Decodes the record; `isOpen` is true if the call was in flight.
    ///
    /// - Throws: ``Malformed``.
    mutating func decode() throws -> (record: CallRecord, isOpen: Bool) {
        let isOpen = try integer() == 1
        let id = CallID(rawValue: try integer())
        let operationID = try text()
        let attempt = Int(try integer())
        let startedAt = try integer()
        let source = CallSource(rawValue: try text()) ?? .library
        let client = try optionalText()
        let (method, host, path, endpoint) = (try text(), try text(), try text(), try text())
        var record = CallRecord(
            id: id,
            operationID: operationID,
            startedAt: startedAt,
            source: source,
            method: method,
            host: host,
            path: path
        )
        record.attempt = attempt
        record.client = client
        if endpoint != record.endpoint.name { record.endpoint = Endpoint(named: endpoint) }
        record.isStream = try integer() == 1
        record.organization = try optionalText()
        record.project = try text()
        record.requestedOrganization = try optionalText()
        record.requestedProject = try optionalText()
        let (hint, digest) = (try optionalText(), UInt64(bitPattern: try integer()))
        record.key = hint.map { KeyFingerprint(hint: $0, digest: digest) }
        for (key, value) in try pairs() { record.tags[key] = value }
        record.requestModel = try optionalText()
        record.model = try optionalText()
        record.requestedServiceTier = try optionalText()
        record.serviceTier = try optionalText()
        record.backgroundWindow = try optionalText()
        record.requestBytes = try optionalInteger()
        record.maximumOutputTokens = try optionalInteger()
        record.requestOptions = try dictionary()
        record.status = try optionalInteger().map { Int($0) }
        record.outcome = Outcome(rawValue: try text()) ?? .interrupted
        record.finish = try optionalText()
        record.errorType = try optionalText()
        record.errorCode = try optionalText()
        record.requestID = try optionalText()
        record.clientRequestID = try optionalText()
        record.responseID = try optionalText()
        record.traceID = try optionalText()
        record.edgeRequestID = try optionalText()
        record.diagnostics = try dictionary()
        try readAccounting(of: &record)
        record.timing.durationMicroseconds = try optionalInteger()
        record.timing.timeToHeadersMicroseconds = try optionalInteger()
        record.timing.timeToFirstTokenMicroseconds = try optionalInteger()
        record.timing.processingMicroseconds = try optionalInteger()
        record.timing.upstreamServiceMicroseconds = try optionalInteger()
        record.timing.gatewayMicroseconds = try optionalInteger()
        record.rateLimits = try limits()
        record.retryAfterMilliseconds = try optionalInteger()
        guard position == bytes.endIndex else { throw Malformed() }
        return (record, isOpen)
    }

    private mutating func readAccounting(of record: inout CallRecord) throws {
        record.isCounted = try integer() == 1
        record.objectCreatedAtMicroseconds = try optionalInteger()
        record.resolvedCall = try optionalInteger().map(CallID.init(rawValue:))
        for _ in 0..<(try count()) {
            record.containerWindows.append(ContainerWindow(hash: try integer(), startedAt: try integer()))
        }
        record.objectAlias = try optionalText()
        record.usageState = UsageState(rawValue: try text()) ?? .missing
        record.usageSource = try optionalText()
        for counter in TokenCounter.allCases { record.usage[counter] = try optionalInteger() }
        record.rawUsage = try optionalText()
        record.units = try dictionary()
        for _ in 0..<(try count()) {
            let tool = try text()
            record.toolCalls[tool] = try integer()
        }
        record.providerCost = try optionalText()
        record.cost.picoUSD = try optionalInteger()
        record.cost.status = CostStatus(rawValue: try text()) ?? .none
        record.cost.reason = try optionalText().map(CostReason.init(rawValue:))
        record.cost.priceVersion = try optionalText()
        record.cost.upperBoundPicoUSD = try optionalInteger()
    }

    private mutating func limits() throws -> RateLimits? {
        let count = try integer()
        if count < 0 { return nil }
        var limits = RateLimits()
        for _ in 0..<count {
            let resource = try text()
            limits[resource] = RateLimits.Window(
                limit: try optionalInteger(),
                remaining: try optionalInteger(),
                resetMicroseconds: try optionalInteger()
            )
        }
        return limits
    }

    // MARK: - Values

    private mutating func byte() throws -> UInt8 {
        guard position < bytes.endIndex else { throw Malformed() }
        defer { position += 1 }
        return bytes[position]
    }

    private mutating func integer() throws -> Int64 {
        var value: UInt64 = 0
        for shift in stride(from: 0 as UInt64, to: 70, by: 7) {
            let byte = try byte()
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1) }
        }
        throw Malformed()
    }

    /// Reads a count of elements, each of which takes at least one byte.
    private mutating func count() throws -> Int64 {
        let count = try integer()
        guard count >= 0, count <= Int64(bytes.endIndex - position) else { throw Malformed() }
        return count
    }

    private mutating func optionalInteger() throws -> Int64? {
        try byte() == 0 ? nil : try integer()
    }

    private mutating func optionalText() throws -> String? {
        let length = try integer()
        if length < 0 { return nil }
        guard length <= Int64(bytes.endIndex - position) else { throw Malformed() }
        defer { position += Int(length) }
        return String(decoding: bytes[position..<position + Int(length)], as: UTF8.self)
    }

    private mutating func text() throws -> String {
        guard let text = try optionalText() else { throw Malformed() }
        return text
    }

    private mutating func pairs() throws -> [(String, String)] {
        var pairs: [(String, String)] = []
        for _ in 0..<(try count()) { pairs.append((try text(), try text())) }
        return pairs
    }

    private mutating func dictionary() throws -> [String: String] {
        Dictionary(try pairs()) { _, last in last }
    }
}
