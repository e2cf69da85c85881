import CByteScan

/// What one JSON document of a response says: a body, the data of one event, a message or a line.
struct ResponseFacts: Sendable {
    /// Whether a member is there, and whether it is `null`.
    enum Presence: UInt8, Sendable {
        case absent, null, present
    }

    var isTouched = false
    var identity = ResponseIdentity()
    var type: [UInt8] = []
    var usagePresence = Presence.absent
    var usage = TokenUsage()
    var rawUsage: String?
    var seconds: String?
    var secondUsage = TokenUsage()
    var secondModel: String?
    /// What each of several models used.
    var models: [(name: String, usage: TokenUsage)] = []
    var providerCost: String?
    /// What a provider's provider costs, and whether it is paid with the caller's own key.
    var upstreamCost: String?
    var isOwnKey = false
    var errorPresence = Presence.absent
    var errorType: String?
    var errorCode: String?
    var flatErrorCode: String?
    var hasContent = false
    var hasCitations = false
    /// Microseconds since 1970.
    var createdAt: Int64?
    var outputFile: String?
    /// The model that transcribes what is said to a session.
    var transcriptionModel: String?
    /// The calls of hosted tools as other providers count them, in their usage.
    var providerTools: [String: Int64] = [:]
    var tools = HostedTools()
    var images = 0
    var size: String?
    var quality: String?
    var videoSeconds: String?
    var memory: String?
    var storedBytes: String?

    /// Forgets everything, for the next document.
    mutating func reset() {
        guard isTouched else { return }
        var facts = ResponseFacts()
        // The buffers stay, since nearly every event fills them with the same bytes again.
        swap(&facts.identity, &identity)
        swap(&facts.type, &type)
        facts.identity.reset()
        facts.type.removeAll(keepingCapacity: true)
        self = facts
    }
}

/// What names a response, and how it ended, as bytes that most events repeat.
struct ResponseIdentity: Sendable {
    var identity: [UInt8] = []
    var model: [UInt8] = []
    var serviceTier: [UInt8] = []
    var status: [UInt8] = []
    var reason: [UInt8] = []
    var finishReason: [UInt8] = []

    mutating func reset() {
        identity.removeAll(keepingCapacity: true)
        model.removeAll(keepingCapacity: true)
        serviceTier.removeAll(keepingCapacity: true)
        status.removeAll(keepingCapacity: true)
        reason.removeAll(keepingCapacity: true)
        finishReason.removeAll(keepingCapacity: true)
    }

    /// Takes over what a later document says; what it leaves out stays.
    mutating func merge(_ later: borrowing ResponseIdentity) {
        Self.merge(&identity, later.identity)
        Self.merge(&model, later.model)
        Self.merge(&serviceTier, later.serviceTier)
        Self.merge(&status, later.status)
        Self.merge(&reason, later.reason)
        Self.merge(&finishReason, later.finishReason)
    }

    static func merge(_ known: inout [UInt8], _ later: [UInt8]) {
        guard !later.isEmpty else { return }
        if known.isEmpty { known = later } else { later.withUnsafeBufferPointer { merge(&known, $0) } }
    }

    static func merge(_ known: inout [UInt8], _ later: UnsafeBufferPointer<UInt8>) {
        guard !later.isEmpty, !isEqual(known, later) else { return }
        known.removeAll(keepingCapacity: true)
        known.append(contentsOf: later)
    }

    private static func isEqual(_ known: [UInt8], _ later: UnsafeBufferPointer<UInt8>) -> Bool {
        guard known.count == later.count, let base = later.baseAddress else { return false }
        return known.withUnsafeBufferPointer { known in
            guard let known = known.baseAddress else { return false }
            return cbytescan_common_length(known, base, later.count) == later.count
        }
    }

    static func text(_ bytes: [UInt8]) -> String? {
        bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
    }
}
