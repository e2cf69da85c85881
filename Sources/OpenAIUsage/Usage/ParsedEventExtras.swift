/// What few documents of a response say.
///
/// It stands apart from the rest, since what nearly every document leaves out would have to be set, moved and let go with
/// each of them.
struct ParsedEventExtras: Sendable {
    var seconds: String?
    var secondUsage = TokenUsage()
    var secondModel: String?
    /// What each of several models used.
    var models: [(name: String, usage: TokenUsage)] = []
    var providerCost: String?
    /// The tokens written to the cache for an hour, a part of all that were written.
    var cacheWriteHour: Int64?
    /// What a provider's provider costs.
    var upstreamCost = UpstreamCost()
    var errorType: String?
    var errorCode: String?
    /// An error that is the document itself.
    var flatError = FlatError()
    var outputFile: String?
    /// The objects of a list that have used something.
    var listed = ListedObjects()
    /// True if a gateway says that its cache has answered.
    var isCacheHit = false
    /// The model that transcribes what is said to a session.
    var transcriptionModel: String?
    /// The calls of hosted tools as other providers count them, in their usage.
    var providerTools: [String: Int64] = [:]
    var tools = HostedTools()
    var size: String?
    var quality: String?
    var videoSeconds: String?
    var memory: String?
    var storedBytes: String?
}

extension ParsedEventExtras {
    /// The objects of a list that have used something, by their identities.
    struct ListedObjects: Sendable {
        /// An object while it is read.
        struct Item: Sendable {
            var identity: String?
            var status = ""
            var file: String?
            var hasAmount = false
            var hasDuration = false
        }

        /// The most that are told apart.
        private static let maximumCount = 4_096

        var item = Item()
        /// The names of each: its own, and that of the file with what it has made.
        private(set) var used: [[ObjectIdentity]] = []

        /// Takes the end of an object.
        mutating func endItem() {
            defer { item = Item() }
            // The length of a video is told before it is made.
            let isUsed = item.hasAmount || (item.hasDuration && item.status == "completed")
            guard isUsed, let identity = item.identity, !CallRecordBuilder.isPassing(state: item.status),
                used.count < Self.maximumCount
            else { return }
            used.append([identity, item.file].compactMap { $0 }.map { ObjectIdentity($0) })
        }
    }

    /// The price of a provider's provider, as plain decimals: the whole and its parts, as far as they are told.
    struct UpstreamCost: Sendable {
        var total: String?
        var input: String?
        var output: String?

        /// The whole, else the sum of the parts; `nil` if all that is told is zero, which providers also say of what they
        /// do not know.
        var known: String? {
            if let total, Self.isPositive(total) { return total }
            let parts = [input, output].compactMap { $0 }.filter(Self.isPositive)
            guard let first = parts.first else { return nil }
            return parts.count == 1 ? first : JSONNumber.sum(first, parts[1])
        }

        private static func isPositive(_ text: String) -> Bool {
            !text.hasPrefix("-") && text.utf8.contains { 0x31...0x39 ~= $0 }
        }
    }

    /// What a document says that may be an error by itself: `{"object": "error", "message": ..., "code": 400}`.
    struct FlatError: Sendable {
        /// True if the document says that it is an error.
        var isNamed = false
        var type: String?
        /// The code, unless it is zero or empty.
        var code: String?
        var hasMessage = false

        /// True if the document cannot be anything but an error.
        ///
        /// Documents that are none have types, codes and messages too, but not together, and no code of a failed request.
        var isError: Bool {
            if isNamed { return code != nil || hasMessage || type != nil }
            if let code, let status = Int(code), 400..<600 ~= status { return true }
            guard hasMessage else { return false }
            if let code, code != "200", code.lowercased() != "success", code.lowercased() != "ok" { return true }
            return type?.lowercased().contains("error") ?? false
        }
    }

    /// Where they stand.
    ///
    /// SAFETY: it is written only by who alone has it, and read by whoever has it.
    final class Storage: @unchecked Sendable {
        static let none = Storage(ParsedEventExtras())

        @exclusivity(unchecked) var facts: ParsedEventExtras

        init(_ facts: ParsedEventExtras) { self.facts = facts }
    }
}
