import OpenAIUsage

/// What a call does, in the words of OpenTelemetry's conventions for generative AI.
struct GenAIOperation {
    /// `gen_ai.operation.name`; where the conventions have none, the endpoint's name.
    let name: String
    /// `gen_ai.output.type`, where the endpoint alone tells it.
    let outputType: String?
    /// `openai.api.type`, of which there are two.
    let apiType: String?

    init(_ endpoint: Endpoint) {
        switch endpoint.name {
        case "chat.completions": (name, outputType, apiType) = ("chat", nil, "chat_completions")
        case "responses", "responses.websocket": (name, outputType, apiType) = ("chat", nil, "responses")
        case "responses.retrieve": (name, outputType, apiType) = ("fetch_response", nil, "responses")
        case "completions": (name, outputType, apiType) = ("text_completion", nil, nil)
        case "embeddings": (name, outputType, apiType) = ("embeddings", nil, nil)
        case "images.generations", "images.edits", "images.variations":
            (name, outputType, apiType) = ("generate_content", "image", nil)
        case "audio.speech": (name, outputType, apiType) = ("generate_content", "speech", nil)
        case "audio.transcriptions", "audio.translations": (name, outputType, apiType) = ("generate_content", nil, nil)
        case "vector_stores.search": (name, outputType, apiType) = ("retrieval", nil, nil)
        default: (name, outputType, apiType) = (endpoint.name, nil, nil)
        }
    }

    /// `gen_ai.provider.name` of a host; what only speaks the same protocol cannot be told from OpenAI.
    static func provider(of host: String) -> String {
        let host = host.lowercased()
        let isAzure = ["openai.azure.com", "cognitiveservices.azure.com", "services.ai.azure.com", "openai.azure.us"]
            .contains { host == $0 || host.hasSuffix("." + $0) }
        return isAzure ? "azure.ai.openai" : "openai"
    }
}
