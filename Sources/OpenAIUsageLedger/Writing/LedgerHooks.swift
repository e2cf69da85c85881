package import OpenAIUsage

/// What tests put in the writer's way: each is called on its thread, may block it, and may throw in SQLite's stead.
package struct LedgerHooks: Sendable {
    /// Called before a batch is written.
    package var beforeBatch: (@Sendable () throws -> Void)?
    /// Called when SQLite has opened a file, before its identity is noted.
    package var afterOpening: (@Sendable () -> Void)?
    /// Called before a record is written; what it throws makes that record unwritable.
    package var beforeRecord: (@Sendable (CallRecord) throws -> Void)?

    package init() {}
}
