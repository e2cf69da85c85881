from board import MODELS, Board, Row
from panels import heatmap, query, stat, table, timeseries
from queries import PERIOD, buckets, increase, mean, quantile, rate, ratio, value, zero

SUCCESS = 'outcome="success"'
DURATION = "call_duration_seconds"
FIRST = "time_to_first_token_seconds"
EACH = "time_per_output_token_seconds"

summary = Row(
    "This period",
    [
        *[
            stat(
                f"Duration, p{percent}",
                "From a call's start to its end, of the calls that succeeded.",
                query(quantile(percent / 100, DURATION, SUCCESS, window=PERIOD), f"p{percent}"),
                unit="s",
            )
            for percent in (50, 95, 99)
        ],
        stat(
            "First token, p95",
            "Time to the first content of a stream.",
            query(quantile(0.95, FIRST, window=PERIOD), "p95"),
            unit="s",
        ),
        stat(
            "Output speed",
            "Tokens per second of a stream after its first content, the mean over all tokens.",
            query(
                ratio(
                    increase(EACH, suffix="_count"),
                    increase(EACH, suffix="_sum"),
                ),
                "tokens per second",
            ),
            decimals=0,
        ),
        stat(
            "Gateway, p99",
            "What the gateway adds to a call.",
            query(quantile(0.99, "gateway_overhead_seconds", window=PERIOD), "p99"),
            unit="s",
        ),
    ],
)

spread = Row(
    "Spread",
    [
        heatmap(
            "Durations",
            "How many calls that succeeded took how long.",
            buckets(DURATION, SUCCESS),
        ),
        heatmap(
            "Times to the first token",
            "How many streams had their first content after how long.",
            buckets(FIRST),
        ),
        timeseries(
            "Duration",
            "Of the calls that succeeded; errors are fast and would make it look better.",
            *[query(quantile(q, DURATION, SUCCESS), name) for q, name in ((0.5, "p50"), (0.95, "p95"), (0.99, "p99"))],
            unit="s",
        ),
        timeseries(
            "First token",
            "Time to the first content of a stream.",
            *[query(quantile(q, FIRST), name) for q, name in ((0.5, "p50"), (0.95, "p95"), (0.99, "p99"))],
            unit="s",
        ),
    ],
)

kinds = Row(
    "By model and operation",
    [
        timeseries(
            "Duration by model, p95",
            "Of the calls that succeeded.",
            query(quantile(0.95, DURATION, SUCCESS, by=("model",)), "{{model}}"),
            unit="s", width=8,
        ),
        timeseries(
            "Duration by operation, p95",
            "Of the calls that succeeded.",
            query(quantile(0.95, DURATION, SUCCESS, by=("operation",)), "{{operation}}"),
            unit="s", width=8,
        ),
        timeseries(
            "Duration by outcome, p95",
            "Streams (true) and other calls (false), by how they ended. A client that leaves counts when it leaves.",
            query(quantile(0.95, DURATION, by=("outcome", "stream")), "{{outcome}}, stream {{stream}}"),
            unit="s", width=8,
        ),
        timeseries(
            "First token by model, p95",
            "Time to the first content of a stream.",
            query(quantile(0.95, FIRST, by=("model",)), "{{model}}"),
            unit="s", width=8,
        ),
        timeseries(
            "Output speed by model",
            "Tokens per second of a stream after its first content.",
            query(
                ratio(rate(EACH, by=("model",), suffix="_count"), rate(EACH, by=("model",), suffix="_sum")), "{{model}}"
            ),
            width=8,
        ),
        timeseries(
            "Provider by model, p95",
            "The provider's own processing time, as it tells it in openai-processing-ms.",
            query(quantile(0.95, "upstream_processing_seconds", by=("model",)), "{{model}}"),
            unit="s", width=8,
        ),
    ],
)

parts = Row(
    "Parts",
    [
        timeseries(
            "Where the time goes",
            "Means over the calls: the provider's processing time, the rest of the way to the response's head, and the "
            "gateway's own part.",
            query(mean("upstream_processing_seconds"), "provider"),
            query(mean("upstream_overhead_seconds"), "network and queues"),
            query(mean("gateway_overhead_seconds"), "gateway"),
            unit="s", stack=True, width=8,
        ),
        timeseries(
            "Calls at once",
            "The calls in flight at each scrape, beside what arrivals and durations make of them. Far apart means "
            "calls that hang, which have no duration yet.",
            query(zero(value("calls_in_flight")), "in flight"),
            query(zero(rate(DURATION, suffix="_sum")), "rate times duration"),
            width=8,
        ),
        timeseries(
            "Gateway",
            "What the gateway adds to a call.",
            *[query(quantile(q, "gateway_overhead_seconds"), name) for q, name in ((0.5, "p50"), (0.95, "p95"), (0.99, "p99"))],
            unit="s", width=8,
        ),
    ],
)

models = Row(
    "Models",
    [
        table(
            "Models in this period",
            "Durations of the calls that succeeded, the slowest first.",
            ["model", "operation"],
            [
                (name, query(quantile(q, DURATION, SUCCESS, by=("model", "operation"), window=PERIOD)), "s")
                for q, name in ((0.5, "p50"), (0.95, "p95"), (0.99, "p99"))
            ]
            + [
                ("First token, p95", query(quantile(0.95, FIRST, by=("model", "operation"), window=PERIOD)), "s"),
                ("Calls", query(increase(DURATION, SUCCESS, by=("model", "operation"), suffix="_count")), "short", 0),
            ],
            sort="p95", width=24, height=9,
        ),
    ],
)

BOARD = Board(
    "latency",
    "Latency",
    "How long calls take, where the time goes, and how fast streams are, over all projects.",
    [summary, spread, kinds, parts, models],
    MODELS,
)
