extension Endpoint {
    /// The endpoint that a method and a path name; the path may bear a prefix, as providers' do.
    package init(method: String, path: String) {
        let path = path.prefix { $0 != "?" && $0 != "#" }
        let segments = path.split(separator: "/")
        // The API's own segments follow the last version or deployment segment.
        var start = 0
        for (index, segment) in segments.enumerated() {
            if segment == "v1" || segment == "v1beta" {
                start = index + 1
                if start < segments.count, segments[start] == "openai" { start += 1 }
                break
            }
            if segment == "deployments", index + 1 < segments.count {
                start = index + 2
                break
            }
        }
        self = Self.entry(method: method, segments: Array(segments[start...]))
    }

    private static func entry(method: String, segments: [Substring]) -> Endpoint {
        switch (method, segments.count, segments.first) {
        case ("POST", 2, "chat") where segments[1] == "completions": .chatCompletions
        case ("POST", 1, "completions"): .completions
        case ("POST", 1, "responses"): .responses
        case ("POST", 1, "embeddings"): .embeddings
        case ("GET", 1, "models"): .modelsList
        case ("GET", 2, "models"): .modelsRetrieve
        case ("DELETE", 2, "responses"): .responsesDelete
        default: .other
        }
    }

    static let chatCompletions = Endpoint(name: "chat.completions", meter: .chat)
    static let completions = Endpoint(name: "completions", meter: .completions)
    static let responses = Endpoint(name: "responses", meter: .responses)
    static let responsesDelete = Endpoint(name: "responses.delete", meter: .free)
    static let embeddings = Endpoint(name: "embeddings", meter: .embeddings)
    static let modelsList = Endpoint(name: "models.list", meter: .free)
    static let modelsRetrieve = Endpoint(name: "models.retrieve", meter: .free)
    static let other = Endpoint(name: "other", meter: .none)
}
