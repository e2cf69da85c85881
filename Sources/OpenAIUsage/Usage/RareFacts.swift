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
    var flatErrorCode: String?
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
    /// Where they stand.
    ///
    /// SAFETY: it is written only by who alone has it, and read by whoever has it.
    final class Storage: @unchecked Sendable {
        static let none = Storage(RareFacts())

        @exclusivity(unchecked) var facts: RareFacts

        init(_ facts: RareFacts) { self.facts = facts }
    }
}
