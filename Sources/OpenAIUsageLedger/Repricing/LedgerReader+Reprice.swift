public import OpenAIUsage

extension LedgerReader {
    /// Tells what pricing the calls of a query anew would change; nothing is written.
    ///
    /// It blocks its thread while it reads.
    ///
    /// - Parameters:
    ///   - query: Which calls are looked at.
    ///   - price: What a call costs; it must depend on the call alone.
    /// - Returns: What would change.
    /// - Throws: A ``LedgerError``.
    public func reprice(
        _ query: RepriceQuery,
        price: @escaping @Sendable (CallRecord) -> CallCost
    ) throws -> RepriceReport {
        var run = try RepriceRun(query, self, price: price)
        while try run.next(self) != nil {}
        return run.report
    }
}
