from board import CHAIN, Board, Row, choice
from panels import GREEN, ORANGE, RED, YELLOW, heatmap, query, stat, steps, table, timeseries, to_project
from queries import (
    PERIOD, UPSTREAM_ERRORS, buckets, calls, error_ratio, errors, filled, increase, quantile, rate,
    series, some, zero,
)

BAD = f'error=~"{UPSTREAM_ERRORS}"'
ALLOWED = "(1 - $slo / 100)"
LIMITED = ("project", "model", "resource")

summary = Row(
    "This period",
    [
        stat(
            "Error ratio",
            "The share of calls that failed, whoever's fault it was, without those whose client left.",
            query(zero(error_ratio(window=PERIOD)), "errors"),
            unit="percentunit", steps=steps((0.01, YELLOW), (0.05, RED)), decimals=2,
        ),
        stat(
            "Availability",
            "The share of calls that did not fail by the provider or on the way to it. The caller's own limits, keys and "
            "requests do not count.",
            query(zero(f"1 - {error_ratio(BAD, window=PERIOD)}", idle=1), "available"),
            unit="percentunit", steps=steps((0.99, YELLOW), (0.999, GREEN), lowest=(0, RED)), decimals=3,
        ),
        stat(
            "Error budget left",
            "What is left of the failures that the objective allows, over the period. Below zero, the objective is missed.",
            query(zero(f"1 - ({error_ratio(BAD, window=PERIOD)}) / {ALLOWED}", idle=1), "left"),
            unit="percentunit", steps=steps((0, ORANGE), (0.25, GREEN), lowest=(-1e6, RED)), decimals=0,
        ),
        stat(
            "Rate limited",
            "Calls that the provider refused for their rate, in the period.",
            query(zero(increase("call_errors_total", 'error="rate_limit_exceeded"')), "refused"),
            steps=steps((0.5, YELLOW)), decimals=0,
        ),
        stat(
            "Out of quota",
            "Calls that were refused since credit or a spend limit is exhausted. Waiting does not help.",
            query(zero(increase("call_errors_total", 'error="insufficient_quota"')), "refused"),
            steps=steps((0.5, RED)), decimals=0,
        ),
        stat(
            "Lowest headroom",
            "The least remaining share of any rate limit that is known at present.",
            query(
                f"min(min by (project, model, resource) ({series('rate_limit_remaining')})"
                f" / (max by (project, model, resource) ({series('rate_limit')}) > 0))",
                "headroom",
            ),
            unit="percentunit", steps=steps((0.05, YELLOW), (0.2, GREEN), lowest=(0, RED)), decimals=0,
        ),
    ],
)

failures = Row(
    "Errors",
    [
        timeseries(
            "Errors by kind",
            "Failed calls per second.",
            query(zero(errors(by=("error",)), "error", "no errors"), "{{error}}"),
            unit="reqps", stack=True,
        ),
        timeseries(
            "Error ratio by model",
            "The share of a model's calls that failed.",
            query(zero(error_ratio(by=("model",)), "model", "no calls"), "{{model}}"),
            unit="percentunit",
        ),
        timeseries(
            "Responses by status",
            "Ended calls per second by HTTP status; 0 means that there was no response.",
            query(zero(calls(by=("code",)), "code", "no calls"), "{{code}}"),
            unit="reqps", stack=True, width=8,
        ),
        timeseries(
            "Retries",
            "Attempts per second that say they repeat another, and requests that the gateway sent again itself.",
            query(zero(rate("client_retries_total")), "by clients"),
            query(zero(some(rate("upstream_retries_total", by=("reason",))), "reason", "none"), "by the gateway: {{reason}}"),
            unit="reqps", width=8,
        ),
        timeseries(
            "Clients that left",
            "Calls per second whose client left before the end, and calls that are read on for their usage.",
            query(zero(some(rate("client_disconnects_total", by=("operation",))), "operation", "none"), "{{operation}}"),
            query(f"sum({series('gateway_calls_after_disconnect')})", "read on now"),
            unit="short", width=8,
        ),
        table(
            "Failed calls",
            "The period's failures, without those whose client left.",
            ["project", "model", "error"],
            [("Calls", query(
                zero(some(increase("call_errors_total", by=("project", "model", "error"))), "error", "no errors")
            ), "short", 0)],
            links={"project": to_project("__data.fields.Project")}, height=9,
        ),
        table(
            "Failing projects",
            "Calls and failures of each project in the period.",
            ["project"],
            [
                ("Errors", query(zero(
                    filled(increase("call_errors_total", by=("project",)), increase("calls_total", by=("project",))),
                    "project", "no calls",
                )), "short", 0),
                ("Calls", query(zero(increase("calls_total", by=("project",)), "project", "no calls"),
                                equals=("calls", ["project"])), "short", 0),
                ("Ratio", query(zero(error_ratio(window=PERIOD, by=("project",)), "project", "no calls")), "percentunit", 2),
            ],
            links={"project": to_project("__data.fields.Project")}, height=9,
        ),
    ],
)

