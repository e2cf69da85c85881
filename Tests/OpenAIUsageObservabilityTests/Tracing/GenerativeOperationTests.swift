import HTTPTypes
import OpenAIUsage
import Testing

@testable import OpenAIUsageObservability

/// What a call is called, and where it goes.
struct GenerativeOperationTests {
    @Test(
        arguments: [
            ("POST", "chat/completions", "chat", nil, "chat_completions"),
            ("POST", "responses", "chat", nil, "responses"),
            ("GET", "responses/resp_1", "fetch_response", nil, "responses"),
            ("POST", "completions", "text_completion", nil, nil), ("POST", "embeddings", "embeddings", nil, nil),
            ("POST", "images/generations", "generate_content", "image", nil),
            ("POST", "audio/speech", "generate_content", "speech", nil),
            ("POST", "audio/transcriptions", "generate_content", nil, nil),
            ("POST", "vector_stores/vs_1/search", "retrieval", nil, nil), ("GET", "models", "models.list", nil, nil),
            ("POST", "moderations", "moderations", nil, nil), ("GET", "no/such/path", "other", nil, nil),
        ] as [(String, String, String, String?, String?)]
    )
    func `An endpoint has an operation`(
        method: String,
        path: String,
        name: String,
        outputType: String?,
        apiType: String?
    ) {
        let operation = Endpoint.GenerativeOperation(Endpoint(method: method, path: "/v1/" + path))
        #expect(operation.name == name && operation.outputType == outputType && operation.apiType == apiType)
    }

    @Test(
        arguments: [
            ("api.openai.com", "openai"), ("eu.api.openai.com", "openai"), ("localhost", "openai"), ("", "openai"),
            ("mine.openai.azure.com", "azure.ai.openai"), ("MINE.OpenAI.Azure.com", "azure.ai.openai"),
            ("mine.cognitiveservices.azure.com", "azure.ai.openai"), ("mine.services.ai.azure.com", "azure.ai.openai"),
            ("notopenai.azure.com", "openai"), ("openai.azure.com.example.org", "openai"),
        ]
    )
    func `A host has a provider`(host: String, provider: String) {
        let record = CallRecord(
            id: CallID(rawValue: 1),
            startedAt: 0,
            source: .library,
            method: "POST",
            host: host,
            path: "/v1"
        )
        #expect(record.generativeProvider == provider)
    }

    @Test(
        arguments: [
            ("api.openai.com", "https", 443), ("api.openai.com", "HTTP", 80), ("api.openai.com:8080", "https", 8_080),
            ("[::1]:9000", "http", 9_000), ("[::1]", "http", 80), ("api.openai.com", "ftp", nil),
            ("api.openai.com", nil, nil), (nil, "wss", 443), ("api.openai.com:0", "https", nil),
            ("api.openai.com:99999", "https", nil), ("api.openai.com:x", "https", 443), ("", "http", 80),
            ("user:secret@host:81", "http", 81),
        ] as [(String?, String?, Int?)]
    )
    func `A request has a port`(authority: String?, scheme: String?, port: Int?) {
        let head = HTTPRequest(method: .get, scheme: scheme, authority: authority, path: "/")
        #expect(ServerAddress.port(of: head) == port)
    }
}
