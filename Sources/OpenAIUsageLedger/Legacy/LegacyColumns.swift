/// The columns of the table `call` in the schemas 1 to 3, in the order in which they are read.
enum LegacyColumns {
    /// The columns of the third schema.
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

    /// The columns that each of the schemas added.
    private static let added: [[String]] = [
        [],
        [
            "is_counted", "object_created_at", "object_alias", "request_options", "trace_id", "edge_request_id",
            "diagnostics", "upstream_service_us",
        ],
        ["request_bytes", "max_output_tokens", "cost_upper_bound_pico_usd"],
    ]

    /// Returns the beginning of a query for whole rows of a schema version; missing columns are unknown.
    static func select(version: Int64) -> String {
        let missing = Set(added.dropFirst(Int(max(1, version))).joined())
        let list = names.map { name in
            guard missing.contains(name) else { return name }
            return name == "is_counted" ? "1" : "NULL"
        }
        return "SELECT \(list.joined(separator: ", ")) FROM call"
    }
}
