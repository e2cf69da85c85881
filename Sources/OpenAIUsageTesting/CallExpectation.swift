public import OpenAIUsage

/// The members that a test expects of a record; only those that are set are compared.
///
/// ```swift
/// let expected = CallExpectation(endpoint: "chat.completions", model: "gpt-4o-mini", outcome: .completed, inputTokens: 21)
/// #expect(expected.mismatches(in: call) == [])
/// ```
public struct CallExpectation: Sendable {
    /// The name of the API endpoint (`chat.completions`).
    public var endpoint: String?
    /// The model that served the call.
    public var model: String?
    /// The project that the call is accounted to.
    public var project: String?
    /// The HTTP status.
    public var status: Int?
    /// How the attempt ended.
    public var outcome: Outcome?
    /// The number of the attempt, from 0.
    public var attempt: Int?
    /// True if the response was a stream.
    public var isStream: Bool?
    /// The state of the usage.
    public var usageState: UsageState?
    /// The input tokens, as the provider counts them.
    public var inputTokens: Int64?
    /// The output tokens, as the provider counts them.
    public var outputTokens: Int64?
    /// The cost in US dollars, as a decimal (`0.00000675`).
    public var costUSD: String?
    /// The `code` of the API's error.
    public var errorCode: String?
    /// The provider's `x-request-id`.
    public var requestID: String?
    /// Tags that the record must bear; it may bear more.
    public var tags: [String: String]

    /// Creates an expectation of the members that are given.
    public init(
        endpoint: String? = nil,
        model: String? = nil,
        project: String? = nil,
        status: Int? = nil,
        outcome: Outcome? = nil,
        attempt: Int? = nil,
        isStream: Bool? = nil,
        usageState: UsageState? = nil,
        inputTokens: Int64? = nil,
        outputTokens: Int64? = nil,
        costUSD: String? = nil,
        errorCode: String? = nil,
        requestID: String? = nil,
        tags: [String: String] = [:]
    ) {
        self.endpoint = endpoint
        self.model = model
        self.project = project
        self.status = status
        self.outcome = outcome
        self.attempt = attempt
        self.isStream = isStream
        self.usageState = usageState
        self.inputTokens = inputTokens
        self.outputTokens = outputTokens
        self.costUSD = costUSD
        self.errorCode = errorCode
        self.requestID = requestID
        self.tags = tags
    }

    /// The differences of a record, one line each (`model: expected gpt-4o, got gpt-4o-mini`); empty if there is none.
    public func mismatches(in record: CallRecord) -> [String] {
        var lines: [String] = []
        func compare(
            _ name: String,
            _ expected: (some CustomStringConvertible)?,
            _ actual: (some CustomStringConvertible)?
        ) {
            guard let expected, expected.description != actual?.description else { return }
            lines.append("\(name): expected \(expected), got \(actual?.description ?? "none")")
        }
        compare("endpoint", endpoint, record.endpoint.name)
        compare("model", model, record.model)
        compare("project", project, record.project)
        compare("status", status, record.status)
        compare("outcome", outcome?.rawValue, record.outcome.rawValue)
        compare("attempt", attempt, record.attempt)
        compare("isStream", isStream, record.isStream)
        compare("usageState", usageState?.rawValue, record.usageState.rawValue)
        compare("inputTokens", inputTokens, record.usage.inputTokens)
        compare("outputTokens", outputTokens, record.usage.outputTokens)
        compare("costUSD", costUSD, record.cost.usd)
        compare("errorCode", errorCode, record.errorCode)
        compare("requestID", requestID, record.requestID)
        for (key, value) in tags.sorted(by: { $0.key < $1.key }) { compare("tags[\(key)]", value, record.tags[key]) }
        return lines
    }
}