WINDOWS = (("5 minutes", "5m"), ("hour", "1h"), ("6 hours", "6h"), ("day", "1d"), ("3 days", "3d"))
objective = Row(
    "Objective",
    [
        timeseries(
            "Burn rate",
            "How many times faster than allowed the error budget is spent, over several windows. At 1 it lasts for its "
            "period exactly; 14.4 over an hour and five minutes is an alarm.",
            *[
                query(zero(f"({error_ratio(BAD, window=window)}) / {ALLOWED}"), name) for name, window in WINDOWS
            ],
        ),
        timeseries(
            "Availability over a day",
            "The share of the last day's calls that the provider did not fail, by model.",
            query(
                f"1 - ({error_ratio(BAD, window='1d', by=('model',))})",
                "{{model}}",
            ),
            unit="percentunit", bottom=0.95, top=1,
        ),
    ],
)


def limit(family, operator):
    return f"{operator} by (project, model, resource) ({series(family)})"


limits = Row(
    "Rate limits",
    [
        timeseries(
            "Headroom, p5",
            "The remaining share of a limit that 95 % of the responses stayed above.",
            query(quantile(0.05, "rate_limit_headroom_ratio", by=("model", "resource")), "{{model}}, {{resource}}"),
            unit="percentunit", top=1,
        ),
        timeseries(
            "Headroom now",
            "The remaining share of each limit at its last report. Each gateway sees the same limits: the lowest counts.",
            query(
                f"min by (model, resource) ({limit('rate_limit_remaining', 'min')} / ({limit('rate_limit', 'max')} > 0))",
                "{{model}}, {{resource}}",
            ),
            unit="percentunit", top=1,
        ),
        heatmap(
            "Headroom",
            "How many responses told which remaining share of a limit.",
            buckets("rate_limit_headroom_ratio"),
            unit="percentunit", color="RdYlGn", height=9,
        ),
        table(
            "Limits",
            "Every limit that was told in the last ten minutes, the tightest first.",
            list(LIMITED),
            [
                ("Left", query(f"{limit('rate_limit_remaining', 'min')} / ({limit('rate_limit', 'max')} > 0)"),
                 "percentunit", 0),
                ("Remaining", query(limit("rate_limit_remaining", "min")), "short"),
                ("Limit", query(limit("rate_limit", "max")), "short"),
                ("Resets in", query(
                    f"clamp_min({limit('rate_limit_reset_timestamp_seconds', 'max')} - time(), 0)"
                ), "s"),
            ],
            height=9,
        ),
    ],
)
limits.panels[-1].options["sortBy"] = [{"displayName": "Left", "desc": False}]

BOARD = Board(
    "errors-and-limits",
    "Errors and limits",
    "What fails and by whose fault, the objective, and how near the rate limits are.",
    [summary, failures, objective, limits],
    [*CHAIN, choice("slo", "Objective (%)", ["99", "95", "99.5", "99.9"])],
)
