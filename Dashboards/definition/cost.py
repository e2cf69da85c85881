from board import CHAIN, Board, Row
from panels import GRAY, GREEN, RED, YELLOW, bars, query, stat, steps, table, timeseries, to_project
from queries import HOUR, MONTH, PERIOD, filled, increase, rate, ratio, series, some, zero

COST = "cost_usd_total"
HISTORY = "there is no history of a day in the check"
SOON = "a budget has no forecast at first"
UNKNOWN = "there is no provider to reconcile with in the check"

summary = Row(
    "This period",
    [
        stat(
            "Spend",
            "The known cost in the period of the page, by the price book. `oai-usage report` has it to the last digit.",
            query(zero(increase(COST)), "spend", equals=("cost_usd", [])),
            unit="currencyUSD", decimals=2,
        ),
        stat(
            "Spend per hour",
            "The present pace of the cost.",
            query(zero(rate(COST) + HOUR), "per hour"),
            unit="currencyUSD", decimals=2,
        ),
        stat(
            "A month at this pace",
            "What this whole month would cost at the mean pace of the period. Choose a day or a week for the period: "
            "an hour of the night says little about a month.",
            query(zero(rate(COST, window=PERIOD) + MONTH), "month"),
            unit="currencyUSD", decimals=0,
        ),
        stat(
            "Per 1,000 calls",
            "The mean cost of a thousand calls of the period.",
            query(zero(ratio(increase(COST), increase("calls_total")) + " * 1000"), "per 1,000"),
            unit="currencyUSD", decimals=2,
        ),
        stat(
            "Saved by caching",
            "What the cached input would have cost more as plain input, in the period.",
            query(zero(increase("cache_savings_usd_total")), "saved"),
            unit="currencyUSD", decimals=2,
        ),
        stat(
            "Not in the cost",
            "Calls without a full price, and calls that reported no usage.",
            query(zero(increase("unpriced_calls_total")), "unpriced"),
            query(zero(increase("calls_without_usage_total")), "no usage"),
            decimals=0, steps=steps((0.5, YELLOW)),
        ),
    ],
)


def pace(label, title, description, family=COST, **options):
    links = [to_project()] if label == "project" else []
    return timeseries(
        title,
        description,
        query(zero(rate(family, by=(label,)) + HOUR, label, "no calls"), "{{" + label + "}}"),
        unit="currencyUSD", stack=True, links=links, **options,
    )


places = Row(
    "Where the money goes",
    [
        pace("project", "Spend per hour by project", "The pace of the known cost. A click leads to the project."),
        pace("model", "Spend per hour by model", "The pace of the known cost. A snapshot counts as its model."),
        pace("operation", "Spend per hour by operation", "The pace of the known cost.", width=8),
        pace(
            "service_tier", "Spend per hour by service tier", "The tier that served, which may be another than was asked for.",
            "service_tier_cost_usd_total", width=8,
        ),
        timeseries(
            "Dollars per million tokens",
            "The cost of all tokens of a model, input and output together: it rises with the share of output.",
            query(
                ratio(
                    rate(COST, by=("model",)),
                    f"({rate('input_tokens_total', by=('model',))} + {rate('output_tokens_total', by=('model',))})",
                ) + " * 1e6",
                "{{model}}",
            ),
            unit="currencyUSD", width=8,
        ),
    ],
)

forecast = Row(
    "Forecast and budgets",
    [
        timeseries(
            "This month at the pace of",
            "What the whole month would cost at the mean pace of the last hour, six hours, day and week. Where the "
            "lines meet, the forecast is firm.",
            *[
                query(zero(rate(COST, window=window) + MONTH), name)
                for name, window in (("hour", "1h"), ("6 hours", "6h"), ("day", "1d"), ("week", "1w"))
            ],
            unit="currencyUSD", width=8,
        ),
        timeseries(
            "Now and before",
            "Spend per hour, beside the same hour of the day before and of the week before.",
            query(zero(rate(COST, window="1h") + HOUR), "now"),
            query(f"sum(rate({series(COST)}[1h] offset 1d)) * 3600", "a day before", sparse=HISTORY),
            query(f"sum(rate({series(COST)}[1h] offset 1w)) * 3600", "a week before", sparse=HISTORY),
            unit="currencyUSD", width=8,
        ),
        bars(
            "Budgets used",
            "The share of each budget that is spent in its present window. Each gateway tells of its own ledger: what is spent is "
            "their sum, and a budget of one name is one budget.",
            query(
                f"sum by (budget) ({series('budget_spent_usd')}) / (max by (budget) ({series('budget_usd')}) > 0)",
                "{{budget}}",
            ),
            steps=steps((0.8, YELLOW), (1, RED)), width=8, defaults={"min": 0, "max": 1},
        ),
        table(
            "Budgets",
            "Each budget in its present window; the forecast is what will be spent at the window's end at the present pace.",
            ["budget"],
            [
                ("Budget", query(f"max by (budget) ({series('budget_usd')})"), "currencyUSD", 2),
                ("Spent", query(f"sum by (budget) ({series('budget_spent_usd')})"), "currencyUSD", 2),
                ("Left", query(
                    f"max by (budget) ({series('budget_usd')}) - sum by (budget) ({series('budget_spent_usd')})",
                ), "currencyUSD", 2),
                ("Forecast", query(f"sum by (budget) ({series('budget_forecast_usd')})", sparse=SOON), "currencyUSD", 2),
                ("Of budget", query(
                    f"sum by (budget) ({series('budget_forecast_usd')}) / (max by (budget) ({series('budget_usd')}) > 0)",
                    sparse=SOON,
                ), "percentunit", 0),
            ],
            sort="Of budget", width=12, height=7,
        ),
        timeseries(
            "Budgets, spent and forecast",
            "The forecast of each budget over time, with what is spent.",
            query(f"sum by (budget) ({series('budget_spent_usd')})", "{{budget}}, spent"),
            query(f"sum by (budget) ({series('budget_forecast_usd')})", "{{budget}}, forecast", sparse=SOON),
            query(f"max by (budget) ({series('budget_usd')})", "{{budget}}, budget"),
            unit="currencyUSD", width=12, height=7, legend="list",
        ),
    ],
)


