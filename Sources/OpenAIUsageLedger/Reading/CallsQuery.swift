public import OpenAIUsage

/// A query for calls.
public struct CallsQuery: Sendable, Equatable {
    /// The order of calls.
    public enum Order: Sendable, Equatable {
        /// By start time in ascending order.
        case oldestFirst
        /// By start time in descending order.
        case newestFirst
    }

    /// The start of the range in microseconds since 1970, inclusive; `nil` for no limit.
    public var from: Int64?
    /// The end of the range in microseconds since 1970, exclusive; `nil` for no limit.
    public var to: Int64?
    /// The filter of calls.
    public var filter = CallFilter()
    /// The most calls; `nil` for all.
    public var limit: Int?
    /// The order of the calls, in which the limit applies.
    public var order = Order.oldestFirst
    /// The ID after which the calls begin; `nil` for no limit.
    public var after: CallID?
    /// The ID before which the calls end; `nil` for no limit.
    public var before: CallID?

    /// Creates a query for all calls.
    public init() {}
}
