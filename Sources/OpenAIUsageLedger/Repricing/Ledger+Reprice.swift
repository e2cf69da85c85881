import Dispatch
public import OpenAIUsage

extension Ledger {
    /// Prices the calls of a query anew, and writes the costs that differ.
    ///
    /// The rows are read beside the writer, and written between its batches, a few at a time: calls are recorded
    /// meanwhile as ever. When the task is cancelled, what was written stays, and the run can be repeated.
    ///
    /// - Parameters:
    ///   - query: Which calls are looked at.
    ///   - price: What a call costs; it must depend on the call alone.
    /// - Returns: What has changed, or would change in a dry run.
    /// - Throws: A ``LedgerError``, or a `CancellationError`.
    public func reprice(
        _ query: RepriceQuery,
        price: @escaping @Sendable (CallRecord) -> CallCost
    ) async throws -> RepriceReport {
        // Rows that are still on their way must be there to be seen.
        await flush()
        let path = path
        let reader = try await Self.aside { try LedgerReader(path: path) }
        var run = try await Self.aside { try RepriceRun(query, reader, price: price) }
        while true {
            let before = run
            let step = try await Self.aside {
                var run = before
                let changes = try run.next(reader)
                return (run: run, changes: changes)
            }
            run = step.run
            guard let changes = step.changes else { return run.report }
            try Task.checkCancellation()
            if !query.isDryRun, !changes.isEmpty { try await write(changes) }
        }
    }

    private func write(_ changes: [RepriceRun.Change]) async throws {
        try await withCheckedThrowingContinuation { continuation in
            queue.add(
                WriterCommand(
                    body: { store, database in try store.write(changes, database) },
                    completion: { continuation.resume(with: $0) }
                )
            )
        }
    }

    /// Runs something that blocks on a thread of its own.
    static func aside<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global(qos: .utility).async { continuation.resume(with: Result { try body() }) }
        }
    }
}
