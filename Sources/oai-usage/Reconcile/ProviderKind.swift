/// A kind of answer of the provider's admin API.
enum ProviderKind: String, CaseIterable, Sendable {
    case costs
    case completions
    case embeddings
    case moderations
    case images
    case speeches = "audio_speeches"
    case transcriptions = "audio_transcriptions"
    case vectorStores = "vector_stores"
    case interpreterSessions = "code_interpreter_sessions"
    case webSearches = "web_search_calls"
    case fileSearches = "file_search_calls"

    /// The kind of a result, by its `object`; `nil` for other objects.
    init?(object: String) {
        if object == "organization.costs.result" {
            self = .costs
            return
        }
        let parts = object.split(separator: ".")
        guard parts.count == 4, parts[0] == "organization", parts[1] == "usage", parts[3] == "result" else {
            return nil
        }
        self.init(rawValue: String(parts[2]))
    }

    /// The kind that a file's name or a URL mentions; `nil` if it mentions none.
    init?(mentionedIn text: String) {
        let text = text.replacing("-", with: "_")
        guard let kind = Self.allCases.first(where: { text.contains($0.rawValue) }) else { return nil }
        self = kind
    }

    /// The path of the resource.
    var path: String { self == .costs ? "/v1/organization/costs" : "/v1/organization/usage/\(rawValue)" }

    /// The fields that results are grouped by.
    var groups: [String] {
        switch self {
        case .costs: ["project_id", "line_item"]
        case .completions: ["project_id", "api_key_id", "model", "batch", "service_tier"]
        case .vectorStores, .interpreterSessions: ["project_id"]
        default: ["project_id", "api_key_id", "model"]
        }
    }

    /// True if results have a number of model requests, by model.
    var countsModelRequests: Bool {
        switch self {
        case .completions, .embeddings, .moderations, .images, .speeches, .transcriptions: true
        default: false
        }
    }
}

/// The length of a bucket.
enum ProviderWidth: String, CaseIterable, Sendable {
    case hour, day

    /// The length in seconds.
    var seconds: Int64 { self == .hour ? 3_600 : 86_400 }
    /// The value of `bucket_width`.
    var parameter: String { self == .hour ? "1h" : "1d" }
    /// The most buckets of a page.
    func limit(_ kind: ProviderKind) -> Int { self == .hour ? 168 : kind == .costs ? 180 : 31 }
}
