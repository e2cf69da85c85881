from board import CHAIN, Board, Row
from panels import RED, YELLOW, query, stat, states, steps, table, timeseries, to_project, worded
from queries import (
    HOUR, MONTH, PERIOD, calls, error_ratio, errors, filled, increase, mean, quantile, rate, ratio,
    series, value, zero,
)

SUCCESS = 'outcome="success"'

state = Row(
    "State",
    [
        stat(
            "State",
            "DOWN if a scrape of any of the chosen targets fails. Every other panel tells of those that answer, and "
            "of none if there are none.",
            query(value("up", operator="min"), "state"),
            unit="none", mappings=states(good="UP", bad="DOWN"), steps=worded(RED), width=3,
        ),
        stat(
            "Targets",
            "The targets that answer, of those that are scraped.",
            query(f"sum({series('up')})", "up"),
            query(f"count({series('up')})", "scraped"),
            unit="none", width=5,
        ),
        stat(
            "Ledger",
            "FAILING while the ledger of any gateway cannot be written to. No data where there is no ledger.",
            query(value("ledger_up", operator="min"), "ledger"),
            unit="none", mappings=states(good="OK", bad="FAILING"), steps=worded(), width=4,
        ),
        stat(
            "Records lost",
            "Calls whose record never reached a ledger. Any is a loss: see the page on the gateway and the ledger.",
            query(zero(increase("records_dropped_total"), of="ledger_up"), "lost"),
            steps=steps((0.5, RED)), decimals=0,
        ),
        stat(
            "Not in the cost",
            "Calls without a full price, and calls that reported no usage. Their cost is missing from every sum.",
            query(zero(increase("unpriced_calls_total")), "unpriced"),
            query(zero(increase("calls_without_usage_total")), "no usage"),
            decimals=0, steps=steps((0.5, YELLOW)),
        ),
        stat(
            "Price book",
            "The age of the oldest price book among the gateways.",
            query(f"time() - min({series('price_book_updated_timestamp_seconds')})", "age"),
            unit="s", steps=steps((30 * 86400, YELLOW), (90 * 86400, RED)), decimals=0,
        ),
    ],
)

summary = Row(
    "This period",
    [
        stat(
            "Spend",
            "The known cost in the period of the page, by the price book.",
            query(zero(increase("cost_usd_total")), "spend", equals=("cost_usd", [])),
            unit="currencyUSD", width=3, decimals=2,
        ),
        stat(
            "Spend per hour",
            "The present pace of the cost.",
            query(zero(rate("cost_usd_total") + HOUR), "per hour"),
            unit="currencyUSD", width=3, decimals=2,
        ),
        stat(
            "A month at this pace",
            "What this whole month would cost at the mean pace of the period.",
            query(zero(rate("cost_usd_total", window=PERIOD) + MONTH), "month"),
            unit="currencyUSD", width=3, decimals=0,
        ),
        stat(
            "Calls",
            "Ended calls in the period.",
            query(zero(increase("calls_total")), "calls", equals=("calls", [])),
            width=3, decimals=0,
        ),
        stat(
            "Error ratio",
            "The share of the period's calls that failed, without those whose client left.",
            query(zero(error_ratio(window=PERIOD)), "errors"),
            unit="percentunit", width=3, steps=steps((0.01, YELLOW), (0.05, RED)), decimals=2,
        ),
        stat(
            "Duration, p95",
            "Of the calls that succeeded in the period.",
            query(quantile(0.95, "call_duration_seconds", SUCCESS, window=PERIOD), "p95"),
            unit="s", width=3,
        ),
        stat(
            "First token, p95",
            "Time to the first content of a stream, in the period.",
            query(quantile(0.95, "time_to_first_token_seconds", window=PERIOD), "p95"),
            unit="s", width=3,
        ),
        stat(
            "In flight",
            "Calls that are being made now.",
            query(zero(value("calls_in_flight")), "now"),
            width=3, decimals=0,
        ),
    ],
)

