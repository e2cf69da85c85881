public import OpenAIUsage

/// A summary of a ledger's content.
public struct LedgerSummary: Sendable, Equatable {
    /// The number of ended calls.
    public var calls: Int64
    /// The number of calls in flight.
    public var openCalls: Int64
    package var firstMicroseconds: Int64?
    package var lastMicroseconds: Int64?
    /// The number of calls without a complete price.
    public var unpricedCalls: Int64
    /// The number of calls whose usage is missing although expected.
    public var callsWithoutUsage: Int64
    /// The number of records that could not be written, and of which only ID, start and reason are stored.
    public var quarantined: Int64

    /// The start of the first call; `nil` if there is none.
    public var first: Timestamp? {
        get { firstMicroseconds.map { Timestamp(microsecondsSince1970: $0) } }
        set { firstMicroseconds = newValue?.microsecondsSince1970 }
    }

    /// The start of the last call; `nil` if there is none.
    public var last: Timestamp? {
        get { lastMicroseconds.map { Timestamp(microsecondsSince1970: $0) } }
        set { lastMicroseconds = newValue?.microsecondsSince1970 }
    }
}
