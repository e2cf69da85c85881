import OpenAIUsage

extension LedgerSchema {
    /// The statements that create the tables.
    ///
    /// Attributes that many calls share are stored once: `series` has the dimensions, `result` the result, `form` the rest. A
    /// field beyond the capacity of its table is stored in the row's `extra`, a JSON object. Times are UTC microseconds, money
    /// is in picodollars (millionths of a millionth of a US dollar), and NULL is unknown. A call in flight has the negative
    /// number of its result.
    static let tables = """
        CREATE TABLE meta(name TEXT PRIMARY KEY, value ANY) STRICT;
        CREATE TABLE series(
            id INTEGER PRIMARY KEY, source TEXT NOT NULL,
            \(Series.Field.allCases.map { "\($0.name) TEXT" }.joined(separator: ", ")),
            row_fields INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE result(
            id INTEGER PRIMARY KEY, outcome TEXT NOT NULL, status INTEGER, error_type TEXT, error_code TEXT,
            is_error_in_row INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE usage_shape(
            id INTEGER PRIMARY KEY, format TEXT NOT NULL,
            \(TokenCounter.allCases.map { "\($0.name) INTEGER" }.joined(separator: ", "))
        ) STRICT;
        CREATE TABLE form(
            id INTEGER PRIMARY KEY, is_stream INTEGER NOT NULL, is_counted INTEGER NOT NULL, usage_state TEXT NOT NULL,
            cost_status TEXT NOT NULL, shape INTEGER NOT NULL,
            \(CallForm.Field.allCases.map { "\($0.name) TEXT" }.joined(separator: ", ")),
            row_fields INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE identity_form(
            id INTEGER PRIMARY KEY, prefix TEXT NOT NULL, suffix TEXT NOT NULL, kind TEXT NOT NULL
        ) STRICT;
        CREATE TABLE call(
            id INTEGER PRIMARY KEY,
            series INTEGER NOT NULL,
            result INTEGER NOT NULL,
            form INTEGER NOT NULL,
            started_at INTEGER,
            attempt INTEGER NOT NULL,
            operation_id ANY,
            request_id ANY,
            response_id ANY,
            client_request_id ANY,
            edge_request_id ANY,
            trace_id ANY,
            object_alias ANY,
            object_created_at INTEGER,
            usage_numbers TEXT,
            cost_pico_usd INTEGER,
            cost_upper_bound_pico_usd INTEGER,
            duration_us INTEGER,
            time_to_headers_us INTEGER,
            time_to_first_token_us INTEGER,
            processing_us INTEGER,
            upstream_service_us INTEGER,
            gateway_us INTEGER,
            request_bytes INTEGER,
            max_output_tokens INTEGER,
            limit_numbers TEXT,
            extra TEXT
        ) STRICT;
        CREATE INDEX call_in_flight ON call(id) WHERE result < 0;
        CREATE TABLE pending_call(call_id INTEGER PRIMARY KEY) STRICT;
        CREATE TABLE segment(
            id INTEGER PRIMARY KEY, level INTEGER NOT NULL, slot_bits INTEGER NOT NULL, block_bits INTEGER NOT NULL,
            hash_bits INTEGER NOT NULL, blocks BLOB NOT NULL
        ) STRICT;
        CREATE TABLE segment_slot(key INTEGER PRIMARY KEY, entries BLOB NOT NULL) STRICT;
        CREATE TABLE rollup(key INTEGER PRIMARY KEY, sums BLOB NOT NULL) STRICT;
        CREATE TABLE rate_limit(
            project TEXT NOT NULL, model TEXT NOT NULL, organization TEXT, observed_at INTEGER NOT NULL,
            call_id INTEGER NOT NULL, windows TEXT NOT NULL,
            PRIMARY KEY(project, model)
        ) STRICT;
        CREATE TABLE late_call(number INTEGER PRIMARY KEY, call_id INTEGER NOT NULL) STRICT;
        CREATE TABLE container_window(hash INTEGER PRIMARY KEY, started_at INTEGER NOT NULL) STRICT;
        CREATE TABLE quarantine(call_id INTEGER NOT NULL, started_at INTEGER NOT NULL, reason TEXT NOT NULL) STRICT;
        """

    /// The statements that create the stamps of the days with sums, and give one to each day that has none.
    static let rollupDays = """
        CREATE TABLE IF NOT EXISTS rollup_day(day INTEGER PRIMARY KEY, stamp INTEGER NOT NULL) STRICT;
        INSERT OR IGNORE INTO rollup_day(day, stamp)
            SELECT day, random() FROM (
                SELECT DISTINCT key >> \(RollupKey.timeShift) & \(RollupKey.maximumTime) AS day FROM rollup
                WHERE key BETWEEN \(RollupKey.days.lowerBound) AND \(RollupKey.days.upperBound)
            );
        """

    /// The statements that create the tables of former costs.
    ///
    /// `former_cost` has the cost that a call had before a run, `cost_kind` what many of them share. Sums may exceed an
    /// integer of SQLite, and are text.
    static let formerCosts = """
        CREATE TABLE IF NOT EXISTS reprice_run(
            id INTEGER PRIMARY KEY, started_at INTEGER NOT NULL, price_version TEXT NOT NULL, old_versions TEXT NOT NULL,
            calls INTEGER NOT NULL, old_pico_usd TEXT NOT NULL, new_pico_usd TEXT NOT NULL
        ) STRICT;
        CREATE TABLE IF NOT EXISTS cost_kind(
            id INTEGER PRIMARY KEY, status TEXT NOT NULL, reason TEXT, price_version TEXT
        ) STRICT;
        CREATE TABLE IF NOT EXISTS former_cost(
            call_id INTEGER NOT NULL, run INTEGER NOT NULL, kind INTEGER NOT NULL, cost_pico_usd INTEGER,
            PRIMARY KEY(call_id, run)
        ) STRICT, WITHOUT ROWID;
        """
}
