from board import ONE_PROJECT, Board, Row
from panels import RED, YELLOW, query, stat, steps, table, timeseries
from queries import (
    HOUR, MONTH, PERIOD, calls, error_ratio, errors, filled, increase, quantile, rate, ratio, series,
    zero,
)

COST = "cost_usd_total"
SUCCESS = 'outcome="success"'

everybody = increase(COST).replace(', project=~"$project"', "")

summary = Row(
    "This period",
    [
        stat(
            "Spend",
            "The known cost of the project in the period of the page.",
            query(zero(increase(COST)), "spend", equals=("cost_usd", [])),
            unit="currencyUSD", width=3, decimals=2,
        ),
        stat(
            "Share",
            "The project's share of the cost of all projects.",
            query(zero(ratio(increase(COST), everybody)), "share"),
            unit="percentunit", width=3, decimals=1,
        ),
        stat(
            "Spend per hour",
            "The present pace of the cost.",
            query(zero(rate(COST) + HOUR), "per hour"),
            unit="currencyUSD", width=3, decimals=2,
        ),
        stat(
            "A month at this pace",
            "What this whole month would cost at the mean pace of the period.",
            query(zero(rate(COST, window=PERIOD) + MONTH), "month"),
            unit="currencyUSD", width=3, decimals=0,
        ),
        stat(
            "Calls",
            "Ended calls of the project.",
            query(zero(increase("calls_total")), "calls", equals=("calls", [])),
            width=3, decimals=0,
        ),
        stat(
            "Error ratio",
            "The share of the calls that failed, without those whose client left.",
            query(zero(error_ratio(window=PERIOD)), "errors"),
            unit="percentunit", width=3, steps=steps((0.01, YELLOW), (0.05, RED)), decimals=2,
        ),
        stat(
            "Cached",
            "The share of the input that came from the provider's cache.",
            query(zero(ratio(increase("input_cached_tokens_total"), increase("input_tokens_total"))), "cached"),
            unit="percentunit", width=3, decimals=1,
        ),
        stat(
            "Saved by caching",
            "What the cached input would have cost more as plain input.",
            query(zero(increase("cache_savings_usd_total")), "saved"),
            unit="currencyUSD", width=3, decimals=2,
        ),
    ],
)


def pace(label, title, description, family=COST):
    return timeseries(
        title, description,
        query(zero(rate(family, by=(label,)) + HOUR, label, "no calls"), "{{" + label + "}}"),
        unit="currencyUSD", stack=True, width=8,
    )


money = Row(
    "Spend",
    [
        pace("model", "Spend per hour by model", "The pace of the known cost."),
        pace("operation", "Spend per hour by operation", "The pace of the known cost."),
        pace("service_tier", "Spend per hour by service tier", "The tier that served.", "service_tier_cost_usd_total"),
    ],
)

use = Row(
    "Use",
    [
        timeseries(
            "Calls by model", "Ended calls per second.",
            query(zero(calls(by=("model",)), "model", "no calls"), "{{model}}"),
            unit="reqps", stack=True, width=8,
        ),
        timeseries(
            "Errors by kind", "Failed calls per second.",
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

made = increase("calls_total", by=("model", "operation"))


def column(family, *matchers):
    return zero(filled(increase(family, *matchers, by=("model", "operation")), made), "model", "no calls")


details = Row(
    "Details",
    [
        table(
            "Models",
            "The project's sums in the period, the most expensive first.",
            ["model", "operation"],
            [
                ("Spend", query(column(COST)), "currencyUSD", 4),
                ("Calls", query(zero(made, "model", "no calls")), "short", 0),
                ("Errors", query(column("call_errors_total")), "short", 0),
                ("Input", query(column("input_tokens_total")), "short"),
                ("Output", query(column("output_tokens_total")), "short"),
            ],
            width=14, height=9,
        ),
        table(
            "Limits",
            "The project's rate limits as they were told in the last ten minutes.",
            ["model", "resource"],
            [
                ("Left", query(
                    f"min by (model, resource) ({series('rate_limit_remaining')})"
                    f" / (max by (model, resource) ({series('rate_limit')}) > 0)"
                ), "percentunit", 0),
                ("Limit", query(f"max by (model, resource) ({series('rate_limit')})"), "short"),
            ],
            width=10, height=9,
        ),
        timeseries(
            "Duration of its models, p95",
            "Of the calls that succeeded, of all projects: durations are not kept by project.",
            query(
                f"{quantile(0.95, 'call_duration_seconds', SUCCESS, by=('model',))}"
                f" and on(model) sum by (model) ({series('calls_total')})",
                "{{model}}",
            ),
            unit="s",
        ),
        timeseries(
            "Tools and units",
            "Billed tool calls, and units other than tokens, per hour.",
            query(zero(rate("tool_calls_total", by=("tool",)) + HOUR, "tool", "none"), "tool: {{tool}}"),
            query(zero(rate("units_total", by=("unit",)) + HOUR, "unit", "none"), "unit: {{unit}}"),
        ),
    ],
)

keys = Row(
    "Keys, if the gateway is set to tell them",
    [
        timeseries(
            "Spend per hour by key",
            "By the fingerprint of a key. Empty unless the gateway is set to export keys.",
            query(rate("key_cost_usd_total", by=("key",)) + HOUR, "{{key}}"),
            unit="currencyUSD", stack=True, width=24,
        ),
    ],
    collapsed=True,
)

BOARD = Board(
    "project",
    "Project",
    "One project: what it spends, on what, how soundly.",
    [summary, money, use, details, keys],
    ONE_PROJECT,
    period="now-24h",
)
