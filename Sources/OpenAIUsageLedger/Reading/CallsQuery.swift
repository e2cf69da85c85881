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

    package var fromMicroseconds: Int64?
    package var toMicroseconds: Int64?
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

    /// The start of the range, inclusive; `nil` for no limit.
    public var from: Timestamp? {
        get { fromMicroseconds.map { Timestamp(microsecondsSince1970: $0) } }
        set { fromMicroseconds = newValue?.microsecondsSince1970 }
    }

    /// The end of the range, exclusive; `nil` for no limit.
    public var to: Timestamp? {
        get { toMicroseconds.map { Timestamp(microsecondsSince1970: $0) } }
        set { toMicroseconds = newValue?.microsecondsSince1970 }
    }
}
