/// What one JSON document of a response says: a body, or the data of one event.
struct ResponseFacts: Sendable {
    /// Whether a member is there, and whether it is `null`.
    enum Presence: UInt8, Sendable {
        case absent, null, present
    }

    var usagePresence = Presence.absent
    var usage = TokenUsage()
    var rawUsage: String?
    var providerCost: String?
    var upstreamCost: String?
    var errorPresence = Presence.absent
    var errorType: String?
    var errorCode: String?
    var flatErrorCode: String?
    var type: [UInt8] = []
    var hasContent = false

    /// Forgets everything, for the next document.
    mutating func reset() {
        guard
            usagePresence != .absent || errorPresence != .absent || hasContent || !type.isEmpty || flatErrorCode != nil
        else { return }
        usagePresence = .absent
        usage = TokenUsage()
        rawUsage = nil
        providerCost = nil
        upstreamCost = nil
        errorPresence = .absent
        errorType = nil
        errorCode = nil
        flatErrorCode = nil
        type.removeAll(keepingCapacity: true)
        hasContent = false
    }

    func isType(_ name: StaticString) -> Bool {
        guard type.count == name.utf8CodeUnitCount else { return false }
        for index in 0..<type.count where type[index] != name.utf8Start[index] { return false }
        return true
    }
}

/// What the documents of a response say together; later values replace earlier ones.
struct ResponseIdentity: Sendable {
    var identity: [UInt8] = []
    var model: [UInt8] = []
    var serviceTier: [UInt8] = []
    var status: [UInt8] = []
    var incompleteReason: [UInt8] = []
    var finishReason: [UInt8] = []

    static func text(_ bytes: [UInt8]) -> String? {
        bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
    }
}
