package import OpenAIUsage

/// Hooks for tests: each is called on the writer's thread, may block it, and may throw in place of SQLite.
package struct LedgerHooks: Sendable {
    /// Called before a batch is written.
    package var beforeBatch: (@Sendable () throws -> Void)?
    /// Called after SQLite has opened a file, before its identity is noted.
    package var afterOpening: (@Sendable () -> Void)?
    /// Called before a record is written; an error makes that record unwritable.
    package var beforeRecord: (@Sendable (CallRecord) throws -> Void)?

    package init() {}
}
