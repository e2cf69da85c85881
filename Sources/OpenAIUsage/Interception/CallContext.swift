/// What is known of a call beside its request; it travels down the chain and never over the wire.
public struct CallContext: Sendable {
    /// The caller's own labels, those of the surrounding ``withUsageTags(_:operation:)`` unless told otherwise.
    public var tags: UsageTags
    /// The identity of the logical call, which its attempts share; `nil` until an interceptor gives it one.
    public var operationID: String?
    /// The number of the attempt, from 0; `nil` where nobody counts.
    public var attempt: Int?
    /// Decides whether what is sent now is an attempt with a record; `nil` if it is in any case.
    package var decision: AttemptDecision?
    /// How asking for usage went, for the record.
    package var includeUsageNote: IncludeUsage.Note?

    /// Creates a context.
    public init(tags: UsageTags = .current, operationID: String? = nil, attempt: Int? = nil) {
        self.tags = tags
        self.operationID = operationID
        self.attempt = attempt
    }
}
