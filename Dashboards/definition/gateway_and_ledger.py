from board import Board, Row
from panels import GREEN, RED, YELLOW, query, stat, states, steps, table, timeline, timeseries, worded
from queries import increase, quantile, rate, series, some, value, zero

state = Row(
    "State",
    [
        stat(
            "State",
            "DOWN if a scrape of any of the chosen targets fails.",
            query(value("up", operator="min"), "state"),
            unit="none", mappings=states(good="UP", bad="DOWN"), steps=worded(RED), width=3,
        ),
        stat(
            "Ledger",
            "FAILING while the ledger of any gateway cannot be written to.",
            query(value("ledger_up", operator="min"), "ledger"),
            unit="none", mappings=states(good="OK", bad="FAILING"), steps=worded(), width=3,
        ),
        stat(
            "Configuration",
            "REFUSED if the last reload of any gateway failed, which then runs on with what it had.",
            query(value("config_last_reload_successful", operator="min"), "configuration"),
            unit="none", mappings=states(good="LOADED", bad="REFUSED"), steps=worded(), width=3,
        ),
        stat(
            "Records lost",
            "Calls of the period whose record never reached a ledger.",
            query(zero(increase("records_dropped_total"), of="ledger_up"), "lost"),
            steps=steps((0.5, RED)), width=3, decimals=0,
        ),
        stat(
            "Balance",
            "Records captured, without those written, dropped or queued. Not 0 for longer than a write takes is a defect.",
            query(
                f"sum({series('records_captured_total')}) - sum({series('records_written_total')})"
                f" - sum({series('records_dropped_total')}) - sum({series('record_queue_length')})",
                "records",
            ),
            width=3, steps=steps((-0.5, GREEN), (1000, YELLOW), lowest=(-1e9, RED)), decimals=0,
        ),
        stat(
            "Queue",
            "The fullest queue of records.",
            query(f"max({series('record_queue_length')} / ({series('record_queue_capacity')} > 0))", "fullest"),
            unit="percentunit", width=3, steps=steps((0.5, YELLOW), (0.9, RED)), decimals=0,
        ),
        stat(
            "Late releases",
            "Responses of the period whose last bytes went out before their record was committed.",
            query(zero(increase("ledger_late_releases_total"), of="ledger_up"), "late"),
            width=3, steps=steps((0.5, YELLOW)), decimals=0,
        ),
        stat(
            "Folded labels",
            "Calls of the period whose project or model is counted as `other`, by the caps on labels.",
            query(zero(increase("label_overflow_total")), "calls"),
            width=3, steps=steps((0.5, YELLOW)), decimals=0,
        ),
        timeline(
            "Targets",
            "Whether the scrapes of each target succeed.",
            query(f"max by (instance) ({series('up')})", "{{instance}}"),
            mappings=states(good="up", bad="down"), steps=worded(RED), width=14, height=6,
        ),
        table(
            "Versions",
            "The programs that answer, and how long they have been running.",
            ["instance", "version", "revision"],
            [("Running for", query(
                f"max by (instance, version, revision) ({series('build_info')} * on(job, instance) group_left()"
                f" (time() - {series('process_start_time_seconds')}))"
            ), "s")],
            width=10, height=6,
        ),
    ],
)

ledger = Row(
    "Ledger",
    [
        timeseries(
            "Records",
            "Records per second.",
            query(zero(rate("records_captured_total"), of="ledger_up"), "captured"),
            query(zero(rate("records_written_total"), of="ledger_up"), "written"),
            query(
                zero(some(rate("records_dropped_total", by=("reason",))), "reason", "none", of="ledger_up"),
                "dropped: {{reason}}",
            ),
            unit="reqps", width=8, legend="list",
        ),
        timeseries(
            "Queue",
            "Records that wait to be written, by gateway.",
            query(f"max by (instance) ({series('record_queue_length')})", "{{instance}}"),
            width=8,
        ),
        timeseries(
            "Duration of a write",
            "How long a transaction takes.",
            query(quantile(0.5, "ledger_write_duration_seconds"), "p50"),
            query(quantile(0.99, "ledger_write_duration_seconds"), "p99"),
            unit="s", width=8,
        ),
        timeseries(
            "Errors of the ledger",
            "Errors per second.",
            query(
                zero(some(rate("ledger_errors_total", by=("error",))), "error", "no errors", of="ledger_up"), "{{error}}"
            ),
            unit="short", width=6,
        ),
        timeseries(
            "Size",
            "The size of each ledger's files.",
            query(f"max by (instance) ({series('ledger_size_bytes')})", "{{instance}}"),
            unit="bytes", width=6,
        ),
        timeseries(
            "Size in a week",
            "The size of each ledger's files in a week, at their growth in the last six hours.",
            query(f"max by (instance) (predict_linear({series('ledger_size_bytes')}[6h], 7 * 86400))", "{{instance}}"),
            unit="bytes", width=6,
        ),
        timeseries(
            "Last write",
            "The time since records were last committed. It grows while there are no calls, too.",
            query(f"max by (instance) (time() - ({series('ledger_last_write_timestamp_seconds')} > 0))", "{{instance}}"),
            unit="s", width=6,
        ),
    ],
)

