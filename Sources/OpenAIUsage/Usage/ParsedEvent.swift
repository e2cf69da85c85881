import CByteScan

/// The facts of one JSON document of a response: a body, the data of an event, a message or a line.
package struct ParsedEvent: Sendable {
    /// The presence of a member: absent, `null`, present but without anything recognized, or recognized.
    enum Presence: UInt8, Sendable {
        case absent, null, unread, present
    }

    var isTouched = false
    var identity = ResponseIdentity()
    var type: [UInt8] = []
    var usagePresence = Presence.absent
    var usage = TokenUsage()
    var rawUsage: String?
    /// True if the provider behind an aggregator is paid with the caller's own key.
    var isOwnKey = false
    var errorPresence = Presence.absent
    var hasContent = false
    var hasCitations = false
    /// The creation time of the object, in microseconds since 1970.
    var createdAt: Int64?
    var images = 0
    private var rareFacts: ParsedEventExtras.Storage?
    private var earlierUsage: EarlierUsage?

    /// True if the document contains any of the rare facts.
    var hasRare: Bool { rareFacts != nil }

    /// The facts that only few documents contain.
    var rare: ParsedEventExtras {
        _read {
            let storage = rareFacts ?? ParsedEventExtras.Storage.none
            yield storage.facts
        }
        _modify {
            let storage: ParsedEventExtras.Storage
            if isKnownUniquelyReferenced(&rareFacts), let rareFacts {
                storage = rareFacts
            } else {
                storage = ParsedEventExtras.Storage(rare)
                rareFacts = storage
            }
            yield &storage.facts
        }
    }

    /// An earlier usage of the same document, kept until the later one is known to report anything.
    private final class EarlierUsage: Sendable {
        let usage: TokenUsage
        let rawUsage: String?

        init(_ usage: TokenUsage, _ rawUsage: String?) {
            self.usage = usage
            self.rawUsage = rawUsage
        }
    }

    /// Begins a usage, which replaces an earlier one if it reports anything.
    mutating func beginUsage() {
        earlierUsage = usagePresence == .present ? EarlierUsage(usage, rawUsage) : nil
        usagePresence = .present
        usage = TokenUsage()
        rawUsage = nil
        isOwnKey = false
        guard hasRare else { return }
        rare.seconds = nil
        rare.providerCost = nil
        rare.cacheWriteHour = nil
        rare.upstreamCost = ParsedEventExtras.UpstreamCost()
        rare.providerTools = [:]
    }

    /// Ends a usage; one that reports nothing counts as `null`.
    mutating func endUsage(_ text: String?) {
        let earlier = earlierUsage
        earlierUsage = nil
        rawUsage = text
        guard usage.isEmpty, rareFacts?.facts.seconds == nil else {
            if let earlier, usage.isZero, !earlier.usage.isZero {
                (usage, rawUsage) = (earlier.usage, earlier.rawUsage)
            } else if let earlier, usage.complete(from: earlier.usage) {
                rawUsage = ParsedEvent.joined(earlier.rawUsage, text)
            }
            return
        }
        if let earlier {
            (usage, rawUsage) = (earlier.usage, earlier.rawUsage)
        } else {
            // Text without a digit reports nothing; text that is too long to be collected reports something.
            usagePresence = text?.utf8.contains { 0x30...0x39 ~= $0 } ?? true ? .unread : .null
        }
    }

    /// The texts of several usages as a JSON array; `nil` if one is unknown or they are too long together.
    static func joined(_ known: String?, _ later: String?) -> String? {
        guard let known, let later, known.utf8.count + later.utf8.count < JSONScanner.maximumVerbatimLength else {
            return nil
        }
        return known.hasPrefix("[") ? "\(known.dropLast()),\(later)]" : "[\(known),\(later)]"
    }

    /// True if the document is an error or contains one that is not empty.
    var isError: Bool { errorPresence == .present || (rareFacts?.facts.flatError.isError ?? false) }

    /// Resets all facts for the next document.
    mutating func reset() {
        guard isTouched else { return }
        var facts = ParsedEvent()
        // Keep the buffers: nearly every event fills them with the same bytes again.
        swap(&facts.identity, &identity)
        swap(&facts.type, &type)
        facts.identity.reset()
        facts.type.removeAll(keepingCapacity: true)
        self = facts
    }
}

/// The identity of a response and how it ended, as bytes that most events repeat.
package struct ResponseIdentity: Sendable {
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

    /// Merges the values of a later document; its empty values change nothing.
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

    /// The word of a member that may be stored (see ``RowText``); `nil` if the member is empty.
    static func word(_ bytes: [UInt8]) -> String? { RowText.word(text(bytes)) }

    static func text(_ bytes: [UInt8]) -> String? {
        bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
    }
}

/// The names of events, as the received bytes.
enum EventName {
    /// True for the name of an error.
    static func isError(_ name: [UInt8]) -> Bool { equals(name, "error") }

    /// True for the name of an event that adds to the content.
    static func isDelta(_ name: [UInt8]) -> Bool { name.suffix(6).elementsEqual(".delta".utf8) }

    /// True for the name of the event that ends a response.
    static func isTerminalResponse(_ name: [UInt8]) -> Bool {
        equals(name, "response.completed") || equals(name, "response.incomplete") || equals(name, "response.failed")
            || equals(name, "response.done")
    }

    /// The location of an event's usage in the form of ``CallRecord/usageSource``.
    static func source(_ name: [UInt8], _ pointer: String) -> String {
        // A name that no event of the API can have is not stored.
        let isPlain =
            name.count <= 48
            && name.allSatisfy { 0x61...0x7a ~= $0 || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "_") }
        return "event:\(isPlain ? String(decoding: name, as: UTF8.self) : "?"):\(pointer)"
    }

    static func equals(_ name: some Collection<UInt8>, _ text: String) -> Bool {
        name.count == text.utf8.count && name.elementsEqual(text.utf8)
    }
}
