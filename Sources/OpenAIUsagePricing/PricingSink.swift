public import OpenAIUsage

/// A sink that prices every record and hands it on.
public struct PricingSink: UsageSink {
    private let book: PriceBook
    private let next: any UsageSink

    /// Creates a sink that prices by a book before the next sink takes the record.
    public init(book: PriceBook = .bundled, next: any UsageSink) {
        self.book = book
        self.next = next
    }

    /// Prices the record and hands it on.
    public func record(_ record: CallRecord) {
        next.record(priced(record))
    }

    /// Prices the interim record and hands it on.
    public func recordOpen(_ record: CallRecord) {
        next.recordOpen(priced(record))
    }

    private func priced(_ record: CallRecord) -> CallRecord {
        var record = record
        record.cost = book.cost(of: record)
        return record
    }
}
