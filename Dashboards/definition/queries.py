"""PromQL over the families of /metrics.

Three rules hold for every query. A counter is summed over instances; a rate limit, which every instance sees, is not.
A ratio's denominator is above 0, so that nothing is NaN. A zero is the zero of a gateway that answers: it is made of
`oai_usage_build_info`, which is gone when a target is dead, so that absence stays "No data".
"""

# The labels of each family that a variable selects by, besides job and instance.
_MODEL = ("model", "operation")
_ALL = ("project", "model", "operation")
LABELS = {
    "calls_total": _ALL,
    "call_errors_total": _ALL,
    "calls_in_flight": ("operation",),
    "call_duration_seconds": _MODEL,
    "time_to_first_token_seconds": _MODEL,
    "time_per_output_token_seconds": _MODEL,
    "upstream_processing_seconds": _MODEL,
    "upstream_overhead_seconds": ("operation",),
    "client_disconnects_total": ("operation",),
    "client_retries_total": ("operation",),
    "input_tokens_per_call": _MODEL,
    "output_tokens_per_call": _MODEL,
    "units_total": ("project", "model"),
    "tool_calls_total": ("project", "model"),
    "cost_usd_total": _ALL,
    "service_tier_cost_usd_total": ("project",),
    "cache_savings_usd_total": ("project", "model"),
    "requested_model_calls_total": ("model",),
    "unpriced_calls_total": ("model",),
    "calls_without_usage_total": ("operation",),
    "rate_limit": ("project", "model"),
    "rate_limit_remaining": ("project", "model"),
    "rate_limit_reset_timestamp_seconds": ("project", "model"),
    "rate_limit_updated_timestamp_seconds": ("project", "model"),
    "rate_limit_headroom_ratio": ("model",),
    "key_cost_usd_total": ("project",),
    "reconciliation_project_coverage_ratio": ("project",),
    "reconciliation_project_drift_ratio": ("project",),
    **{
        f"{kind}_tokens_total": _ALL
        for kind in (
            "input", "output", "input_cached", "input_cache_write", "output_reasoning", "output_hidden",
            "input_audio", "output_audio", "input_image", "output_image",
        )
    },
}

NOW = "$__rate_interval"
PERIOD = "$__range"

# Failures of the provider or of the way to it. The others are the caller's: a request, a key or a limit of its own.
UPSTREAM_ERRORS = "server_error|overloaded|connect_error|connect_timeout|read_timeout|stream_interrupted|protocol_error"


def series(family, *matchers, suffix=""):
    """A selector by every variable that the family has a label for."""
    name = family if family == "up" or family.startswith("process_") else "oai_usage_" + family
    selected = ["job", "instance", *LABELS.get(family, ())]
    matchers = [f'{label}=~"${label}"' for label in selected] + list(matchers)
    return f"{name}{suffix}{{{', '.join(matchers)}}}"


def aggregated(operator, inner, by=()):
    return f"{operator} by ({', '.join(by)}) ({inner})" if by else f"{operator}({inner})"


def rate(family, *matchers, by=(), window=NOW, suffix=""):
    """The sum of a counter's rates, per second."""
    return aggregated("sum", f"rate({series(family, *matchers, suffix=suffix)}[{window}])", by)


def increase(family, *matchers, by=(), window=PERIOD, suffix=""):
    """The sum of a counter's increases in the period of the page."""
    return aggregated("sum", f"increase({series(family, *matchers, suffix=suffix)}[{window}])", by)


def value(family, *matchers, by=(), operator="sum"):
    """A gauge, summed over instances unless told otherwise."""
    return aggregated(operator, series(family, *matchers), by)


def ratio(part, whole):
    return f"{part} / ({whole} > 0)"


def quantile(q, family, *matchers, by=(), window=NOW):
    """A quantile over all instances; nothing where there were no calls."""
    buckets = rate(family, *matchers, by=("le", *by), window=window, suffix="_bucket")
    some = rate(family, *matchers, by=by, window=window, suffix="_count")
    return f"histogram_quantile({q}, {buckets}) and on({', '.join(by)}) ({some} > 0)"


def mean(family, *matchers, by=(), window=NOW):
    return ratio(
        rate(family, *matchers, by=by, window=window, suffix="_sum"),
        rate(family, *matchers, by=by, window=window, suffix="_count"),
    )


def buckets(family, *matchers):
    """The increases of a histogram's buckets, for a heatmap."""
    return increase(family, *matchers, by=("le",), window=NOW, suffix="_bucket")


def zero(query, label=None, text="none", idle=0, of="build_info"):
    """The query, or 0 if it has no series while a gateway answers; with a label, that one has the text.

    `of` is the gauge that stands for the gateway: `ledger_up` for what only a gateway with a ledger has.
    """
    nothing = f"0 * sum({series(of)})"
    if label is None:
        return f"({query}) or ({f'{idle} + ' if idle else ''}{nothing})"
    return f'({query}) or on() label_replace({nothing}, "{label}", "{text}", "", "")'


def some(query):
    """The series of the query that are above 0, of a family whose every reason has one from the start."""
    return f"{query} > 0"


def filled(query, whole):
    """The query, with 0 for the label sets that only the other one has."""
    return f"({query}) or (0 * {whole})"


def errors(*matchers, **options):
    return rate("call_errors_total", *matchers, **options)


def calls(*matchers, **options):
    return rate("calls_total", *matchers, **options)


def error_ratio(*matchers, window=NOW, by=()):
    """The share of failed calls; 0 where calls were made and none failed. A client that leaves is counted apart."""
    failed = rate("call_errors_total", *matchers, by=by, window=window)
    made = calls(by=by, window=window)
    return ratio(f"({filled(failed, made)})", made)


# Dollars per hour, of a rate per second; and a whole month of the present length, of the same.
HOUR = " * 3600"
MONTH = " * 86400 * scalar(days_in_month())"
