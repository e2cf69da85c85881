import GRDB
import OpenAIUsage

extension CallStore {
    /// A row keeps its cost if that is no longer the one from which the new one was told to differ.
    private static let update = """
        UPDATE call SET cost_pico_usd = ?1, cost_status = ?2, cost_reason = ?3, price_version = ?4,
            cost_upper_bound_pico_usd = ?5
        WHERE id = ?6 AND outcome <> 'open' AND cost_pico_usd IS ?7 AND cost_status = ?8
        """

    /// Writes new costs into their rows in one transaction.
    mutating func write(_ changes: [RepriceRun.Change], _ database: Database) throws {
        try database.inTransaction(.immediate) {
            let statement = try database.cachedStatement(sql: Self.update)
            for change in changes {
                try statement.run(in: database) { binder in
                    binder.integer(change.new.picoUSD)
                    binder.text(change.new.status.rawValue)
                    binder.label(change.new.reason?.rawValue, .costReason, &labels)
                    binder.label(change.new.priceVersion, .priceVersion, &labels)
                    binder.integer(change.new.upperBoundPicoUSD)
                    binder.integer(change.id)
                    binder.integer(change.old.picoUSD)
                    binder.text(change.old.status.rawValue)
                }
            }
            try labels.save(database)
            return .commit
        }
        labels.markSaved()
    }
}
