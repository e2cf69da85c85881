/// Which calls are priced anew.
public struct RepriceQuery: Sendable, Equatable {
    /// The start of the range in microseconds since 1970, inclusive.
    public var from: Int64
    /// The end of the range in microseconds since 1970, exclusive.
    public var to: Int64
    /// Which calls are looked at.
    public var filter = CallFilter()
    /// Whether nothing is written.
    public var isDryRun = false

    /// Creates a query for all calls of a range.
    public init(from: Int64, to: Int64) {
        self.from = from
        self.to = to
    }
}
