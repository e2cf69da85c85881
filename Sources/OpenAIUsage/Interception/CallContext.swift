/// The metadata of a call, which is passed down the interceptors and never sent over the wire.
public struct CallContext: Sendable {
    /// The caller's own labels; by default those of the surrounding ``withUsageTags(_:operation:)``.
    public var tags: UsageTags
    /// The identity of the logical call, which its attempts share; `nil` until an interceptor assigns one.
    public var operationID: String?
    /// The number of the attempt, from 0; `nil` if attempts are not counted.
    public var attempt: Int?
    /// Decides if the request is an attempt with a record; `nil` if it is in any case.
    package var decision: AttemptDecision?
    /// The result of requesting usage, for the record.
    package var includeUsageNote: IncludeUsage.Note?

    /// Creates a context.
    public init(tags: UsageTags = .current, operationID: String? = nil, attempt: Int? = nil) {
        self.tags = tags
        self.operationID = operationID
        self.attempt = attempt
    }
}