reconciliation = Row(
    "The provider's bill",
    [
        stat(
            "Coverage",
            "The part of the provider's calls, tokens and cost that the ledger has, of the last `oai-usage reconcile`.",
            query(f"min by (measure) ({series('reconciliation_coverage_ratio')})", "{{measure}}", sparse=UNKNOWN),
            unit="percentunit", decimals=2, width=8, steps=((None, GRAY), (0, RED), (0.98, YELLOW), (0.999, GREEN)),
        ),
        stat(
            "Drift",
            "The absolute differences of cost by day, project and model, as a part of the provider's cost.",
            query(f"max({series('reconciliation_drift_ratio')})", "drift", sparse=UNKNOWN),
            unit="percentunit", decimals=2, steps=steps((0.001, YELLOW), (0.01, RED)),
        ),
        stat(
            "Reconciled",
            "The time since the last reconciliation of the gateway that is the latest.",
            query(f"time() - min({series('reconciliation_timestamp_seconds')})", "ago", sparse=UNKNOWN),
            unit="s", decimals=0, steps=steps((2 * 86400, YELLOW), (3 * 86400, RED)),
        ),
        stat(
            "Difference",
            "The provider's cost less the ledger's, of the period that was reconciled last.",
            query(
                "sum(" + series("reconciliation_cost_usd", 'source="provider"') + ")"
                " - sum(" + series("reconciliation_cost_usd", 'source="ledger"') + ")",
                "difference", sparse=UNKNOWN,
            ),
            unit="currencyUSD", decimals=2, width=8,
        ),
        table(
            "Causes of the difference",
            "The provider's cost less the ledger's, by cause; the remainder is what no cause explains.",
            ["cause"],
            [("Difference", query(f"sum by (cause) ({series('reconciliation_difference_usd')})", sparse=UNKNOWN),
              "currencyUSD", 4)],
            sort="Difference", width=12, height=9,
        ),
        table(
            "Projects, ours and theirs",
            "Coverage of the provider's cost and drift by project, of the last reconciliation.",
            ["project"],
            [
                ("Coverage", query(f"min by (project) ({series('reconciliation_project_coverage_ratio')})", sparse=UNKNOWN),
                 "percentunit", 2),
                ("Drift", query(f"max by (project) ({series('reconciliation_project_drift_ratio')})", sparse=UNKNOWN),
                 "percentunit", 2),
            ],
            sort="Drift", links={"project": to_project("__data.fields.Project")}, width=12, height=9,
        ),
    ],
)


def sums(family, *matchers):
    return increase(family, *matchers, by=("project", "model"))


every_call = sums("calls_total")
details = Row(
    "Details",
    [
        table(
            "Project and model",
            "The period's sums, the most expensive first.",
            ["project", "model"],
            [
                ("Spend", query(zero(sums(COST), "project", "no calls"), equals=("cost_usd", ["project", "model"])),
                 "currencyUSD", 4),
                ("Calls", query(zero(every_call, "project", "no calls"), equals=("calls", ["project", "model"])),
                 "short", 0),
                ("Per 1,000 calls", query(zero(ratio(sums(COST), every_call) + " * 1000", "project", "no calls")),
                 "currencyUSD", 3),
                ("Saved", query(zero(filled(sums("cache_savings_usd_total"), every_call), "project", "no calls")),
                 "currencyUSD", 4),
            ],
            links={"project": to_project("__data.fields.Project")}, width=14, height=10,
        ),
        timeseries(
            "Calls that the cost misses",
            "Calls per second without a full price or without usage, by reason.",
            query(zero(some(rate("unpriced_calls_total", by=("reason",))), "reason", "none"), "unpriced: {{reason}}"),
            query(zero(some(rate("calls_without_usage_total", by=("reason",))), "reason", "none"), "no usage: {{reason}}"),
            unit="reqps", width=10, height=10,
        ),
        timeseries(
            "Units that are billed",
            "Units other than tokens per hour, such as seconds of audio and images.",
            query(zero(rate("units_total", by=("unit",)) + HOUR, "unit", "none"), "{{unit}}"),
        ),
        timeseries(
            "Tool calls",
            "Calls per hour of the tools that are billed, such as web search.",
            query(zero(rate("tool_calls_total", by=("tool",)) + HOUR, "tool", "none"), "{{tool}}"),
        ),
    ],
)

opt_in = Row(
    "Keys and tags, if the gateway is set to tell them",
    [
        table(
            "Keys",
            "Spend in the period by the fingerprint of a key. Empty unless the gateway is set to export keys.",
            ["project", "key"],
            [("Spend", query(increase("key_cost_usd_total", by=("project", "key"))), "currencyUSD", 4)],
        ),
        table(
            "Tags",
            "Spend in the period by tag. Empty unless the gateway is set to export tags.",
            ["tag", ("value", "Tag's value")],
            [("Spend", query(increase("tag_cost_usd_total", by=("tag", "value"))), "currencyUSD", 4)],
        ),
    ],
    collapsed=True,
)

BOARD = Board(
    "cost",
    "Cost",
    "What was spent, on what, and what will be.",
    [summary, places, forecast, reconciliation, details, opt_in],
    CHAIN,
    period="now-24h",
)