spend = Row(
    "Spend",
    [
        timeseries(
            "Spend per hour by project",
            "The pace of the known cost. A click leads to the project.",
            query(zero(rate("cost_usd_total", by=("project",)) + HOUR, "project", "no calls"), "{{project}}"),
            unit="currencyUSD", stack=True, links=[to_project()],
        ),
        timeseries(
            "Spend per hour by model",
            "The pace of the known cost. A snapshot counts as its model.",
            query(zero(rate("cost_usd_total", by=("model",)) + HOUR, "model", "no calls"), "{{model}}"),
            unit="currencyUSD", stack=True,
        ),
    ],
)

traffic = Row(
    "Traffic",
    [
        timeseries(
            "Calls by operation",
            "Ended calls per second.",
            query(zero(calls(by=("operation",)), "operation", "no calls"), "{{operation}}"),
            unit="reqps", stack=True, width=8,
        ),
        timeseries(
            "Errors by kind",
            "Failed calls per second, by the kind of failure.",
            query(zero(errors(by=("error",)), "error", "no errors"), "{{error}}"),
            unit="reqps", stack=True, width=8,
        ),
        timeseries(
            "Tokens",
            "Tokens per second. Cached input is a part of the input, reasoning a part of the output.",
            query(zero(rate("input_tokens_total")), "input"),
            query(zero(rate("input_cached_tokens_total")), "cached input"),
            query(zero(rate("output_tokens_total")), "output"),
            query(zero(rate("output_reasoning_tokens_total")), "reasoning"),
            width=8,
        ),
    ],
)

speed = Row(
    "Speed",
    [
        timeseries(
            "Duration",
            "From a call's start to its end, of the calls that succeeded.",
            query(quantile(0.5, "call_duration_seconds", SUCCESS), "p50"),
            query(quantile(0.95, "call_duration_seconds", SUCCESS), "p95"),
            query(quantile(0.99, "call_duration_seconds", SUCCESS), "p99"),
            unit="s", width=8,
        ),
        timeseries(
            "First token, p95",
            "Time to the first content of a stream.",
            query(quantile(0.95, "time_to_first_token_seconds", by=("model",)), "{{model}}"),
            unit="s", width=8,
        ),
        timeseries(
            "Where the time goes",
            "Means over the calls: the provider's processing time, the rest of the way to the response's head, and the "
            "gateway's own part.",
            query(mean("upstream_processing_seconds"), "provider"),
            query(mean("upstream_overhead_seconds"), "network and queues"),
            query(mean("gateway_overhead_seconds"), "gateway"),
            unit="s", stack=True, width=8,
        ),
    ],
)


def column(family, label, *matchers, window=PERIOD):
    return increase(family, *matchers, by=(label,), window=window)


def by(label, title, links):
    made = column("calls_total", label)
    none = (label, "no calls")
    return table(
        title,
        f"The period's sums by {label}, the most expensive first; input and output are tokens.",
        [label],
        [
            ("Spend", query(zero(column("cost_usd_total", label), *none), equals=("cost_usd", [label])), "currencyUSD", 4),
            ("Calls", query(zero(made, *none), equals=("calls", [label])), "short", 0),
            ("Errors", query(zero(filled(column("call_errors_total", label), made), *none)),
             "short", 0),
            ("Input", query(zero(column("input_tokens_total", label), *none), equals=("input_tokens", [label])),
             "short"),
            ("Output", query(zero(column("output_tokens_total", label), *none), equals=("output_tokens", [label])),
             "short"),
            ("Cached", query(zero(ratio(column("input_cached_tokens_total", label), column("input_tokens_total", label)),
                                  *none)), "percentunit", 1),
        ],
        sort="Spend", links=links,
    )


most = Row(
    "Who and what",
    [
        by("project", "Projects", {"project": to_project("__data.fields.Project")}),
        by("model", "Models", None),
    ],
)

BOARD = Board(
    "overview",
    "Overview",
    "What calls to the OpenAI API cost, how many there are, how fast and how sound they are.",
    [state, summary, spend, traffic, speed, most],
    CHAIN,
)
