import GRDB
import OpenAIUsage

/// The newest rate limits of a batch by project and model; the ledger's table of them changes once per batch.
struct LatestRateLimits {
    /// The most pairs of project and model in the table.
    static let maximumCount = 4_096

    private struct Key: Hashable {
        var project: String
        var model: String
    }

    private var latest: [Key: (observedAt: Int64, item: RecordQueue.Item)] = [:]

    /// Notes the rate limits of a record.
    mutating func note(_ item: RecordQueue.Item) {
        guard item.record.rateLimits != nil else { return }
        let observedAt = item.record.startedAtMicroseconds &+ (item.record.timing.timeToHeadersMicroseconds ?? 0)
        let key = Key(project: item.record.project, model: item.record.model ?? item.record.requestModel ?? "")
        if let known = latest[key], known.observedAt > observedAt { return }
        latest[key] = (observedAt, item)
    }

    /// Writes the rate limits that are newer than those in the table.
    func save(_ database: Database) throws {
        guard !latest.isEmpty else { return }
        let statement = try database.cachedStatement(
            sql: """
                INSERT INTO rate_limit(project, model, organization, observed_at, call_id, windows)
                VALUES(?, ?, ?, ?, ?, ?)
                ON CONFLICT(project, model) DO UPDATE SET
                    organization = excluded.organization, observed_at = excluded.observed_at,
                    call_id = excluded.call_id, windows = excluded.windows
                WHERE excluded.observed_at >= rate_limit.observed_at
                """
        )
        for (key, value) in latest {
            let record = value.item.record
            guard let limits = record.rateLimits else { continue }
            try statement.run(in: database) { binder in
                binder.text(key.project)
                binder.text(key.model)
                binder.text(record.organization)
                binder.integer(value.observedAt)
                binder.integer(record.id.rawValue)
                binder.text(RateLimitText.text(of: limits))
            }
        }
        let count = try Int.fetchOne(database, sql: "SELECT count(*) FROM rate_limit") ?? 0
        if count > Self.maximumCount {
            try database.execute(
                sql: """
                    DELETE FROM rate_limit WHERE rowid IN
                        (SELECT rowid FROM rate_limit ORDER BY observed_at LIMIT ?)
                    """,
                arguments: [count - Self.maximumCount]
            )
        }
    }
}
