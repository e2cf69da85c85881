public import OpenAIUsage

/// A query for calls.
public struct CallsQuery: Sendable, Equatable {
    /// The order of calls.
    public enum Order: Sendable, Equatable {
        /// By start time, the oldest first.
        case oldestFirst
        /// By start time, the newest first.
        case newestFirst
    }

    /// The start of the range in microseconds since 1970, inclusive.
    public var from: Int64?
    /// The end of the range in microseconds since 1970, exclusive.
    public var to: Int64?
    /// Which calls are looked at.
    public var filter = CallFilter()
    /// The most calls that are wanted.
    public var limit: Int?
    /// The order, to which the limit applies.
    public var order = Order.oldestFirst
    /// The identity after which the calls begin.
    public var after: CallID?
    /// The identity before which the calls end.
    public var before: CallID?

    /// Creates a query for all calls.
    public init() {}
}
