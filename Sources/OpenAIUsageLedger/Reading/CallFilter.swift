public import OpenAIUsage

/// Which calls are looked at: those that satisfy every condition, each of which names the values that it allows.
public struct CallFilter: Sendable, Equatable {
    /// The projects.
    public var projects: [String] = []
    /// The models, as requested or as served.
    public var models: [String] = []
    /// The endpoints.
    public var endpoints: [String] = []
    /// The organizations.
    public var organizations: [String] = []
    /// The keys, by a part of their fingerprint (`sk-proj-...1234`, `#5f2c9a`).
    public var keys: [String] = []
    /// The clients.
    public var clients: [String] = []
    /// The service tiers that served.
    public var serviceTiers: [String] = []
    /// The outcomes.
    public var outcomes: [Outcome] = []
    /// The tags, every one of which a call must bear.
    public var tags = UsageTags()

    /// Creates a filter that everything passes.
    public init() {}
}
