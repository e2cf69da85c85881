import Testing

@testable import OpenAIUsage

/// What is remembered of a target is what is read from it.
struct EndpointCacheTests {
    static let targets: [(method: String, target: String, path: String, name: String, model: String?)] = [
        ("POST", "/v1/chat/completions", "/v1/chat/completions", "chat.completions", nil),
        ("GET", "/v1/models", "/v1/models", "models", nil),
        ("GET", "/v1/realtime?model=gpt-realtime&x=1", "/v1/realtime", "realtime", "gpt-realtime"),
        (
            "POST", "/openai/deployments/my-gpt/chat/completions?api-version=2024-10-21",
            "/openai/deployments/my-gpt/chat/completions", "chat.completions", "my-gpt"
        ),
        ("GET", "/", "/", "other", nil), ("GET", "", "/", "other", nil), ("GET", "?model=", "/", "other", nil),
        ("POST", "/v1/elsewhere#part", "/v1/elsewhere", "other", nil),
        ("GET", "/v1/chat/completions", "/v1/chat/completions", "chat.completions", nil),
    ]

    @Test(arguments: targets)
    func `A target is read the same the first time and later`(
        _ target: (method: String, target: String, path: String, name: String, model: String?)
    ) {
        let memory = EndpointCache(capacity: 4)
        for _ in 0..<3 {
            let facts = memory.facts(method: target.method, target: target.target)
            #expect(facts.path == target.path && facts.model == target.model)
            #expect(facts.endpoint == Endpoint(method: target.method, path: target.path))
            #expect(facts.endpoint.name.hasPrefix(target.name))
        }
    }

    @Test
    func `What is forgotten is read again`() {
        let memory = EndpointCache(capacity: 2)
        for round in 0..<3 {
            for number in 0..<10 {
                let facts = memory.facts(method: "GET", target: "/v1/responses/resp_\(number)")
                #expect(facts.path == "/v1/responses/resp_\(number)", "round \(round)")
                #expect(facts.endpoint.family === Endpoint(method: "GET", path: facts.path).family)
            }
        }
        #expect(memory.count <= 2)
    }

    @Test
    func `A long target is bounded, and not remembered`() {
        let memory = EndpointCache(capacity: 8)
        let long = "/v1/files/" + String(repeating: "x", count: 2_000)
        #expect(memory.facts(method: "GET", target: long).path == String(long.prefix(256)))
        #expect(memory.count == 0)
    }

    @Test
    func `Methods are told apart`() {
        let memory = EndpointCache(capacity: 8)
        let listed = memory.facts(method: "GET", target: "/v1/chat/completions").endpoint
        let made = memory.facts(method: "POST", target: "/v1/chat/completions").endpoint
        #expect(listed != made)
    }
}
