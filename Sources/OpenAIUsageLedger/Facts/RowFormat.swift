import OpenAIUsage

/// The columns of the table of calls, in order.
enum RowFormat {
    /// The names of the columns.
    static let columns = [
        "id", "series", "result", "form", "started_at", "attempt", "operation_id", "request_id", "response_id",
        "client_request_id", "edge_request_id", "trace_id", "object_alias", "object_created_at", "usage_numbers",
        "cost_pico_usd", "cost_upper_bound_pico_usd", "duration_us", "time_to_headers_us", "time_to_first_token_us",
        "processing_us", "upstream_service_us", "gateway_us", "request_bytes", "max_output_tokens", "limit_numbers",
        "extra",
    ]

    private static let list = columns.joined(separator: ", ")

    /// The statement that inserts a row.
    static let insert =
        "INSERT INTO call(\(list)) VALUES(\(columns.indices.map { "?\($0 + 1)" }.joined(separator: ", ")))"
    /// The statement that replaces the content of a row.
    static let update =
        "UPDATE call SET "
        + columns.enumerated().dropFirst().map { "\($1) = ?\($0 + 1)" }.joined(separator: ", ") + " WHERE id = ?1"
    /// The beginning of a query for whole rows.
    static let select = "SELECT \(list) FROM call"

    /// Returns the start that an ID implies, in microseconds since 1970.
    static func start(of id: Int64) -> Int64 { id >> 11 }
}

extension CallForm {
    /// Applies the attributes of the form to a record.
    func apply(to record: inout CallRecord, limitNumbers: [Int64?]) {
        record.isStream = isStream
        record.isCounted = isCounted
        record.usageState = usageState
        record.cost.status = costStatus
        record.finish = self[.finish]
        record.usageSource = self[.usageSource]
        record.cost.reason = self[.costReason].map(CostReason.init(rawValue:))
        record.cost.priceVersion = self[.priceVersion]
        record.requestOptions = requestOptions
        record.diagnostics = diagnostics
        if let limits { record.rateLimits = RateLimits(limits, limitNumbers) }
    }
}
