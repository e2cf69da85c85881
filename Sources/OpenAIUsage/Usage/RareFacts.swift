/// What few documents of a response say.
///
/// It stands apart from the rest, since what nearly every document leaves out would have to be set, moved and let go with
/// each of them.
struct RareFacts: Sendable {
    var seconds: String?
    var secondUsage = TokenUsage()
    var secondModel: String?
    /// What each of several models used.
    var models: [(name: String, usage: TokenUsage)] = []
    var providerCost: String?
    /// What a provider's provider costs.
    var upstreamCost: String?
    var errorType: String?
    var errorCode: String?
    /// An error that is the document itself.
    var flatError = FlatError()
    var outputFile: String?
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

extension RareFacts {
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
        static let none = Storage(RareFacts())

        @exclusivity(unchecked) var facts: RareFacts

        init(_ facts: RareFacts) { self.facts = facts }
    }
}
