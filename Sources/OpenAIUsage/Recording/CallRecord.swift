/// What is known about one attempt at one API call.
///
/// An ``Exchange`` emits exactly one finished record per attempt. A value that the provider did not report is `nil`,
/// never zero. A record holds no prompt, no completion and no key.
public struct CallRecord: Sendable, Equatable {
    /// The identity of this attempt; ordered by start time.
    public var id: CallID
    /// The identity of the logical call that this attempt belongs to, shared by its retries.
    public var operationID: String
    /// The attempt's number within its logical call, from 0.
    public var attempt: Int
    /// When the attempt started, in microseconds since 1970-01-01T00:00:00Z.
    public var startedAt: Int64
    /// What captured the call.
    public var source: CallSource

    /// The client's name and version, from its headers.
    public var client: String?
    /// The HTTP method.
    public var method: String
    /// The host of the upstream, without a port.
    public var host: String
    /// The request's path without its query; a segment that holds a key is masked (`sk-***`).
    public var path: String
    /// The API endpoint that the method and path name.
    public var endpoint: Endpoint
    /// Whether the response was a stream of events.
    public var isStream: Bool

    /// The organization that the response named.
    public var organization: String?
    /// The project that the call is accounted to: the response's, else the request's, else the key's, else `default`.
    public var project: String
    /// The organization that the request named.
    public var requestedOrganization: String?
    /// The project that the request named.
    public var requestedProject: String?
    /// The key that the request carried, unrecognisable.
    public var key: KeyFingerprint?
    /// The caller's own labels.
    public var tags: UsageTags

    /// The model that the request asked for.
    public var requestModel: String?
    /// The model that the response says has served the call, else the requested one.
    public var model: String?
    /// The service tier that the request asked for.
    public var requestedServiceTier: String?
    /// The service tier that the response says has served the call.
    public var serviceTier: String?
    /// The `completion_window` of a background request, which changes the price and is not echoed.
    public var backgroundWindow: String?
    /// The size of the request's body as it was sent, in bytes; `nil` if it was not seen to its end.
    public var requestBytes: Int64?
    /// The bytes that a gateway has sent to the client, its own framing included; no ledger keeps them.
    package var sentBytes: Int64?
    /// The most output tokens that the request allows for all its choices together; `nil` if it sets no limit.
    public var maximumOutputTokens: Int64?
    /// What else the request chose that changes what is billed (`n`, `size`, `prompt_cache_ttl`, ...), as JSON literals.
    public var requestOptions: [String: String]

    /// The HTTP status, `nil` when there was no response.
    public var status: Int?
    /// How the attempt ended.
    public var outcome: Outcome
    /// The model's own reason to stop (`stop`, `length`, `completed`, `max_output_tokens`, ...).
    public var finish: String?
    /// The `type` of the API's error; `other` for one that is no short word (`[A-Za-z0-9_.:-]`, at most 64 bytes).
    public var errorType: String?
    /// The `code` of the API's error; `other` for one that is no short word.
    public var errorCode: String?
    /// The provider's identity of this attempt (`x-request-id`).
    public var requestID: String?
    /// The caller's own identity of the call (`X-Client-Request-Id`).
    public var clientRequestID: String?
    /// The identity of the object that the response holds (`chatcmpl-...`, `resp_...`).
    public var responseID: String?
    /// The trace that the call belongs to (`traceparent`), as 32 hexadecimal digits.
    public var traceID: String?
    /// The identity that what stands before the provider gave the call (`apim-request-id`, `x-generation-id`,
    /// `mistral-correlation-id`, else `cf-ray`), the only one of an error that is answered there.
    public var edgeRequestID: String?
    /// Fields of the response's head that a support case asks for (`openai-version`, `via`, ...), by name.
    public var diagnostics: [String: String]

    /// Whether what the call tells is to be added up.
    ///
    /// It is not where the call only shows an object that another call has used, or a sum that grows.
    public var isCounted: Bool
    /// When the object that the response shows was created, in microseconds since 1970-01-01T00:00:00Z.
    public var objectCreatedAt: Int64?
    /// The call that created the object, and whose usage this call tells.
    package var resolvedCall: CallID?
    /// The containers that the call began to pay for.
    package var containerWindows: [ContainerWindow] = []
    /// Another identity under which what the object has used may be shown: the file with a batch's output.
    package var objectAlias: String?
    /// What became of the usage that the endpoint should report.
    public var usageState: UsageState
    /// Where the usage was found, as a JSON pointer, with the event's name before it where there is one.
    public var usageSource: String?
    /// The provider's counters.
    public var usage: TokenUsage
    /// The provider's usage object, verbatim, but for texts and names in it that are no short words: `***` stands for them.
    public var rawUsage: String?
    /// Other units that are billed, by name; each value is a JSON literal.
    public var units: [String: String]
    /// How often hosted tools were called, by tool.
    public var toolCalls: [String: Int64]
    /// The provider's own price of the call in USD, as its decimal text.
    public var providerCost: String?
    /// What the call cost.
    public var cost: CallCost

    /// The latencies that were measured.
    public var timing: CallTiming
    /// The rate limits that the response reported.
    public var rateLimits: RateLimits?
    /// How long the response asked to wait before a retry, in milliseconds.
    public var retryAfterMilliseconds: Int64?

    /// True if a cache in front of the provider answered the call, so that the provider was not asked and bills nothing.
    ///
    /// It follows from ``diagnostics``: a gateway's cache status of `HIT` (`cf-aig-cache-status`, `helicone-cache`,
    /// `x-portkey-cache-status`, ...), or an `x-litellm-cache-key` without an `x-litellm-cache-hit` that denies it.
    public var isAnsweredByCache: Bool {
        var isHit = false
        for (name, value) in diagnostics where Self.mayTellOfCache(name) {
            if name == "x-cache-status" {
                // Any cache of the web may say it of what is only fetched.
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

    /// True if the reports of one stream contradict one another: the last one counts, and lacks a side that an earlier one
    /// has told.
    package var hasContradictoryUsage: Bool {
        !diagnostics.isEmpty && diagnostics[Self.usageRemark] == Self.contradiction
    }

    /// The name under which ``diagnostics`` say what is odd about the usage, and the word for a contradiction.
    static let usageRemark = "usage"
    static let contradiction = "contradictory"

    /// False for nearly all names, by their length and first letter alone: most diagnostics tell of no cache.
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

    /// The fields of the response's head by which gateways say that their cache has answered.
    static let cacheFields = [
        "cf-aig-cache-status", "helicone-cache", "x-portkey-cache-status", "x-openrouter-cache-status",
        "x-ai-cache-status", "x-tfy-cache-status", "x-omniroute-cache", "x-omniroute-cache-hit", "x-bt-cached",
        "x-litellm-cache-hit", "x-litellm-cache-key", "cache_hit",
    ]

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
        self.startedAt = startedAt
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
