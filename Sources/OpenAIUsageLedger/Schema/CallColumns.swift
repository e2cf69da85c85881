/// The columns of the table of calls, in the order in which rows are written and read.
enum CallColumns {
    /// The names.
    static let names = [
        "id", "started_at", "attempt", "operation_id", "source", "client", "method", "host", "path", "endpoint",
        "is_stream", "organization", "project", "requested_organization", "requested_project", "key", "tags",
        "request_model", "model", "requested_service_tier", "service_tier", "background_window", "status", "outcome",
        "finish", "error_type", "error_code", "request_id", "client_request_id", "response_id", "usage_state",
        "usage_source", "input_tokens", "cached_input_tokens", "cache_write_tokens", "cache_write_30m_tokens",
        "cache_write_12h_tokens", "text_input_tokens", "audio_input_tokens", "image_input_tokens",
        "cached_text_input_tokens", "cached_audio_input_tokens", "cached_image_input_tokens", "output_tokens",
        "reasoning_tokens", "text_output_tokens", "audio_output_tokens", "image_output_tokens",
        "accepted_prediction_tokens", "rejected_prediction_tokens", "total_tokens", "trained_tokens", "audio_seconds",
        "session_seconds", "bucket_input", "bucket_cached_input", "bucket_cache_write", "bucket_cache_write_12h",
        "bucket_audio_input", "bucket_cached_audio_input", "bucket_image_input", "bucket_cached_image_input",
        "bucket_output", "bucket_audio_output", "bucket_image_output", "bucket_inconsistent", "raw_usage", "units",
        "tool_calls", "provider_cost", "cost_pico_usd", "cost_status", "cost_reason", "price_version", "duration_us",
        "time_to_headers_us", "time_to_first_token_us", "processing_us", "gateway_us", "rate_limits",
        "retry_after_ms", "is_counted", "object_created_at", "object_alias", "request_options", "trace_id",
        "edge_request_id",
        "diagnostics", "upstream_service_us", "request_bytes", "max_output_tokens", "cost_upper_bound_pico_usd",
    ]

    private static let list = names.joined(separator: ", ")

    /// The statement that adds a row.
    static let insert =
        "INSERT INTO call(\(list)) VALUES(\(names.indices.map { "?\($0 + 1)" }.joined(separator: ", ")))"
    /// The statement that finishes a row that is open, or that a crash has left interrupted.
    static let finish = "\(assignments) AND outcome IN ('open', 'interrupted') AND \(sameCall)"
    /// The statement that renews a row that is still open.
    static let renew = "\(assignments) AND outcome = 'open' AND \(sameCall)"
    /// The query that finds a row of the same call; it takes the first of the parameters of a row.
    static let same = "SELECT 1 FROM call WHERE id = ?1 AND \(sameCall)"
    /// The beginning of a query for whole rows.
    static let select = "SELECT \(list) FROM call"

    /// What no call's interim row differs in from its finished one.
    private static let sameCall = ["started_at", "attempt", "method", "host", "path"]
        .map { name in "\(name) IS ?\((names.firstIndex(of: name) ?? 0) + 1)" }.joined(separator: " AND ")

    private static let assignments =
        "UPDATE call SET "
        + names.enumerated().dropFirst().map { "\($1) = ?\($0 + 1)" }.joined(separator: ", ")
        + " WHERE id = ?1"
}
