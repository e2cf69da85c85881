public import OpenAIUsage

/// A filter of calls, which must satisfy every condition; a condition lists allowed values, and is empty to allow all.
public struct CallFilter: Sendable, Equatable {
    /// The allowed projects.
    public var projects: [String] = []
    /// The allowed requested or answered models.
    public var models: [String] = []
    /// The allowed names of endpoints.
    public var endpoints: [String] = []
    /// The allowed organizations that answered.
    public var organizations: [String] = []
    /// The allowed keys, by a part of their fingerprint (`sk-proj-...1234`, `#5f2c9a`).
    public var keys: [String] = []
    /// The allowed clients.
    public var clients: [String] = []
    /// The allowed service tiers that served the call.
    public var serviceTiers: [String] = []
    /// The allowed outcomes.
    public var outcomes: [Outcome] = []
    /// The tags, all of which a call must have.
    public var tags = UsageTags()

    /// Creates a filter that allows all calls.
    public init() {}
}
