public import OpenAIUsage

extension LedgerReader {
    /// Returns the changes that repricing the calls of a query would make; nothing is written.
    ///
    /// Blocks the thread while it reads.
    ///
    /// - Parameters:
    ///   - query: The range and the filter.
    ///   - price: Returns the cost of a call; it must depend on the call alone.
    /// - Returns: The changes.
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
