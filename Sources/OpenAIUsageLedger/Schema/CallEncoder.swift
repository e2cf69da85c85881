import OpenAIUsage

/// Writes a record into the parameters of a statement, in the order of the columns.
struct CallEncoder {
    private static let maximumKnown = 4_096

    private var tagTexts: [TagSet: String] = [:]
    private var keyTexts: [KeyFingerprint: String] = [:]
    private var objectTexts: [[String: String]: String] = [:]
    private var limits = JSONWriter()

    /// Binds a record.
    mutating func bind(
        _ record: CallRecord,
        outcome: Outcome,
        to binder: inout StatementBinder,
        labels: inout LabelCache
    ) {
        binder.integer(record.id.rawValue)
        binder.integer(record.startedAt)
        binder.integer(Int64(record.attempt))
        // Most calls have one attempt, which gives the operation its identity.
        binder.text(isIdentity(record.id, record.operationID) ? nil : record.operationID)
        binder.text(record.source.rawValue)
        binder.label(record.client, .client, &labels)
        binder.label(record.method, .method, &labels)
        binder.label(record.host, .host, &labels)
        binder.label(record.path, .path, &labels)
        binder.label(record.endpoint.name, .endpoint, &labels)
        binder.integer(record.isStream ? 1 : 0)
        binder.label(record.organization, .organization, &labels)
        binder.label(record.project, .project, &labels)
        binder.label(record.requestedOrganization, .organization, &labels)
        binder.label(record.requestedProject, .project, &labels)
        binder.label(text(of: record.key), .key, &labels)
        binder.label(text(of: record.tags), .tags, &labels)
        binder.label(record.requestModel, .model, &labels)
        binder.label(record.model, .model, &labels)
        binder.label(record.requestedServiceTier, .serviceTier, &labels)
        binder.label(record.serviceTier, .serviceTier, &labels)
        binder.label(record.backgroundWindow, .backgroundWindow, &labels)
        binder.integer(record.status.map(Int64.init))
        binder.text(outcome.rawValue)
        binder.label(record.finish, .finish, &labels)
        binder.label(record.errorType, .errorType, &labels)
        binder.label(record.errorCode, .errorCode, &labels)
        binder.text(record.requestID)
        binder.text(record.clientRequestID)
        binder.text(record.responseID)
        bindUsage(record, to: &binder, labels: &labels)
        binder.integer(record.timing.duration)
        binder.integer(record.timing.timeToHeaders)
        binder.integer(record.timing.timeToFirstToken)
        binder.integer(record.timing.processing)
        binder.integer(record.timing.gateway)
        bindLimits(record.rateLimits, to: &binder)
        binder.integer(record.retryAfterMilliseconds)
        binder.integer(record.isCounted ? 1 : 0)
        binder.integer(record.objectCreatedAt)
        binder.text(record.objectAlias)
        binder.label(CompactJSON.object(record.requestOptions), .requestOptions, &labels)
        binder.text(record.traceID)
        binder.text(record.edgeRequestID)
        binder.label(text(ofDiagnostics: record.diagnostics), .diagnostics, &labels)
        binder.integer(record.timing.upstreamService)
        binder.integer(record.requestBytes)
        binder.integer(record.maximumOutputTokens)
        binder.integer(record.cost.upperBoundPicoUSD)
    }

    /// Whether a text is the identity's description, which is not made for it.
    private func isIdentity(_ id: CallID, _ text: String) -> Bool {
        var text = text
        return text.withUTF8 { digits in
            guard digits.count == 16 else { return false }
            var rest = UInt64(bitPattern: id.rawValue)
            for digit in digits {
                let value = UInt8(truncatingIfNeeded: rest >> 60)
                guard digit == (value < 10 ? 0x30 + value : 0x57 + value) else { return false }
                rest <<= 4
            }
            return true
        }
    }

    private func bindUsage(_ record: CallRecord, to binder: inout StatementBinder, labels: inout LabelCache) {
        binder.text(record.usageState.rawValue)
        binder.label(record.usageSource, .usageSource, &labels)
        for counter in TokenCounter.allCases { binder.integer(record.usage[counter]) }
        let buckets = record.usage.isEmpty ? nil : TokenBuckets(record.usage)
        binder.integer(buckets?.input)
        binder.integer(buckets?.cachedInput)
        binder.integer(buckets?.cacheWrite)
        binder.integer(buckets?.cacheWrite12Hour)
        binder.integer(buckets?.audioInput)
        binder.integer(buckets?.cachedAudioInput)
        binder.integer(buckets?.imageInput)
        binder.integer(buckets?.cachedImageInput)
        binder.integer(buckets.map { $0.output + $0.hiddenOutput })
        binder.integer(buckets?.audioOutput)
        binder.integer(buckets?.imageOutput)
        binder.integer(buckets.map { $0.isInconsistent ? 1 : 0 })
        binder.document(record.rawUsage)
        binder.document(CompactJSON.object(record.units))
        binder.document(CompactJSON.object(record.toolCalls.mapValues(String.init)))
        binder.text(record.providerCost)
        binder.integer(record.cost.picoUSD)
        binder.text(record.cost.status.rawValue)
        binder.label(record.cost.reason?.rawValue, .costReason, &labels)
        binder.label(record.cost.priceVersion, .priceVersion, &labels)
    }

    private mutating func bindLimits(_ rateLimits: RateLimits?, to binder: inout StatementBinder) {
        guard let rateLimits else { return binder.integer(nil) }
        limits.clear()
        RateLimitText.write(rateLimits, to: &limits)
        binder.text(limits.bytes)
    }

    private mutating func text(of tags: UsageTags) -> String? {
        if tags.isEmpty { return nil }
        let set = TagSet(tags: tags)
        if let text = tagTexts[set] { return text }
        let text = CompactJSON.object(tags)
        if tagTexts.count >= Self.maximumKnown { tagTexts.removeAll() }
        tagTexts[set] = text
        return text
    }

    private mutating func text(ofDiagnostics members: [String: String]) -> String? {
        if members.isEmpty { return nil }
        if let text = objectTexts[members] { return text }
        let text = CompactJSON.object(texts: members)
        if objectTexts.count >= Self.maximumKnown { objectTexts.removeAll() }
        objectTexts[members] = text
        return text
    }

    private mutating func text(of key: KeyFingerprint?) -> String? {
        guard let key else { return nil }
        if let text = keyTexts[key] { return text }
        let text = "\(key.hint) #\(key.digestText)"
        if keyTexts.count >= Self.maximumKnown { keyTexts.removeAll() }
        keyTexts[key] = text
        return text
    }
}

/// Tags as the key of a dictionary.
private struct TagSet: Hashable {
    let tags: UsageTags

    static func == (left: TagSet, right: TagSet) -> Bool { left.tags == right.tags }

    func hash(into hasher: inout Hasher) {
        for (key, value) in tags.pairs {
            hasher.combine(key)
            hasher.combine(value)
        }
    }
}
