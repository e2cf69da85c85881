public import OpenAIUsage

/// A query for calls to reprice.
public struct RepriceQuery: Sendable, Equatable {
    package var fromMicroseconds: Int64
    package var toMicroseconds: Int64
    /// The filter of calls.
    public var filter = CallFilter()
    /// True to compute the changes without writing them.
    public var isDryRun = false
    /// The version of the price book, under which former costs are kept; `nil` for the one that the new costs name.
    public var priceVersion: String?

    /// Creates a query for all calls of a range.
    ///
    /// - Parameters:
    ///   - from: The start of the range, inclusive.
    ///   - to: The end of the range, exclusive.
    public init(from: Timestamp, to: Timestamp) {
        self.init(from: from.microsecondsSince1970, to: to.microsecondsSince1970)
    }

    /// Creates a query for all calls of a range in microseconds since 1970.
    package init(from: Int64, to: Int64) {
        fromMicroseconds = from
        toMicroseconds = to
    }

    /// The start of the range, inclusive.
    public var from: Timestamp {
        get { Timestamp(microsecondsSince1970: fromMicroseconds) }
        set { fromMicroseconds = newValue.microsecondsSince1970 }
    }

    /// The end of the range, exclusive.
    public var to: Timestamp {
        get { Timestamp(microsecondsSince1970: toMicroseconds) }
        set { toMicroseconds = newValue.microsecondsSince1970 }
    }
}
