/// The facts of a document that only few documents contain.
///
/// They are stored apart from the others: nearly every document lacks them and would pay for setting, moving and
/// releasing them.
struct ParsedEventExtras: Sendable {
    var seconds: String?
    var secondUsage = TokenUsage()
    var secondModel: String?
    /// The usage of each of several models.
    var models: [(name: String, usage: TokenUsage)] = []
    var providerCost: String?
    /// The tokens written to the cache for an hour, a part of all that were written.
    var cacheWriteHour: Int64?
    /// The cost of the provider behind an aggregator.
    var upstreamCost = UpstreamCost()
    var errorType: String?
    var errorCode: String?
    /// An error at the top level of the document.
    var flatError = FlatError()
    var outputFile: String?
    /// The objects of a list that report usage.
    var listed = ListedObjects()
    /// True if a gateway reports that its cache has answered.
    var isCacheHit = false
    /// The model that transcribes the spoken input of a session.
    var transcriptionModel: String?
    /// The calls of hosted tools that other providers report in their usage.
    var providerTools: [String: Int64] = [:]
    var tools = HostedTools()
    var size: String?
    var quality: String?
    var videoSeconds: String?
    var memory: String?
    var storedBytes: String?
}

extension ParsedEventExtras {
    /// The objects of a list that report usage, by their identities.
    struct ListedObjects: Sendable {
        /// An object while it is read.
        struct Item: Sendable {
            var identity: String?
            var status = ""
            var file: String?
            var hasAmount = false
            var hasDuration = false
        }

        /// The most objects that are recorded.
        private static let maximumCount = 4_096

        var item = Item()
        /// The identities of each object: its own, and that of its output file.
        private(set) var used: [[ObjectIdentity]] = []

        /// Ends an object.
        mutating func endItem() {
            defer { item = Item() }
            // The length of a video is reported before it is made.
            let isUsed = item.hasAmount || (item.hasDuration && item.status == "completed")
            guard isUsed, let identity = item.identity, !CallRecordBuilder.isPassing(state: item.status),
                used.count < Self.maximumCount
            else { return }
            used.append([identity, item.file].compactMap { $0 }.map { ObjectIdentity($0) })
        }
    }

    /// The cost of the provider behind an aggregator, as plain decimals: the total and its parts, as far as they are
    /// reported.
    struct UpstreamCost: Sendable {
        var total: String?
        var input: String?
        var output: String?

        /// The total, else the sum of the parts; `nil` if all reported values are zero, which providers also report for
        /// unknown costs.
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

    /// The members of a possible error at the top level: `{"object": "error", "message": ..., "code": 400}`.
    struct FlatError: Sendable {
        /// True if the document's `object` is `error`.
        var isNamed = false
        var type: String?
        /// The code, unless it is zero or empty.
        var code: String?
        var hasMessage = false

        /// True if the document cannot be anything but an error.
        ///
        /// Other documents have types, codes and messages too, but not together, and no code of a failed request.
        var isError: Bool {
            if isNamed { return code != nil || hasMessage || type != nil }
            if let code, let status = Int(code), 400..<600 ~= status { return true }
            guard hasMessage else { return false }
            if let code, code != "200", code.lowercased() != "success", code.lowercased() != "ok" { return true }
            return type?.lowercased().contains("error") ?? false
        }
    }

    /// The storage of the facts, which is copied on write.
    ///
    /// SAFETY: only a sole owner writes it; shared storage is only read.
    final class Storage: @unchecked Sendable {
        static let none = Storage(ParsedEventExtras())

        @exclusivity(unchecked) var facts: ParsedEventExtras

        init(_ facts: ParsedEventExtras) { self.facts = facts }
    }
}
