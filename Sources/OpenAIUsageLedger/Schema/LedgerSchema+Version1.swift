extension LedgerSchema {
    /// The first version of the schema.
    ///
    /// A column of the type ANY holds the number of a label, or the text itself where its kind has too many values.
    /// Provider counters and the disjoint buckets that were made of them stand side by side. Times are UTC microseconds,
    /// money is millionths of a millionth of a US dollar, and NULL is unknown.
    static let version1 = """
        CREATE TABLE meta(name TEXT PRIMARY KEY, value ANY) STRICT;
        CREATE TABLE label(id INTEGER PRIMARY KEY, kind TEXT NOT NULL, value TEXT NOT NULL, UNIQUE(kind, value)) STRICT;
        CREATE TABLE call(
            id INTEGER PRIMARY KEY,
            started_at INTEGER NOT NULL,
            attempt INTEGER NOT NULL,
            operation_id TEXT,
            source TEXT NOT NULL,
            client ANY,
            method ANY NOT NULL,
            host ANY NOT NULL,
            path ANY NOT NULL,
            endpoint ANY NOT NULL,
            is_stream INTEGER NOT NULL,
            organization ANY,
            project ANY NOT NULL,
            requested_organization ANY,
            requested_project ANY,
            key ANY,
            tags ANY,
            request_model ANY,
            model ANY,
            requested_service_tier ANY,
            service_tier ANY,
            background_window ANY,
            status INTEGER,
            outcome TEXT NOT NULL,
            finish ANY,
            error_type ANY,
            error_code ANY,
            request_id TEXT,
            client_request_id TEXT,
            response_id TEXT,
            usage_state TEXT NOT NULL,
            usage_source ANY,
            input_tokens INTEGER,
            cached_input_tokens INTEGER,
            cache_write_tokens INTEGER,
            cache_write_30m_tokens INTEGER,
            cache_write_12h_tokens INTEGER,
            text_input_tokens INTEGER,
            audio_input_tokens INTEGER,
            image_input_tokens INTEGER,
            cached_text_input_tokens INTEGER,
            cached_audio_input_tokens INTEGER,
            cached_image_input_tokens INTEGER,
            output_tokens INTEGER,
            reasoning_tokens INTEGER,
            text_output_tokens INTEGER,
            audio_output_tokens INTEGER,
            image_output_tokens INTEGER,
            accepted_prediction_tokens INTEGER,
            rejected_prediction_tokens INTEGER,
            total_tokens INTEGER,
            trained_tokens INTEGER,
            audio_seconds INTEGER,
            session_seconds INTEGER,
            bucket_input INTEGER,
            bucket_cached_input INTEGER,
            bucket_cache_write INTEGER,
            bucket_cache_write_12h INTEGER,
            bucket_audio_input INTEGER,
            bucket_cached_audio_input INTEGER,
            bucket_image_input INTEGER,
            bucket_cached_image_input INTEGER,
            bucket_output INTEGER,
            bucket_audio_output INTEGER,
            bucket_image_output INTEGER,
            bucket_inconsistent INTEGER,
            raw_usage TEXT,
            units TEXT,
            tool_calls TEXT,
            provider_cost TEXT,
            cost_pico_usd INTEGER,
            cost_status TEXT NOT NULL,
            cost_reason ANY,
            price_version ANY,
            duration_us INTEGER,
            time_to_headers_us INTEGER,
            time_to_first_token_us INTEGER,
            processing_us INTEGER,
            gateway_us INTEGER,
            rate_limits TEXT,
            retry_after_ms INTEGER
        ) STRICT;
        CREATE INDEX call_started_at ON call(started_at);
        CREATE INDEX call_open ON call(id) WHERE outcome = 'open';
        CREATE TABLE identifier(
            segment INTEGER NOT NULL, hash INTEGER NOT NULL, call_id INTEGER NOT NULL,
            PRIMARY KEY(segment, hash, call_id)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE unsealed(call_id INTEGER PRIMARY KEY) STRICT;
        CREATE TABLE rate_limit(
            project TEXT NOT NULL, model TEXT NOT NULL, organization TEXT, observed_at INTEGER NOT NULL,
            call_id INTEGER NOT NULL, windows TEXT NOT NULL,
            PRIMARY KEY(project, model)
        ) STRICT;
        CREATE TABLE quarantine(call_id INTEGER NOT NULL, started_at INTEGER NOT NULL, reason TEXT NOT NULL) STRICT;
        CREATE VIEW calls AS
        SELECT
            printf('%016x', c.id) AS id,
            coalesce(c.operation_id, printf('%016x', c.id)) AS operation_id,
            c.attempt,
            strftime('%Y-%m-%dT%H:%M:%S', c.started_at / 1000000, 'unixepoch')
                || printf('.%06dZ', c.started_at % 1000000) AS started_at,
            c.source,
            CASE typeof(c.client) WHEN 'integer' THEN (SELECT value FROM label WHERE id = c.client)
                ELSE c.client END AS client,
            CASE typeof(c.method) WHEN 'integer' THEN (SELECT value FROM label WHERE id = c.method)
                ELSE c.method END AS method,
            CASE typeof(c.host) WHEN 'integer' THEN (SELECT value FROM label WHERE id = c.host)
                ELSE c.host END AS host,
            CASE typeof(c.path) WHEN 'integer' THEN (SELECT value FROM label WHERE id = c.path)
                ELSE c.path END AS path,
            CASE typeof(c.endpoint) WHEN 'integer' THEN (SELECT value FROM label WHERE id = c.endpoint)
                ELSE c.endpoint END AS endpoint,
            c.is_stream,
            CASE typeof(c.organization) WHEN 'integer' THEN (SELECT value FROM label WHERE id = c.organization)
                ELSE c.organization END AS organization,
            CASE typeof(c.project) WHEN 'integer' THEN (SELECT value FROM label WHERE id = c.project)
                ELSE c.project END AS project,
            CASE typeof(c.requested_organization) WHEN 'integer' THEN (SELECT value FROM label WHERE id = c.requested_organization)
                ELSE c.requested_organization END AS requested_organization,
            CASE typeof(c.requested_project) WHEN 'integer' THEN (SELECT value FROM label WHERE id = c.requested_project)
                ELSE c.requested_project END AS requested_project,
            CASE typeof(c.key) WHEN 'integer' THEN (SELECT value FROM label WHERE id = c.key)
                ELSE c.key END AS key,
            CASE typeof(c.tags) WHEN 'integer' THEN (SELECT value FROM label WHERE id = c.tags)
                ELSE c.tags END AS tags,
            CASE typeof(c.request_model) WHEN 'integer' THEN (SELECT value FROM label WHERE id = c.request_model)
                ELSE c.request_model END AS request_model,
            CASE typeof(c.model) WHEN 'integer' THEN (SELECT value FROM label WHERE id = c.model)
                ELSE c.model END AS model,
            CASE typeof(c.requested_service_tier) WHEN 'integer' THEN (SELECT value FROM label WHERE id = c.requested_service_tier)
                ELSE c.requested_service_tier END AS requested_service_tier,
            CASE typeof(c.service_tier) WHEN 'integer' THEN (SELECT value FROM label WHERE id = c.service_tier)
                ELSE c.service_tier END AS service_tier,
            CASE typeof(c.background_window) WHEN 'integer' THEN (SELECT value FROM label WHERE id = c.background_window)
                ELSE c.background_window END AS background_window,
            c.status,
            c.outcome,
            CASE typeof(c.finish) WHEN 'integer' THEN (SELECT value FROM label WHERE id = c.finish)
                ELSE c.finish END AS finish,
            CASE typeof(c.error_type) WHEN 'integer' THEN (SELECT value FROM label WHERE id = c.error_type)
                ELSE c.error_type END AS error_type,
            CASE typeof(c.error_code) WHEN 'integer' THEN (SELECT value FROM label WHERE id = c.error_code)
                ELSE c.error_code END AS error_code,
            c.request_id,
            c.client_request_id,
            c.response_id,
            c.usage_state,
            CASE typeof(c.usage_source) WHEN 'integer' THEN (SELECT value FROM label WHERE id = c.usage_source)
                ELSE c.usage_source END AS usage_source,
            c.input_tokens,
            c.cached_input_tokens,
            c.cache_write_tokens,
            c.cache_write_30m_tokens,
            c.cache_write_12h_tokens,
            c.text_input_tokens,
            c.audio_input_tokens,
            c.image_input_tokens,
            c.cached_text_input_tokens,
            c.cached_audio_input_tokens,
            c.cached_image_input_tokens,
            c.output_tokens,
            c.reasoning_tokens,
            c.text_output_tokens,
            c.audio_output_tokens,
            c.image_output_tokens,
            c.accepted_prediction_tokens,
            c.rejected_prediction_tokens,
            c.total_tokens,
            c.trained_tokens,
            c.audio_seconds,
            c.session_seconds,
            c.bucket_input,
            c.bucket_cached_input,
            c.bucket_cache_write,
            c.bucket_cache_write_12h,
            c.bucket_audio_input,
            c.bucket_cached_audio_input,
            c.bucket_image_input,
            c.bucket_cached_image_input,
            c.bucket_output,
            c.bucket_audio_output,
            c.bucket_image_output,
            c.bucket_inconsistent,
            c.raw_usage,
            c.units,
            c.tool_calls,
            c.provider_cost,
            CASE WHEN c.cost_pico_usd IS NOT NULL
                THEN CASE WHEN c.cost_pico_usd < 0 THEN '-' ELSE '' END || rtrim(rtrim(printf('%d.%012d',
                abs(c.cost_pico_usd / 1000000000000), abs(c.cost_pico_usd % 1000000000000)), '0'), '.') END AS cost_usd,
            c.cost_status,
            CASE typeof(c.cost_reason) WHEN 'integer' THEN (SELECT value FROM label WHERE id = c.cost_reason)
                ELSE c.cost_reason END AS cost_reason,
            CASE typeof(c.price_version) WHEN 'integer' THEN (SELECT value FROM label WHERE id = c.price_version)
                ELSE c.price_version END AS price_version,
            c.duration_us / 1000.0 AS duration_ms,
            c.time_to_headers_us / 1000.0 AS time_to_headers_ms,
            c.time_to_first_token_us / 1000.0 AS time_to_first_token_ms,
            c.processing_us / 1000.0 AS processing_ms,
            c.gateway_us / 1000.0 AS gateway_ms,
            c.rate_limits,
            c.retry_after_ms
        FROM call AS c;
        """
}
