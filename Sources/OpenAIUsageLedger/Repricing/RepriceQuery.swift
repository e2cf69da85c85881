/// A query for calls to reprice.
public struct RepriceQuery: Sendable, Equatable {
    /// The start of the range in microseconds since 1970, inclusive.
    public var from: Int64
    /// The end of the range in microseconds since 1970, exclusive.
    public var to: Int64
    /// The filter of calls.
    public var filter = CallFilter()
    /// True to compute the changes without writing them.
    public var isDryRun = false
    /// The version of the price book, under which former costs are kept; `nil` for the one that the new costs name.
    public var priceVersion: String?

    /// Creates a query for all calls of a range.
    public init(from: Int64, to: Int64) {
        self.from = from
        self.to = to
    }
}
