/// The provider whose prices apply at a host.
package enum UpstreamHost: Sendable {
    /// OpenAI's standard prices; also for unknown hosts, which are assumed to relay to OpenAI.
    case standard
    /// OpenAI's prices with a regional uplift.
    case regional
    /// Another provider's prices.
    case other

    static let standardHost = "api.openai.com"
    private static let others = [
        "openai.azure.com", "cognitiveservices.azure.com", "services.ai.azure.com", "azure-api.net", "openrouter.ai",
        "groq.com", "deepseek.com", "googleapis.com", "x.ai", "mistral.ai", "perplexity.ai", "together.xyz",
        "together.ai", "fireworks.ai", "anthropic.com", "cohere.com", "cohere.ai", "cerebras.ai", "deepinfra.com",
        "sambanova.ai", "moonshot.ai", "moonshot.cn", "huggingface.co", "aliyuncs.com",
    ]

    /// Creates the classification of a host, which may include a port.
    package init(_ host: String) { self = Self.classify(host) }

    private static func classify(_ host: String) -> UpstreamHost {
        var name = host.lowercased()[...]
        if let colon = name.lastIndex(of: ":"), !name.hasSuffix("]") { name = name[..<colon] }
        if name.hasSuffix(".") { name = name.dropLast() }
        if name == standardHost { return .standard }
        if name.hasSuffix("." + standardHost) {
            let region = name.dropLast(standardHost.utf8.count + 1)
            return region.isEmpty || region.contains(".") ? .standard : .regional
        }
        for other in others where name.hasSuffix(other) {
            if name.utf8.count == other.utf8.count || name.dropLast(other.utf8.count).hasSuffix(".") { return .other }
        }
        if name.hasPrefix("bedrock"), name.hasSuffix(".amazonaws.com") { return .other }
        return .standard
    }
}
