import Dispatch
public import OpenAIUsage

extension Ledger {
    /// Reprices the calls of a query, and writes the costs that differ.
    ///
    /// Rows are read beside the writer, and written in small batches between its own, so that recording goes on. After a
    /// cancellation written costs stay, and the run can be repeated. The ledger keeps what each call cost before.
    ///
    /// - Parameters:
    ///   - query: The range, the filter, and the choice of a dry run.
    ///   - price: Returns the cost of a call; it must depend on the call alone.
    /// - Returns: The changes, or those that would be made in a dry run.
    /// - Throws: A ``LedgerError``, or a `CancellationError`.
    public func reprice(
        _ query: RepriceQuery,
        price: @escaping @Sendable (CallRecord) -> CallCost
    ) async throws -> RepriceReport {
        // Queued rows must be committed to be found.
        await flush()
        let path = path
        let formerCosts = FormerCosts(startedAt: clock.wallMicroseconds, priceVersion: query.priceVersion)
        let reader = try await Self.runBlocking { try LedgerReader(path: path) }
        var run = try await Self.runBlocking { try RepriceRun(query, reader, price: price) }
        while true {
            let before = run
            let step = try await Self.runBlocking {
                var run = before
                let changes = try run.next(reader)
                return (run: run, changes: changes)
            }
            run = step.run
            guard let changes = step.changes else { return run.report }
            try Task.checkCancellation()
            if !query.isDryRun, !changes.isEmpty { try await write(changes, formerCosts) }
        }
    }

    private func write(_ changes: [RepriceRun.Change], _ formerCosts: FormerCosts) async throws {
        try await withCheckedThrowingContinuation { continuation in
            queue.add(
                WriterCommand(
                    body: { store, database in try store.write(changes, keeping: formerCosts, database) },
                    completion: { continuation.resume(with: $0) }
                )
            )
        }
    }

    /// Runs a blocking closure on a thread of the global queue.
    static func runBlocking<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global(qos: .utility).async { continuation.resume(with: Result { try body() }) }
        }
    }
}
