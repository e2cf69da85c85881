import GRDB
public import OpenAIUsage

/// The newest rate limits that a project's calls of a model were told.
public struct LatestRateLimit: Sendable, Equatable {
    /// The project.
    public var project: String
    /// The model; `nil` when the call named none.
    public var model: String?
    /// The organization.
    public var organization: String?
    /// When the limits arrived, in microseconds since 1970.
    public var observedAt: Int64
    /// The call whose response bore them.
    public var call: CallID
    /// The limits.
    public var limits: RateLimits
}

extension LatestRateLimit {
    /// The limits of an open ledger, by project and model in their alphabetical order.
    static func all(_ database: Database) throws -> [LatestRateLimit] {
        let sql = """
            SELECT project, model, organization, observed_at, call_id, windows FROM rate_limit ORDER BY project, model
            """
        var found: [LatestRateLimit] = []
        try database.cachedStatement(sql: sql).forEachRow(in: database) { row in
            found.append(LatestRateLimit(row))
            return true
        }
        return found
    }

    /// Reads the limits of a row of their table.
    init(_ source: StatementRow) {
        var row = source
        project = row.text() ?? ""
        model = row.text().flatMap { $0.isEmpty ? nil : $0 }
        organization = row.text()
        observedAt = row.integer() ?? 0
        call = CallID(rawValue: row.integer() ?? 0)
        limits = RateLimitText.limits(row.text() ?? "")
    }
}