gateway = Row(
    "Gateway",
    [
        timeseries(
            "Connections and calls",
            "Open connections of clients, calls in flight, calls that wait for a connection to the upstream, and calls "
            "read on after their client left.",
            query(f"sum({series('gateway_client_connections')})", "connections"),
            query(zero(f"sum({series('calls_in_flight')})".replace(', operation=~"$operation"', "")), "in flight"),
            query(f"sum({series('gateway_waiting_calls')})", "waiting"),
            query(f"sum({series('gateway_calls_after_disconnect')})", "read on"),
            width=8,
        ),
        timeseries(
            "Overhead",
            "What the gateway adds to a call.",
            *[query(quantile(q, "gateway_overhead_seconds"), name) for q, name in ((0.5, "p50"), (0.95, "p95"), (0.99, "p99"))],
            unit="s", width=8,
        ),
        timeseries(
            "Requests sent again",
            "Per second, by reason.",
            query(zero(some(rate("upstream_retries_total", by=("reason",))), "reason", "none"), "{{reason}}"),
            unit="reqps", width=8,
        ),
        timeseries(
            "Events",
            "What befell the gateway, per second: see the README's table for each name.",
            query(zero(some(rate("gateway_events_total", by=("event",))), "event", "none"), "{{event}}"),
            width=8,
        ),
        timeseries(
            "Limits reached",
            "Times per second that a limit of the gateway was reached, by the name of its setting.",
            query(zero(some(rate("gateway_limits_reached_total", by=("limit",))), "limit", "none"), "{{limit}}"),
            width=8,
        ),
        timeseries(
            "Usage not asked for",
            "Streams per second that were sent as their client wrote them, without the option for usage, by reason.",
            query(zero(some(rate("include_usage_not_asked_total", by=("reason",))), "reason", "none"), "{{reason}}"),
            width=8,
        ),
    ],
)

process = Row(
    "Process",
    [
        timeseries(
            "CPU",
            "Cores in use, by gateway.",
            query(f"max by (instance) (rate({series('process_cpu_seconds_total')}[$__rate_interval]))", "{{instance}}"),
            width=6,
        ),
        timeseries(
            "Memory",
            "Resident memory, by gateway.",
            query(f"max by (instance) ({series('process_resident_memory_bytes')})", "{{instance}}"),
            unit="bytes", width=6,
        ),
        timeseries(
            "Open files",
            "The share of the descriptors that the process may open.",
            query(
                f"max by (instance) ({series('process_open_fds')} / ({series('process_max_fds')} > 0))", "{{instance}}"
            ),
            unit="percentunit", width=6,
        ),
        timeseries(
            "Threads",
            "Threads, by gateway.",
            query(f"max by (instance) ({series('process_threads')})", "{{instance}}"),
            width=6,
        ),
    ],
)

metrics = Row(
    "Metrics",
    [
        timeseries(
            "Series",
            "Series on the page of metrics, by gateway.",
            query(f"max by (instance) ({series('metrics_series')})", "{{instance}}"),
            width=8,
        ),
        timeseries(
            "Duration of a scrape",
            "The time that the page of metrics took to make.",
            query(f"max by (instance) ({series('metrics_scrape_duration_seconds')})", "{{instance}}"),
            unit="s", width=8,
        ),
        timeseries(
            "Scrapes",
            "Scrapes per second, by whether they were answered or rejected, as too many came at once.",
            query(zero(rate("metrics_scrapes_total", by=("result",)), "result", "none"), "{{result}}"),
            unit="reqps", width=8,
        ),
        timeseries(
            "Folded labels",
            "Calls per second whose label is counted as `other`.",
            query(zero(some(rate("label_overflow_total", by=("label",))), "label", "none"), "{{label}}"),
            unit="reqps", width=12,
        ),
        timeseries(
            "Reloads of the configuration",
            "Reloads per hour, by result.",
            query(zero(rate("config_reloads_total", by=("result",)) + " * 3600", "result", "none"), "{{result}}"),
            width=12,
        ),
    ],
)

BOARD = Board(
    "gateway-and-ledger",
    "Gateway and ledger",
    "Whether the gateways run, whether every call is kept, and what they need for it.",
    [state, ledger, gateway, process, metrics],
)
