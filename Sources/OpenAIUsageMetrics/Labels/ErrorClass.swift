import OpenAIUsage

/// The kind of failure of a call, as the `error` label.
package enum ErrorClass: String, Sendable, CaseIterable {
    case rateLimitExceeded = "rate_limit_exceeded"
    case insufficientQuota = "insufficient_quota"
    case invalidRequest = "invalid_request"
    case authentication
    case permission
    case notFound = "not_found"
    case serverError = "server_error"
    case overloaded
    case connectError = "connect_error"
    case connectTimeout = "connect_timeout"
    case readTimeout = "read_timeout"
    case streamInterrupted = "stream_interrupted"
    case protocolError = "protocol_error"

    /// Creates the class of a failed call; `nil` for other calls, among them those whose client disconnected.
    ///
    /// Calls that failed are those that reports count as errors. An API error takes precedence over how the attempt ended,
    /// and an error code over the status: a 429 means either a temporary limit or an exhausted quota.
    init?(_ record: borrowing CallRecord) {
        guard record.outcome.isError else { return nil }
        if let status = record.status, status >= 400 {
            self = Self.named(record) ?? Self.status(status)
            return
        }
        switch record.outcome.kind {
        case .cut: self = .streamInterrupted
        case .timeout: self = record.errorCode == "upstream_connect_timeout" ? .connectTimeout : .readTimeout
        case .unreachable: self = .connectError
        default: self = Self.named(record) ?? Self.unnamed(record)
        }
    }

    /// Returns the class of the API's error code or type; `nil` if neither is known.
    private static func named(_ record: borrowing CallRecord) -> Self? {
        switch record.errorCode {
        case "insufficient_quota", "credit_balance_exhausted", "organization_spend_limit_exceeded",
            "project_spend_limit_exceeded", "organization_usage_limit_exceeded", "billing_hard_limit_reached",
            "billing_not_active":
            return .insufficientQuota
        case "slow_down", "server_is_overloaded", "resource_unavailable": return .overloaded
        case "rate_limit_exceeded": return .rateLimitExceeded
        case "invalid_api_key", "mismatched_organization": return .authentication
        case "unsupported_country_region_territory": return .permission
        case "model_not_found": return .notFound
        case "server_error", "vector_store_timeout": return .serverError
        case "invalid_prompt", "bio_policy", "data_residency_mismatch", "context_length_exceeded",
            "content_policy_violation", "moderation_blocked":
            return .invalidRequest
        default: break
        }
        switch record.errorType {
        case "insufficient_quota": return .insufficientQuota
        case "service_unavailable_error", "overloaded_error": return .overloaded
        case "tokens", "requests", "rate_limit_error": return .rateLimitExceeded
        case "authentication_error": return .authentication
        case "permission_error": return .permission
        case "not_found_error": return .notFound
        case "server_error", "api_error": return .serverError
        // From a status of 400 on, the status is more specific than this type, which 401, 403 and 404 responses share.
        case "invalid_request_error": return (record.status ?? 0) >= 400 ? nil : .invalidRequest
        default: return nil
        }
    }

    /// Returns the class of an error status without a known error code or type.
    private static func status(_ status: Int) -> Self {
        switch status {
        case 401, 407: .authentication
        case 402: .insufficientQuota
        case 403: .permission
        case 404, 410: .notFound
        case 408: .readTimeout
        case 429: .rateLimitExceeded
        case 503, 529: .overloaded
        case 500...: .serverError
        default: .invalidRequest
        }
    }

    /// Returns the class of an unknown error with a success status or without a status.
    private static func unnamed(_ record: borrowing CallRecord) -> Self {
        if record.status == nil || record.usageState == .unparsable { return .protocolError }
        if record.errorCode?.hasPrefix("invalid_") == true || record.errorCode?.hasPrefix("image_") == true {
            return .invalidRequest
        }
        return .serverError
    }
}
