/// The facts about one attempt at one API call.
///
/// An ``Exchange`` delivers exactly one finished record per attempt. A value that the provider did not report is `nil`,
/// never zero. A record contains no prompt, no completion and no key.
public struct CallRecord: Sendable, Equatable {
    /// The identity of this attempt; ordered by start time.
    public var id: CallID
    /// The identity of the logical call that this attempt belongs to, shared by its retries.
    public var operationID: String
    /// The number of the attempt within its logical call, from 0.
    public var attempt: Int
    package var startedAtMicroseconds: Int64
    /// The kind of program that captured the call.
    public var source: CallSource

    /// The client's name and version, from its headers.
    public var client: String?
    /// The HTTP method.
    public var method: String
    /// The host of the upstream, without a port.
    public var host: String
    /// The request's path without its query; a segment that contains a key is masked (`sk-***`).
    public var path: String
    /// The API endpoint of the method and the path.
    public var endpoint: Endpoint
    /// True if the response was streamed: as events, as messages of a WebSocket, or as audio while it was generated.
    public var isStream: Bool

    /// The organization that the response names.
    public var organization: String?
    /// The project to which the call is attributed: the response's, else the request's, else the key's, else `default`.
    public var project: String
    /// The organization that the request names.
    public var requestedOrganization: String?
    /// The project that the request names.
    public var requestedProject: String?
    /// The fingerprint of the request's key; `nil` without a key or a ``KeyFingerprinter``.
    public var key: KeyFingerprint?
    /// The caller's own labels.
    public var tags: UsageTags

    /// The requested model.
    public var requestModel: String?
    /// The model that served the call according to the response, else the requested one.
    public var model: String?
    /// The requested service tier.
    public var requestedServiceTier: String?
    /// The service tier that served the call according to the response.
    public var serviceTier: String?
    /// The `completion_window` of a background request, which affects the price and is not echoed.
    public var backgroundWindow: String?
    /// The number of bytes of the request's body that were observed, without its content coding; `nil` if there were
    /// none.
    public var requestBytes: Int64?
    /// The bytes that a gateway sent to the client, including its framing; no ledger stores them.
    package var sentBytes: Int64?
    /// True if metrics counted the client's leave when it left, before the end of the response; not stored.
    package var isDisconnectCounted = false
    /// The most output tokens that the request allows for all its choices together; `nil` if it sets no limit.
    public var maximumOutputTokens: Int64?
    /// Other settings of the request that affect billing (`n`, `size`, `prompt_cache_ttl`, ...), as JSON literals.
    public var requestOptions: [String: String]

    /// The HTTP status; `nil` if there was no response.
    public var status: Int?
    /// How the attempt ended.
    public var outcome: Outcome
    /// The reason why the model stopped (`stop`, `length`, `completed`, `max_output_tokens`, ...).
    public var finish: String?
    /// The `type` of the API's error; `other` if it is not a short word (`[A-Za-z0-9_.:-]`, at most 64 bytes).
    public var errorType: String?
    /// The `code` of the API's error; `other` if it is not a short word.
    public var errorCode: String?
    /// The provider's identity of this attempt (`x-request-id`).
    public var requestID: String?
    /// The caller's own identity of the call (`X-Client-Request-Id`).
    public var clientRequestID: String?
    /// The identity of the object in the response (`chatcmpl-...`, `resp_...`).
    public var responseID: String?
    /// The trace that the call belongs to (`traceparent`), as 32 hexadecimal digits.
    public var traceID: String?
    /// The identity that a system in front of the provider assigned to the call (`apim-request-id`, `x-generation-id`,
    /// `mistral-correlation-id`, else `cf-ray`), the only one of an error that is answered there.
    public var edgeRequestID: String?
    /// Fields of the response's head that a support case asks for (`openai-version`, `via`, ...), by name.
    public var diagnostics: [String: String]

    /// True if the usage of the call is to be added up.
    ///
    /// False if the call only shows an object that another call has used, or a sum that grows.
    public var isCounted: Bool
    package var objectCreatedAtMicroseconds: Int64?
    /// The call that created the object whose usage this call reports.
    package var resolvedCall: CallID?
    /// The container windows whose payment the call started.
    package var containerWindows: [ContainerWindow] = []
    /// Another identity under which the usage of the object may be shown: the output file of a batch.
    package var objectAlias: String?
    /// The state of the usage that the endpoint should report.
    public var usageState: UsageState
    /// The location of the usage as a JSON pointer, after the event's name if there is one.
    public var usageSource: String?
    /// The provider's counters.
    public var usage: TokenUsage
    /// The provider's usage object, verbatim except that `***` replaces strings and names that are not short words.
    public var rawUsage: String?
    /// Other billed units, by name; each value is a JSON literal.
    public var units: [String: String]
    /// The number of calls of hosted tools, by tool.
    public var toolCalls: [String: Int64]
    /// The provider's own price of the call in USD, as decimal text.
    public var providerCost: String?
    /// The cost of the call.
    public var cost: CallCost

    /// The measured latencies.
    public var timing: CallTiming
    /// The rate limits that the response reported.
    public var rateLimits: RateLimits?
    package var retryAfterMilliseconds: Int64?

