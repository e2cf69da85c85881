/// The status and the headers of an answer, except for those that frame the body.
struct ResponseHead: Sendable {
    enum ContentType: Sendable {
        case json, jsonWithCharset, eventStream, html
    }

    /// Which of the servers on the way answers, and so which headers there are.
    enum Origin: Sendable {
        /// The API itself.
        case api
        /// The API, for a request that belongs to no project.
        case apiWithoutProject
        /// The check of the key.
        case authentication
        /// The proxy in front of it all.
        case edge
    }

    /// Which rate limits are told.
    enum RateLimits: Sendable {
        case none, account, accountAndProject
    }

    /// When a retry is welcome.
    enum RetryAfter: Sendable {
        case milliseconds(Int)
        /// As a date, that many seconds ahead.
        case date(seconds: Int)
    }

    var status: Int
    var contentType = ContentType.json
    var origin = Origin.api
    var rateLimits = RateLimits.none
    var requestID: RequestID
    var organization: String
    var project: String
    var processingMilliseconds: Int
    /// What the request took from the rate limits.
    var requestTokens = 0
    var retryAfter: RetryAfter?
    var shouldRetry: Bool?

    /// True if the answer tells how long the API took.
    var tellsProcessing: Bool {
        origin == .api || origin == .apiWithoutProject
    }

    /// Whether the client can see ``requestID``.
    var tellsRequestID: Bool {
        origin != .edge
    }
}
