extension LedgerSchema {
    /// The view that people read: names instead of numbers, dollars, milliseconds and times as text.
    static let view = "DROP VIEW IF EXISTS calls;\nCREATE VIEW calls AS SELECT\n\(shown)\nFROM call AS c;"

    /// The columns that hold the number of a label, or the text itself.
    private static let labels: Set<String> = [
        "client", "method", "host", "path", "endpoint", "organization", "project", "requested_organization",
        "requested_project", "key", "tags", "request_model", "model", "requested_service_tier", "service_tier",
        "background_window", "finish", "error_type", "error_code", "usage_source", "cost_reason", "price_version",
        "request_options", "diagnostics",
    ]

    private static let shown = CallColumns.names.map { column in
        switch column {
        case "id": "printf('%016x', c.id) AS id"
        case "operation_id": "coalesce(c.operation_id, printf('%016x', c.id)) AS operation_id"
        case "started_at", "object_created_at":
            """
            strftime('%Y-%m-%dT%H:%M:%S', c.\(column) / 1000000, 'unixepoch')
                || printf('.%06dZ', c.\(column) % 1000000) AS \(column)
            """
        case _ where column.hasSuffix("_pico_usd"):
            """
            CASE WHEN c.\(column) IS NOT NULL
                THEN CASE WHEN c.\(column) < 0 THEN '-' ELSE '' END || rtrim(rtrim(printf('%d.%012d',
                abs(c.\(column) / 1000000000000), abs(c.\(column) % 1000000000000)), '0'), '.') END
                AS \(column.dropLast("_pico_usd".count))_usd
            """
        case _ where column.hasSuffix("_us"):
            "c.\(column) / 1000.0 AS \(column.dropLast(3))_ms"
        case _ where labels.contains(column):
            """
            CASE typeof(c.\(column)) WHEN 'integer' THEN (SELECT value FROM label WHERE id = c.\(column))
                ELSE c.\(column) END AS \(column)
            """
        default: "c.\(column)"
        }
    }.joined(separator: ",\n")
}
