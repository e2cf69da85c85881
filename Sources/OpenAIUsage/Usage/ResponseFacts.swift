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
    /// Whether a provider's provider is paid with the caller's own key.
    var isOwnKey = false
    var errorPresence = Presence.absent
    var hasContent = false
    var hasCitations = false
    /// Microseconds since 1970.
    var createdAt: Int64?
    var images = 0
    private var rareFacts: RareFacts.Storage?

    /// Whether the document says anything of what few do.
    var hasRare: Bool { rareFacts != nil }

    /// What few documents say.
    var rare: RareFacts {
        _read {
            let storage = rareFacts ?? RareFacts.Storage.none
            yield storage.facts
        }
        _modify {
            let storage: RareFacts.Storage
            if isKnownUniquelyReferenced(&rareFacts), let rareFacts {
                storage = rareFacts
            } else {
                storage = RareFacts.Storage(rare)
                rareFacts = storage
            }
            yield &storage.facts
        }
    }

    /// Takes the start of a usage, which replaces an earlier one.
    mutating func beginUsage() {
        usagePresence = .present
        usage = TokenUsage()
        rawUsage = nil
        isOwnKey = false
        guard hasRare else { return }
        rare.seconds = nil
        rare.providerCost = nil
        rare.upstreamCost = nil
        rare.providerTools = [:]
    }

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
    mutating func merge(_ later: ResponseIdentity) {
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
