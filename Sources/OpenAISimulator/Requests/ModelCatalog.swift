/// The models that the simulator knows, and their names in answers.
enum ModelCatalog {
    /// A model that can be requested.
    struct Model: Sendable, Equatable {
        /// The name in requests.
        var name: String
        /// The name in answers.
        var servedName: String
        /// True if its usage reports the tokens written to the cache.
        var reportsCacheWrites = false
        /// The service tier in answers to requests for `priority`.
        var priorityTier = "priority"
        /// The number of dimensions of an embedding; `nil` for other models.
        var dimensions: Int?
    }

    /// Returns the model for a request's `model`; `nil` if it does not exist.
    ///
    /// Snapshots are models of their own. A fine-tuned model (`ft:base:organization:suffix:id`) exists if its base does, and
    /// keeps its name.
    static func model(named name: String) -> Model? {
        if let model = models[name] { return model }
        guard name.hasPrefix("ft:") else { return nil }
        let parts = name.utf8.split(separator: UInt8(ascii: ":"), maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let base = models[String(Substring(parts[1]))] else { return nil }
        var model = base
        model.name = name
        model.servedName = name
        return model
    }

    /// The models of `GET /v1/models`, sorted by name.
    static let listed: [Model] = models.values.sorted { $0.name < $1.name }

    private static let models: [String: Model] = {
        var models: [String: Model] = [:]
        for (name, servedName) in snapshots {
            models[name] = Model(name: name, servedName: servedName)
            if models[servedName] == nil { models[servedName] = Model(name: servedName, servedName: servedName) }
        }
        for name in unchanged where models[name] == nil {
            models[name] = Model(name: name, servedName: name)
        }
        for name in writingCaches {
            let servedName = name == "gpt-5.6" ? "gpt-5.6-sol" : name
            models[name] = Model(name: name, servedName: servedName, reportsCacheWrites: true)
            if name.hasPrefix("gpt-6") { models[name]?.priorityTier = "fast" }
        }
        for (name, dimensions) in embeddings {
            models[name] = Model(name: name, servedName: name, dimensions: dimensions)
        }
        return models
    }()

    private static let snapshots: [(String, String)] = [
        ("gpt-3.5-turbo", "gpt-3.5-turbo-0125"),
        ("gpt-3.5-turbo-instruct", "gpt-3.5-turbo-instruct:20230824-v2"),
        ("gpt-4", "gpt-4-0613"),
        ("gpt-4-turbo", "gpt-4-turbo-2024-04-09"),
        ("gpt-4.1", "gpt-4.1-2025-04-14"),
        ("gpt-4.1-mini", "gpt-4.1-mini-2025-04-14"),
        ("gpt-4.1-nano", "gpt-4.1-nano-2025-04-14"),
        ("gpt-4o", "gpt-4o-2024-08-06"),
        ("gpt-4o-mini", "gpt-4o-mini-2024-07-18"),
        ("gpt-5", "gpt-5-2025-08-07"),
        ("gpt-5-mini", "gpt-5-mini-2025-08-07"),
        ("gpt-5-nano", "gpt-5-nano-2025-08-07"),
        ("gpt-5.1", "gpt-5.1-2025-11-13"),
        ("gpt-5.4", "gpt-5.4-2026-03-05"),
        ("gpt-5.5", "gpt-5.5-2026-04-23"),
        ("o1", "o1-2024-12-17"),
        ("o3", "o3-2025-04-16"),
        ("o3-mini", "o3-mini-2025-01-31"),
        ("o4-mini", "o4-mini-2025-04-16"),
    ]

    private static let unchanged = [
        "babbage-002", "chat-latest", "chatgpt-4o-latest", "codex-mini-latest", "davinci-002", "gpt-3.5-turbo-1106",
        "gpt-4o-2024-05-13", "gpt-4o-2024-11-20", "gpt-4o-audio-preview", "gpt-4o-mini-search-preview",
        "gpt-4o-search-preview", "gpt-5-chat-latest", "gpt-5-codex", "gpt-5-pro", "gpt-5.1-codex", "gpt-5.2",
        "gpt-5.2-pro", "gpt-5.3-codex", "gpt-5.4-mini", "gpt-5.4-nano", "gpt-5.4-pro", "gpt-5.5-pro", "gpt-audio",
        "gpt-audio-1.5", "gpt-audio-mini", "o1-pro", "o3-deep-research", "o3-pro", "o4-mini-deep-research",
        "omni-moderation-2024-09-26", "omni-moderation-latest", "text-moderation-latest",
    ]

    private static let writingCaches = [
        "gpt-5.6", "gpt-5.6-luna", "gpt-5.6-sol", "gpt-5.6-terra", "gpt-6-astra", "gpt-6-luna", "gpt-6-sol",
        "gpt-6.1-sol", "gpt-6.1-terra", "gpt-6.2-astra", "gpt-6.2-sol",
    ]

    private static let embeddings = [
        ("text-embedding-3-small", 1536), ("text-embedding-3-large", 3072), ("text-embedding-ada-002", 1536),
    ]
}
