from board import CHAIN, Board, Row
from panels import heatmap, query, stat, table, timeseries, to_project
from queries import HOUR, PERIOD, buckets, filled, increase, mean, quantile, rate, ratio, zero

INPUT, OUTPUT = "input_tokens_total", "output_tokens_total"
CACHED, WRITTEN = "input_cached_tokens_total", "input_cache_write_tokens_total"
REASONING, HIDDEN = "output_reasoning_tokens_total", "output_hidden_tokens_total"

summary = Row(
    "This period",
    [
        stat(
            "Input", "Input tokens, cached and written ones included.",
            query(zero(increase(INPUT)), "input", equals=("input_tokens", [])),
        ),
        stat(
            "Output", "Output tokens, reasoning included.",
            query(zero(increase(OUTPUT)), "output", equals=("output_tokens", [])),
        ),
        stat(
            "Cached",
            "The share of the input that came from the provider's cache.",
            query(zero(ratio(increase(CACHED), increase(INPUT))), "cached"),
            unit="percentunit", decimals=1,
        ),
        stat(
            "Saved by caching",
            "What the cached input would have cost more as plain input.",
            query(zero(increase("cache_savings_usd_total")), "saved"),
            unit="currencyUSD", decimals=2,
        ),
        stat(
            "Reasoning",
            "The share of the output that was reasoning.",
            query(zero(ratio(increase(REASONING), increase(OUTPUT))), "reasoning"),
            unit="percentunit", decimals=1,
        ),
        stat(
            "Tokens per call",
            "The mean input and output of a call.",
            query(mean("input_tokens_per_call", window=PERIOD), "input"),
            query(mean("output_tokens_per_call", window=PERIOD), "output"),
            decimals=0,
        ),
    ],
)


def of_model(family, title, description, **options):
    return timeseries(
        title, description,
        query(zero(rate(family, by=("model",)), "model", "no calls"), "{{model}}"),
        stack=True, **options,
    )


flow = Row(
    "Tokens per second",
    [
        of_model(INPUT, "Input by model", "Input tokens per second."),
        of_model(OUTPUT, "Output by model", "Output tokens per second."),
        timeseries(
            "Parts of the input",
            "Tokens per second, by how they are billed.",
            query(
                zero(f"{rate(INPUT)} - ({filled(rate(CACHED), rate(INPUT))}) - ({filled(rate(WRITTEN), rate(INPUT))})"),
                "plain",
            ),
            query(zero(rate(CACHED)), "cached"),
            query(zero(rate(WRITTEN)), "written to the cache"),
            stack=True, width=8,
        ),
        timeseries(
            "Parts of the output",
            "Tokens per second; hidden ones are billed outside the output and known from the total alone.",
            query(zero(f"{rate(OUTPUT)} - ({filled(rate(REASONING), rate(OUTPUT))})"), "text"),
            query(zero(rate(REASONING)), "reasoning"),
            query(zero(rate(HIDDEN)), "hidden"),
            stack=True, width=8,
        ),
        timeseries(
            "Audio and images",
            "Tokens per second that are audio or images, which have prices of their own.",
            query(zero(rate("input_audio_tokens_total")), "audio in"),
            query(zero(rate("output_audio_tokens_total")), "audio out"),
            query(zero(rate("input_image_tokens_total")), "images in"),
            query(zero(rate("output_image_tokens_total")), "images out"),
            width=8,
        ),
    ],
)

cache = Row(
    "Cache",
    [
        timeseries(
            "Cached share by model",
            "The share of a model's input that came from the cache.",
            query(ratio(rate(CACHED, by=("model",)), rate(INPUT, by=("model",))), "{{model}}"),
            unit="percentunit", width=8,
        ),
        timeseries(
            "Cached share by project",
            "The share of a project's input that came from the cache. A click leads to the project.",
            query(ratio(rate(CACHED, by=("project",)), rate(INPUT, by=("project",))), "{{project}}"),
            unit="percentunit", width=8, links=[to_project()],
        ),
        timeseries(
            "Saved per hour",
            "What the cached input would have cost more as plain input.",
            query(zero(rate("cache_savings_usd_total", by=("model",)) + HOUR, "model", "none"), "{{model}}"),
            unit="currencyUSD", stack=True, width=8,
        ),
    ],
)

sizes = Row(
    "Sizes",
    [
        heatmap(
            "Input of a call", "How many calls had how many input tokens.", buckets("input_tokens_per_call"), unit="short",
        ),
        heatmap(
            "Output of a call", "How many calls had how many output tokens.", buckets("output_tokens_per_call"), unit="short",
        ),
        timeseries(
            "Input of a call by model, p95", "Input tokens of one call.",
            query(quantile(0.95, "input_tokens_per_call", by=("model",)), "{{model}}"),
        ),
        timeseries(
            "Output of a call by model, p95", "Output tokens of one call.",
            query(quantile(0.95, "output_tokens_per_call", by=("model",)), "{{model}}"),
        ),
    ],
)


def sums(family):
    return increase(family, by=("project", "model"))


def column(family, equals=None):
    whole = sums(INPUT)
    wanted = (equals, ["project", "model"]) if equals else ()
    return query(zero(sums(family) if family == INPUT else filled(sums(family), whole), "project", "no calls"), equals=wanted)


details = Row(
    "Details",
    [
        table(
            "Project and model",
            "Tokens in the period, the most input first: of it, what was read from the cache, and its share, and what was "
            "written to the cache.",
            ["project", "model"],
            [
                ("Input", column(INPUT, "input_tokens"), "short"),
                ("Cached", column(CACHED, "cached_input_tokens"), "short"),
                ("Written", column(WRITTEN), "short"),
                ("Output", column(OUTPUT, "output_tokens"), "short"),
                ("Reasoning", column(REASONING), "short"),
                ("Share", query(zero(ratio(sums(CACHED), sums(INPUT)), "project", "no calls")), "percentunit", 1),
            ],
            links={"project": to_project("__data.fields.Project")}, width=14, height=10,
        ),
        table(
            "Requested and served",
            "The model that was asked for, and the one that answered, in the period.",
            [("requested_model", "Requested"), ("model", "Served")],
            [("Calls", query(
                zero(increase("requested_model_calls_total", by=("requested_model", "model")), "model", "no calls")
            ), "short", 0)],
            width=10, height=10,
        ),
    ],
)

BOARD = Board(
    "tokens-and-cache",
    "Tokens and cache",
    "What tokens are used for, what the cache spares, and how large calls are.",
    [summary, flow, cache, sizes, details],
    CHAIN,
)
