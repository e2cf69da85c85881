import GRDB

/// Ledgers of older schemas.
enum LegacyLedger {
    /// Creates an empty ledger.
    static func create(at path: String, version: Int) async throws -> DatabaseQueue {
        let database = try DatabaseQueue(path: path)
        try await database.write { database in
            for step in steps.prefix(version) { try database.execute(sql: step) }
            try database.execute(sql: "CREATE TABLE grdb_migrations(identifier TEXT NOT NULL PRIMARY KEY)")
            try database.execute(sql: "PRAGMA application_id = 1329681735; PRAGMA user_version = \(version)")
        }
        return database
    }

    private static let steps = [
        """
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
        """,
        """
        ALTER TABLE call ADD COLUMN is_counted INTEGER NOT NULL DEFAULT 1;
        ALTER TABLE call ADD COLUMN object_created_at INTEGER;
        ALTER TABLE call ADD COLUMN object_alias TEXT;
        ALTER TABLE call ADD COLUMN request_options ANY;
        ALTER TABLE call ADD COLUMN trace_id TEXT;
        ALTER TABLE call ADD COLUMN edge_request_id TEXT;
        ALTER TABLE call ADD COLUMN diagnostics ANY;
        ALTER TABLE call ADD COLUMN upstream_service_us INTEGER;
        """,
        """
        ALTER TABLE call ADD COLUMN request_bytes INTEGER;
        ALTER TABLE call ADD COLUMN max_output_tokens INTEGER;
        ALTER TABLE call ADD COLUMN cost_upper_bound_pico_usd INTEGER;
        CREATE TABLE late_call(number INTEGER PRIMARY KEY, call_id INTEGER NOT NULL) STRICT;
        CREATE TABLE container_window(hash INTEGER PRIMARY KEY, started_at INTEGER NOT NULL) STRICT;
        """,
    ]
}
