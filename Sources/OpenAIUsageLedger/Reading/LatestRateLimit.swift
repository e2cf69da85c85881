import GRDB
public import OpenAIUsage

/// The newest rate limits of a project and a model.
public struct LatestRateLimit: Sendable, Equatable {
    /// The project to which the call is attributed.
    public var project: String
    /// The answered model, or else the requested one, without the date of a snapshot; `nil` if the call named none.
    public var model: String?
    /// The organization; `nil` if unknown.
    public var organization: String?
    package var observedAtMicroseconds: Int64
    /// The call whose response had the limits.
    public var call: CallID
    /// The limits with the remaining amounts.
    public var limits: RateLimits

    /// The time when the limits arrived.
    public var observedAt: Timestamp {
        get { Timestamp(microsecondsSince1970: observedAtMicroseconds) }
        set { observedAtMicroseconds = newValue.microsecondsSince1970 }
    }
}

extension LatestRateLimit {
    /// Returns the limits of an open ledger by project and model, in alphabetical order.
    ///
    /// A model and its snapshots share their limits; refused calls name the one, successful calls the other.
    static func all(_ database: Database) throws -> [LatestRateLimit] {
        let sql = """
            SELECT project, model, organization, observed_at, call_id, windows FROM rate_limit ORDER BY project, model
            """
        var found: [LatestRateLimit] = []
        try database.cachedStatement(sql: sql).forEachRow(in: database) { row in
            found.append(LatestRateLimit(row))
            return true
        }
        var latest: [[String]: LatestRateLimit] = [:]
        for var limit in found {
            limit.model = limit.model.map { ModelAlias.alias(of: $0) }
            let key = [limit.project, limit.model ?? ""]
            if let known = latest[key], known.observedAtMicroseconds > limit.observedAtMicroseconds { continue }
            latest[key] = limit
        }
        return latest.values.sorted { ($0.project, $0.model ?? "") < ($1.project, $1.model ?? "") }
    }

    /// Creates the limits from a row of their table.
    init(_ source: StatementRow) {
        var row = source
        project = row.text() ?? ""
        model = row.text().flatMap { $0.isEmpty ? nil : $0 }
        organization = row.text()
        observedAtMicroseconds = row.integer() ?? 0
        call = CallID(rawValue: row.integer() ?? 0)
        limits = RateLimitText.limits(row.text() ?? "")
    }
}
