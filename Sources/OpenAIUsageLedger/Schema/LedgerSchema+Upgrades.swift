extension LedgerSchema {
    /// The second version: which calls count, and more of what the heads and the request tell.
    static let version2 = """
        ALTER TABLE call ADD COLUMN is_counted INTEGER NOT NULL DEFAULT 1;
        ALTER TABLE call ADD COLUMN object_created_at INTEGER;
        ALTER TABLE call ADD COLUMN object_alias TEXT;
        ALTER TABLE call ADD COLUMN request_options ANY;
        ALTER TABLE call ADD COLUMN trace_id TEXT;
        ALTER TABLE call ADD COLUMN edge_request_id TEXT;
        ALTER TABLE call ADD COLUMN diagnostics ANY;
        ALTER TABLE call ADD COLUMN upstream_service_us INTEGER;
        """

    /// The third version: what bounds the cost of a call whose usage is unknown, which calls ended long after they began,
    /// and which containers are paid for.
    static let version3 = """
        ALTER TABLE call ADD COLUMN request_bytes INTEGER;
        ALTER TABLE call ADD COLUMN max_output_tokens INTEGER;
        ALTER TABLE call ADD COLUMN cost_upper_bound_pico_usd INTEGER;
        CREATE TABLE late_call(number INTEGER PRIMARY KEY, call_id INTEGER NOT NULL) STRICT;
        CREATE TABLE container_window(hash INTEGER PRIMARY KEY, started_at INTEGER NOT NULL) STRICT;
        """
}