    /// The start of the attempt.
    public var startedAt: Timestamp {
        get { Timestamp(microsecondsSince1970: startedAtMicroseconds) }
        set { startedAtMicroseconds = newValue.microsecondsSince1970 }
    }

    /// The creation of the object that the response shows; `nil` if it is not known.
    public var objectCreatedAt: Timestamp? {
        get { objectCreatedAtMicroseconds.map(Timestamp.init(microsecondsSince1970:)) }
        set { objectCreatedAtMicroseconds = newValue?.microsecondsSince1970 }
    }

    /// The time that the response asked to wait before a retry.
    public var retryAfter: Duration? {
        get { retryAfterMilliseconds.map { .milliseconds($0) } }
        set { retryAfterMilliseconds = newValue.map { $0.microseconds / 1_000 } }
    }

    /// True if a cache in front of the provider answered the call, so that the provider was not asked and bills nothing.
    ///
    /// It is derived from ``diagnostics``: a gateway's cache status of `HIT` (`cf-aig-cache-status`, `helicone-cache`,
    /// `x-portkey-cache-status`, ...), or an `x-litellm-cache-key` without an `x-litellm-cache-hit` that denies it.
    public var isAnsweredByCache: Bool {
        var isHit = false
        for (name, value) in diagnostics where Self.mayTellOfCache(name) {
            if name == "x-cache-status" {
                // Any web cache may report it of a resource that is only fetched.
                isHit = isHit || (method == "POST" && value.lowercased() == "hit")
                continue
            }
            guard Self.cacheFields.contains(name) else { continue }
            let words = value.lowercased().split { $0 == " " || $0 == "," || $0 == ";" }
            if name == "x-litellm-cache-hit", words.contains("false") { return false }
            isHit =
                isHit || name == "x-litellm-cache-key"
                || (words.contains { $0 == "hit" || $0 == "true" } && !words.contains("miss"))
        }
        return isHit
    }

    /// True if the reports of one stream contradict one another: the last one counts, and lacks a side that an earlier
    /// one has.
    package var hasContradictoryUsage: Bool {
        !diagnostics.isEmpty && diagnostics[Self.usageRemark] == Self.contradiction
    }

    /// The name of the diagnostic about an oddity of the usage, and its value for a contradiction.
    static let usageRemark = "usage"
    static let contradiction = "contradictory"

    /// False for nearly all names, by their length and first letter alone: most diagnostics are not about a cache.
    private static func mayTellOfCache(_ name: String) -> Bool {
        let count = name.utf8.count
        guard count < 32, cacheFieldLengths & 1 << UInt32(count) != 0 else { return false }
        switch name.utf8.first {
        case UInt8(ascii: "c"), UInt8(ascii: "h"), UInt8(ascii: "x"): return true
        default: return false
        }
    }

    /// The lengths of the names of ``cacheFields`` and of `x-cache-status`, one bit each.
    private static let cacheFieldLengths = (cacheFields + ["x-cache-status"]).reduce(UInt32(0)) {
        $0 | 1 << UInt32($1.utf8.count)
    }

    /// The header fields of responses in which gateways report that their cache has answered.
    static let cacheFields = [
        "cf-aig-cache-status", "helicone-cache", "x-portkey-cache-status", "x-openrouter-cache-status",
        "x-ai-cache-status", "x-tfy-cache-status", "x-omniroute-cache", "x-omniroute-cache-hit", "x-bt-cached",
        "x-litellm-cache-hit", "x-litellm-cache-key", "cache_hit",
    ]

    /// Creates the record of an attempt in flight, of which nothing else is known yet.
    ///
    /// Records are made by an ``Exchange``; others serve tests of sinks, prices of hypothetical calls, and records that
    /// come from elsewhere.
    ///
    /// - Parameters:
    ///   - id: The identity, unique in a ledger. Ledgers look for calls by their identities, which are those of their
    ///     start: `CallID(startedAt:number:)`.
    ///   - startedAt: The start of the attempt.
    ///   - method: The HTTP method.
    ///   - host: The host of the upstream.
    ///   - path: The request's path, from which the endpoint follows.
    ///   - source: What captured the call.
    public init(
        id: CallID,
        startedAt: Timestamp,
        method: String,
        host: String,
        path: String,
        source: CallSource = .library
    ) {
        self.init(
            id: id,
            startedAt: startedAt.microsecondsSince1970,
            source: source,
            method: method,
            host: host,
            path: path
        )
    }

    package init(
        id: CallID,
        operationID: String? = nil,
        startedAt: Int64,
        source: CallSource,
        method: String,
        host: String,
        path: String,
        endpoint: Endpoint? = nil
    ) {
        self.id = id
        self.operationID = operationID ?? id.description
        self.attempt = 0
        startedAtMicroseconds = startedAt
        self.source = source
        self.method = method
        self.host = host
        self.path = path
        self.endpoint = endpoint ?? Endpoint(method: method, path: path)
        self.isStream = false
        self.project = "default"
        self.tags = UsageTags()
        self.outcome = .open
        self.requestOptions = [:]
        self.diagnostics = [:]
        self.isCounted = true
        self.usageState = .missing
        self.usage = TokenUsage()
        self.units = [:]
        self.toolCalls = [:]
        self.cost = CallCost()
        self.timing = CallTiming()
    }
}
