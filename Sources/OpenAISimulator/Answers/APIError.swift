/// An error in the API's format: a status and the members of the `error` object.
struct APIError: Error, Equatable {
    var status: Int
    var type: String?
    var code: String?
    var parameter: String?
    var message: String

    /// True if the account's credit or quota is exhausted, so that a retry is of no use.
    var isQuota: Bool {
        type == "insufficient_quota"
    }

    /// Creates an error of the request, with status 400 by default.
    static func invalidRequest(
        _ message: String,
        status: Int = 400,
        code: String? = nil,
        parameter: String? = nil
    ) -> APIError {
        APIError(
            status: status,
            type: "invalid_request_error",
            code: code,
            parameter: parameter,
            message: message
        )
    }

    /// Creates the error for a model that does not exist.
    static func unknownModel(_ model: String) -> APIError {
        invalidRequest(
            "The model `\(model)` does not exist or you do not have access to it.",
            status: 404,
            code: "model_not_found"
        )
    }

    /// Creates the error that the directives `status` and `code` ask for.
    ///
    /// - Parameters:
    ///   - status: The status; `nil` for that of the error.
    ///   - code: The code; `nil` for that of the status.
    ///   - model: The request's model, for the message.
    ///   - retryAfterMilliseconds: The pause that the message of a rate limit names.
    /// - Returns: The error.
    static func injected(
        status: Int?,
        code: String?,
        model: String?,
        retryAfterMilliseconds: Int
    ) -> APIError {
        var error =
            if let code, let known = withCode[code] { known } else { standard(status: status ?? 500) }
        error.status = status ?? error.status
        if error.code == "model_not_found" {
            error.message = unknownModel(model ?? "unknown").message
        } else if error.code == "rate_limit_exceeded" {
            error.message =
                "Rate limit reached for \(model ?? "the model") on tokens per min (TPM): Limit 60000, Used 59990, "
                + "Requested 400. Please try again in \(retryAfterMilliseconds)ms."
        }
        return error
    }

    /// Returns the usual error of a status.
    private static func standard(status: Int) -> APIError {
        let code: String? =
            switch status {
            case 400: "invalid_value"
            case 401: "invalid_api_key"
            case 403: "unsupported_country_region_territory"
            case 404: "model_not_found"
            case 408: "timeout"
            case 409: "conflict"
            case 429: "rate_limit_exceeded"
            case 503: "slow_down"
            default: nil
            }
        if let code, let error = withCode[code] { return error }
        if status >= 500 {
            return APIError(
                status: status,
                type: "server_error",
                message: "The server had an error processing your request."
            )
        }
        return invalidRequest("The request was refused with status \(status).", status: status)
    }

    /// The known errors by their code.
    static let withCode: [String: APIError] = {
        let invalid = "invalid_request_error"
        let quota = "insufficient_quota"
        let busy = "service_unavailable_error"
        let rows: [(status: Int, type: String?, code: String, parameter: String?, message: String)] = [
            (400, invalid, "unknown_parameter", "colour", "Unknown parameter: 'colour'."),
            (400, invalid, "unsupported_value", "temperature", "The value of 'temperature' is not supported."),
            (400, invalid, "unsupported_parameter", "max_tokens", "'max_tokens' is not supported with this model."),
            (400, invalid, "invalid_value", "messages", "Invalid value of 'messages'."),
            (400, invalid, "missing_required_parameter", "messages", "Missing required parameter: 'messages'."),
            (400, invalid, "context_length_exceeded", "messages", "The input is longer than the model's context."),
            (400, invalid, "string_above_max_length", "input", "The string in 'input' is too long."),
            (400, invalid, "invalid_function_parameters", "tools", "The schema of a function is not valid."),
            (400, invalid, "content_policy_violation", nil, "The request was rejected by the safety system."),
            (400, invalid, "moderation_blocked", nil, "The request was blocked by moderation."),
            (401, invalid, "invalid_api_key", nil, "Incorrect API key provided."),
            (401, invalid, "mismatched_organization", nil, "The key does not belong to this organization."),
            (403, invalid, "unsupported_country_region_territory", nil, "The region is not supported."),
            (404, invalid, "model_not_found", nil, "The model does not exist."),
            (408, invalid, "timeout", nil, "The request timed out."),
            (409, invalid, "conflict", nil, "The resource was changed by another request."),
            (429, "tokens", "rate_limit_exceeded", nil, "Rate limit reached."),
            (429, quota, "insufficient_quota", nil, "The current quota is used up."),
            (429, quota, "credit_balance_exhausted", nil, "The credit balance is used up."),
            (429, quota, "organization_spend_limit_exceeded", nil, "The organization reached its spend limit."),
            (429, quota, "project_spend_limit_exceeded", nil, "The project reached its spend limit."),
            (429, quota, "organization_usage_limit_exceeded", nil, "The organization reached its usage limit."),
            (429, nil, "resource_unavailable", nil, "No capacity is left in this service tier."),
            (503, busy, "slow_down", nil, "Slow down."),
            (503, busy, "server_is_overloaded", nil, "The server is overloaded."),
            (500, "server_error", "server_error", nil, "The server had an error processing your request."),
        ]
        return Dictionary(
            uniqueKeysWithValues: rows.map { row in
                (
                    row.code,
                    APIError(
                        status: row.status,
                        type: row.type,
                        code: row.code,
                        parameter: row.parameter,
                        message: row.message
                    )
                )
            }
        )
    }()
}
