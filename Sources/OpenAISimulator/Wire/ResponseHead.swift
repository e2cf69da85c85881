/// The status and the headers of an answer, without those that frame the body.
struct ResponseHead: Sendable {
    enum ContentType: Sendable {
        case json, jsonWithCharset, eventStream, html
    }

    /// The server that answers, which determines the headers.
    enum Origin: Sendable {
        /// The API itself.
        case api
        /// The API, for a request without a project.
        case apiWithoutProject
        /// The server that checks keys.
        case authentication
        /// The proxy in front of all others.
        case edge
    }

    /// The rate limits that are reported.
    enum RateLimits: Sendable {
        case none, account, accountAndProject
    }

    /// The earliest time for a retry.
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
    /// The number of tokens that the request took from the rate limits.
    var requestTokens = 0
    var retryAfter: RetryAfter?
    var shouldRetry: Bool?

    /// True if the answer reports the processing time.
    var tellsProcessing: Bool {
        origin == .api || origin == .apiWithoutProject
    }

    /// True if the client can see ``requestID``.
    var tellsRequestID: Bool {
        origin != .edge
    }
}
