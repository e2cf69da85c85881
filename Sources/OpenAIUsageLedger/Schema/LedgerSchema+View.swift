import OpenAIUsage

extension LedgerSchema {
    /// The view for people: every column of `calls --format jsonl`, with names instead of numbers, dollars, milliseconds and
    /// times as text.
    static let view = """
        CREATE VIEW calls AS SELECT
        \(columns.map { "\($0.expression) AS \($0.name)" }.joined(separator: ",\n"))
        FROM call AS c
        JOIN series AS s ON s.id = c.series
        JOIN result AS r ON r.id = abs(c.result)
        JOIN form AS f ON f.id = c.form
        LEFT JOIN usage_shape AS u ON u.id = f.shape;
        """

    private static let start = "coalesce(c.started_at, c.id >> 11)"

    /// The columns of the view.
    private static let columns: [(name: String, expression: String)] =
        [
            ("id", "printf('%016x', c.id)"),
            ("operation_id", "coalesce(\(identity("operation_id")), printf('%016x', c.id))"),
            ("attempt", "c.attempt"),
            ("started_at", time(start)),
            ("duration_ms", "c.duration_us / 1000.0"),
            ("time_to_headers_ms", "c.time_to_headers_us / 1000.0"),
            ("time_to_first_token_ms", "c.time_to_first_token_us / 1000.0"),
            ("processing_ms", "c.processing_us / 1000.0"),
            ("upstream_service_ms", "c.upstream_service_us / 1000.0"),
            ("gateway_ms", "c.gateway_us / 1000.0"),
            ("source", "s.source"),
        ]
        + Series.Field.allCases.map { ($0.name, field("s", $0.name)) }
        + [
            CallForm.Field.method, .path, .finish, .usageSource, .requestOptions, .diagnostics, .costReason,
            .priceVersion,
        ]
        .map { ($0.name, field("f", $0.name)) }
        + [
            ("stream", "f.is_stream"),
            ("status", "coalesce(r.status, json_extract(c.extra, '$.status'))"),
            ("outcome", "CASE WHEN c.result < 0 THEN 'open' ELSE r.outcome END"),
            ("error_type", field("r", "error_type")),
            ("error_code", field("r", "error_code")),
            ("request_id", identity("request_id")),
            ("client_request_id", identity("client_request_id")),
            ("response_id", identity("response_id")),
            ("edge_request_id", identity("edge_request_id")),
            ("trace_id", identity("trace_id")),
            ("object_alias", identity("object_alias")),
            ("object_created_at", "CASE WHEN c.object_created_at IS NOT NULL THEN \(time("c.object_created_at")) END"),
            ("counted", "f.is_counted"),
            ("usage_state", "f.usage_state"),
        ]
        + TokenCounter.allCases.map { ($0.name, counter($0.name)) }
        + [
            ("usage", usage),
            ("units", "coalesce(json_extract(c.extra, '$.units'), '{}')"),
            ("tool_calls", "coalesce(json_extract(c.extra, '$.tool_calls'), '{}')"),
            ("provider_cost", "json_extract(c.extra, '$.provider_cost')"),
            ("cost_usd", dollars("c.cost_pico_usd")),
            ("cost_pico_usd", "c.cost_pico_usd"),
            ("cost_status", "f.cost_status"),
            ("cost_upper_bound_usd", dollars("c.cost_upper_bound_pico_usd")),
            ("request_bytes", "c.request_bytes"),
            ("max_output_tokens", "c.max_output_tokens"),
            ("rate_limit", rateLimit),
            ("retry_after_ms", "json_extract(c.extra, '$.retry_after_ms')"),
        ]

    /// Returns the expression of a field in a shared table or in the row itself.
    private static func field(_ table: String, _ name: String) -> String {
        let text = "coalesce(\(table).\(name), json_extract(c.extra, '$.\(name)'))"
        return switch name {
        // The whole digest is stored, but only its first six digits are shown.
        case Series.Field.key.name:
            "CASE WHEN \(text) GLOB '* #????????????' THEN substr(\(text), 1, length(\(text)) - 6) ELSE \(text) END"
        case Series.Field.tags.name, CallForm.Field.requestOptions.name, CallForm.Field.diagnostics.name:
            "coalesce(\(table).\(name), json_extract(c.extra, '$.\(name)'), '{}')"
        default: text
        }
    }

    private static func identity(_ column: String) -> String {
        """
        CASE typeof(c.\(column)) WHEN 'blob' THEN (SELECT i.prefix || CASE i.kind
            WHEN 'text' THEN CAST(substr(c.\(column), 2) AS TEXT)
            WHEN 'uuid' THEN lower(hex(substr(c.\(column), 2, 4)) || '-' || hex(substr(c.\(column), 6, 2)) || '-'
                || hex(substr(c.\(column), 8, 2)) || '-' || hex(substr(c.\(column), 10, 2)) || '-'
                || hex(substr(c.\(column), 12, 6)))
            ELSE lower(hex(substr(c.\(column), 2))) END || i.suffix
            FROM identity_form AS i WHERE i.id = unicode(CAST(substr(c.\(column), 1, 1) AS TEXT)))
        ELSE c.\(column) END
        """
    }

    private static func time(_ expression: String) -> String {
        """
        strftime('%Y-%m-%dT%H:%M:%S', (\(expression)) / 1000000, 'unixepoch')
            || printf('.%06dZ', (\(expression)) % 1000000)
        """
    }

    private static func dollars(_ column: String) -> String {
        """
        CASE WHEN \(column) IS NOT NULL
            THEN CASE WHEN \(column) < 0 THEN '-' ELSE '' END || rtrim(rtrim(printf('%d.%012d',
            abs(\(column) / 1000000000000), abs(\(column) % 1000000000000)), '0'), '.') END
        """
    }

    private static func counter(_ name: String) -> String {
        """
        CASE WHEN u.id IS NOT NULL THEN json_extract('[' || c.usage_numbers || ']', '$[' || u.\(name) || ']')
            ELSE json_extract(c.extra, '$.usage_counters.\(name)') END
        """
    }

    private static let usage: String = {
        let numbers = (0..<UsageShape.maximumCount).map { "json_extract('[' || c.usage_numbers || ']', '$[\($0)]')" }
        return
            "CASE WHEN u.id IS NOT NULL THEN printf(u.format, \(numbers.joined(separator: ", "))) ELSE c.usage_numbers END"
    }()

    private static let rateLimit = """
        (SELECT nullif(json_group_object(json_extract(l.value, '$[0]'), json_object('limit', json_extract(l.value, '$[1]'),
            'remaining', json_extract('[' || c.limit_numbers || ']', '$[' || (l.key * 2) || ']'),
            'reset_seconds', json_extract('[' || c.limit_numbers || ']', '$[' || (l.key * 2 + 1) || ']') / 1000000.0)), '{}')
            FROM json_each(coalesce(f.limits, json_extract(c.extra, '$.limits'))) AS l
            WHERE coalesce(f.limits, json_extract(c.extra, '$.limits')) IS NOT NULL)
        """
}
