"""Prices calls by the published rules, in exact decimal arithmetic, from prices.json.

It shares nothing with the library but that file, and takes the slow and plain way everywhere: it is what the library is
compared with. It knows consistent usage only: parts that exceed their whole are no matter of price.
"""

import datetime
import json
import re
from decimal import ROUND_CEILING, ROUND_HALF_EVEN, Decimal, getcontext
from pathlib import Path

getcontext().prec = 60

BOOK = Path(__file__).resolve().parents[2] / "Sources" / "OpenAIUsagePricing" / "prices.json"
PICO = Decimal("1e-12")
MILLION = Decimal(1_000_000)
OTHER_PROVIDERS = ("openai.azure.com", "openrouter.ai", "api.groq.com", "api.x.ai", "api.deepseek.com")


class Unknown(Exception):
    """Something has no price."""


class Result:
    """What a call costs, and what of it has no price."""

    def __init__(self, status, cost=None, reasons=()):
        self.status, self.cost, self.reasons, self.bound = status, cost, list(reasons), None

    def __repr__(self):
        return f"{self.status} {self.cost} {self.reasons}"


class Reference:
    def __init__(self, path=BOOK):
        book = json.loads(Path(path).read_text(encoding="utf-8"))
        self.rules = book["rules"]
        self.models = {name: model for model in book["models"] for name in model["ids"]}
        self.tools = {tool["id"]: tool for tool in book["tools"]}

    # Names

    def model(self, name):
        """The entry of a name: exactly, or by one of the ways to shorten it; never by its beginning."""
        if name in self.models:
            return self.models[name]
        head, colon, tail = name.partition(":")
        if "/" in head:
            name = head.rsplit("/", 1)[1] + colon + tail
        name = re.sub(r":ckpt-step-[0-9]+\Z", "", name)
        if re.match(r"ft:[^:]+:", name):
            name = ":".join(name.split(":")[:2])
        else:
            name = re.sub(r"(?<=.):[0-9]{8}(-v[0-9]+)?\Z", "", name)
        if name in self.models:
            return self.models[name]
        date = r"-[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])\Z"
        short = r"-(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])\Z"
        for suffix in (date, short):
            if re.search(suffix, name):
                return self.models.get(re.sub(suffix, "", name))
        return None

    # Time

    @staticmethod
    def day(microseconds):
        start = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
        return (start + datetime.timedelta(microseconds=microseconds)).date().isoformat()

    @staticmethod
    def period(entry, day):
        """The period of a day; days of this form sort as texts, and both ends belong to a period."""
        for period in entry["periods"]:
            if (period["from"] is None or period["from"] <= day) and (period["to"] is None or day <= period["to"]):
                return period
        raise Unknown("missing_period")

    # Circumstances

    def tier(self, call):
        if call["endpoint"].startswith("batches."):
            served = "batch"
        elif call["service_tier"] is not None:
            served = call["service_tier"]
        else:
            served = call["requested_service_tier"]
        if served is None:
            served = "default"
        tier = self.rules["tier_alias"].get(served, served)
        if call["endpoint"] == "decisions" and tier == "default":
            return "decisions"
        return tier

    @staticmethod
    def is_regional(host):
        return re.fullmatch(r"[^.]+\.api\.openai\.com", host) is not None

    def window(self, call, tier):
        """The multiplier of a background request; the discounts are those of the default tier."""
        asked = call["background_window"]
        if asked is None:
            return Decimal(1)
        factors = {name: Decimal(text) for name, text in self.rules["background_window"].items() if name != "note"}
        factor = factors.get(asked)
        if factor is None or (factor != 1 and tier != "default"):
            raise Unknown("unknown_window")
        return factor

    def rates(self, model, day, tier, tokens):
        """The prices of a million tokens, and the period's multiplier at hosts of a region."""
        period = self.period(model, day)
        tiers = period.get("per_1m", {})
        if tiers and tier not in tiers:
            raise Unknown("unknown_tier")
        if not tiers:
            raise Unknown("missing_meter")
        uplift = Decimal(period.get("regional_uplift", "1"))
        long = period.get("long_context")
        if long and tokens > long["over_input_tokens"]:
            if tier not in long["per_1m"]:
                raise Unknown("unknown_long_context")
            return long["per_1m"][tier], uplift
        return tiers[tier], uplift

    def rate(self, rates, meter):
        while meter not in rates:
            if meter not in self.rules["meter_fallback"]:
                raise Unknown("missing_meter")
            meter = self.rules["meter_fallback"][meter]
        return Decimal(rates[meter])

    # Quantities

    @staticmethod
    def meters(usage, kind):
        """The tokens by what they are billed as; cached, written, audio and image tokens are parts of the input."""
        count = lambda name: usage.get(name, 0)
        audio = count("audio_input_tokens") - count("cached_audio_input_tokens")
        image = count("image_input_tokens") - count("cached_image_input_tokens")
        written = count("cache_write_tokens") or count("cache_write_30m_tokens") + count("cache_write_12h_tokens")
        audio_output, image_output = count("audio_output_tokens"), count("image_output_tokens")
        output = count("output_tokens") - audio_output - image_output
        if kind == "image" and "image_output_tokens" not in usage:
            output, image_output = 0, count("output_tokens") - audio_output
        if kind == "speech" and "audio_output_tokens" not in usage:
            output, audio_output = 0, count("output_tokens") - image_output
        return {
            "input": count("input_tokens") - count("cached_input_tokens") - written - audio - image,
            "cached_input": count("cached_input_tokens") - count("cached_audio_input_tokens")
            - count("cached_image_input_tokens"),
            "cached_audio_input": count("cached_audio_input_tokens"),
            "cached_image_input": count("cached_image_input_tokens"),
            "cache_write": written - count("cache_write_12h_tokens"),
            "cache_write_12h": count("cache_write_12h_tokens"),
            "audio_input": audio,
            "image_input": image,
            "output": output,
            "audio_output": audio_output,
            "image_output": image_output,
        }

    INPUT = ("input", "cached_input", "cache_write", "cache_write_12h", "audio_input", "cached_audio_input",
             "image_input", "cached_image_input")
    OUTPUT = ("output", "audio_output", "image_output")

    def prices_of(self, rates, meters):
        """The prices of the meters that have one."""
        found = []
        for meter in meters:
            try:
                found.append(self.rate(rates, meter))
            except Unknown:
                pass
        return found

    def missing_sides(self, usage, rates):
        """The sides that cost money and were not told."""
        for counter, meters in (("input_tokens", self.INPUT), ("output_tokens", self.OUTPUT)):
            if counter not in usage and any(price > 0 for price in self.prices_of(rates, meters)):
                yield counter

    @staticmethod
    def hidden(usage):
        """Output that only the total tells of, unless the provider says that there was no reasoning."""
        if not all(name in usage for name in ("input_tokens", "output_tokens", "total_tokens")):
            return 0
        if usage.get("reasoning_tokens") == 0:
            return 0
        return max(0, usage["total_tokens"] - usage["input_tokens"] - usage["output_tokens"])

    @classmethod
    def is_contradictory(cls, usage):
        """True if a total is another sum than that of its sides, and nothing besides them explains it."""
        if not all(name in usage for name in ("input_tokens", "output_tokens", "total_tokens")):
            return False
        return cls.hidden(usage) == 0 and usage["total_tokens"] != usage["input_tokens"] + usage["output_tokens"]

    # What is unknown

    @staticmethod
    def is_answered_by_cache(call):
        fields = call["diagnostics"]
        return "x-litellm-cache-key" in fields or any(
            fields.get(name, "").lower().startswith("hit")
            for name in ("cf-aig-cache-status", "helicone-cache", "x-portkey-cache-status", "x-cache-status")
        )

    def upper_bound(self, call):
        """The most that a call can have cost whose usage is not told, or not in full, at the dearest prices.

        A side that was told is itself; else the body's bytes bound the input, and the request's limit the output; a total
        bounds both together.
        """
        # A batch adds up many calls, of which no single request or total bounds anything.
        if call["endpoint"].startswith("batches."):
            return None
        name = call["model"] or call["request_model"]
        model = self.model(name) if name else None
        usage = call["usage"]
        if model is None or call["units"] or call["tool_calls"] or call["host"].endswith(OTHER_PROVIDERS):
            return None
        body = None if "input_by_reference" in call["request_options"] else call["request_bytes"]
        size = next((n for n in (usage.get("input_tokens"), body, usage.get("total_tokens")) if n is not None), None)
        if size is None:
            return None
        tier = self.tier(call)
        try:
            window = self.window(call, tier)
            period = self.period(model, self.day(call["started_at"]))
        except Unknown:
            return None
        tiers = [tier]
        tables = period.get("per_1m", {})
        is_left_open = call["service_tier"] is None and call["requested_service_tier"] in (None, "auto")
        if is_left_open and tier == "default" and window == 1 and "default" in tables:
            # The project decides, and the answer did not come to tell.
            tiers = [name for name in tables if name not in ("batch", "decisions")]
        cards = []
        long = period.get("long_context")
        for tier in tiers:
            cards.append(tables.get(tier))
            if long and size > long["over_input_tokens"]:
                cards.append(long["per_1m"].get(tier))
        if None in cards:
            return None
        inputs = [price for card in cards for price in self.prices_of(card, self.INPUT)]
        outputs = [price for card in cards for price in self.prices_of(card, self.OUTPUT)]
        if not inputs:
            return None
        output_price = max(outputs, default=Decimal(0))
        amounts = []
        if "total_tokens" in usage:
            amounts.append(usage["total_tokens"] * max(max(inputs), output_price))
        output = 0 if output_price == 0 else usage.get("output_tokens", call["max_output_tokens"])
        if output is not None:
            amounts.append(size * max(inputs) + output * output_price)
        if not amounts:
            return None
        amount = min(amounts) / MILLION
        if self.is_regional(call["host"]):
            amount *= Decimal(period.get("regional_uplift", "1"))
        return (amount * window).quantize(PICO, ROUND_CEILING)

    # Cost

    def price(self, call):
        if call["outcome"] == "open":
            return Result("none")
        if self.is_answered_by_cache(call):
            return Result("none", None, ["answered_by_cache"])
        if call["provider_cost"] is not None:
            return Result("provider", Decimal(call["provider_cost"]).quantize(PICO, ROUND_HALF_EVEN))
        if call["is_free"]:
            return Result("free", Decimal(0))
        usage, units = call["usage"], call["units"]
        tools = {name: count for name, count in call["tool_calls"].items() if count}
        is_answered = call["status"] is not None and call["status"] < 400 and call["usage_state"] != "error"
        if not usage and not (is_answered and (units or tools)):
            result = Result("none")
            if not usage and call["usage_state"] in ("null", "missing", "cut", "unparsable"):
                result.reasons, result.bound = ["missing_usage"], self.upper_bound(call)
            return result
        if call["host"].endswith(OTHER_PROVIDERS):
            return Result("unpriced", None, ["other_provider"])
        day = self.day(call["started_at"])
        tier = self.tier(call)
        name = call["model"] or call["request_model"]
        model = self.model(name) if name else None
        is_regional = self.is_regional(call["host"])
        lines, reasons = [], []

        def tokens(model, usage, tier, window):
            # The sum over the requests of a batch is not a context.
            context = 0 if call["endpoint"].startswith("batches.") else usage.get("input_tokens", 0)
            rates, uplift = self.rates(model, day, tier, context)
            reasons.extend("missing_usage" for _ in self.missing_sides(usage, rates))
            if self.is_contradictory(usage):
                reasons.append("inconsistent_usage")
            counts = [*self.meters(usage, model["kind"]).items(), ("output", self.hidden(usage))]
            for meter, count in counts:
                if count == 0:
                    continue
                try:
                    line = count * self.rate(rates, meter) / MILLION
                except Unknown as unknown:
                    reasons.append(str(unknown))
                    continue
                lines.append(line * (uplift if is_regional else 1) * window)

        own_units = {key: value for key, value in units.items() if "." not in key and not key.startswith("container")}
        try:
            if usage or own_units:
                if model is None:
                    raise Unknown("unknown_model")
                window = self.window(call, tier)
                if "input_tokens" in usage or "output_tokens" in usage:
                    tokens(model, usage, tier, window)
                elif not own_units and not {"trained_tokens", "audio_seconds", "session_seconds"} & usage.keys():
                    # A total of nothing is nothing.
                    if any(usage.values()):
                        reasons.append("missing_usage")
                else:
                    self.price_units(model, day, tier, {**own_units}, lines, reasons)
        except Unknown as unknown:
            reasons.append(str(unknown))
        if is_answered:
            if not usage and tools and call["usage_state"] != "not_applicable":
                reasons.append("missing_usage")
            self.price_tools(call, model, tier, day, tools, tokens, lines, reasons)
        if not lines:
            result = Result("unpriced", None, reasons) if reasons else Result("exact", Decimal(0))
        else:
            cost = sum((line.quantize(PICO, ROUND_HALF_EVEN) for line in lines), Decimal(0))
            result = Result("partial" if reasons else "exact", cost, reasons)
        if reasons and reasons[0] == "missing_usage":
            result.bound = self.upper_bound(call)
        return result

    def price_units(self, model, day, tier, units, lines, reasons):
        period = self.period(model, day)
        if tier != "default":
            raise Unknown("unknown_tier")
        quantities = []
        for unit, price, divisor in (
            ("audio_seconds", "audio_input_minute", 60), ("audio_output_seconds", "audio_output_minute", 60),
            ("session_seconds", "session_minute", 60), ("input_characters", "input_character", 1),
            ("video_seconds", "video_output_second", 1),
        ):
            if unit in units:
                quantities.append((price, Decimal(units[unit]), divisor))
        if "images" in units:
            price = f"image:{units.get('quality', 'standard')}/{units.get('size', '1024x1024')}"
            quantities.append((price, Decimal(units["images"]), 1))
        for price, quantity, divisor in quantities:
            if price in period.get("per_unit", {}):
                lines.append(quantity * Decimal(period["per_unit"][price]) / divisor)
            elif price in period.get("estimate_per_unit", {}):
                lines.append(quantity * Decimal(period["estimate_per_unit"][price]) / divisor)
                reasons.append("estimate")
            else:
                reasons.append("missing_meter")

    def price_tools(self, call, model, tier, day, tools, tokens, lines, reasons):
        units = call["units"]

        def fee(name, count):
            tool = self.tools.get(name)
            if tool is None:
                raise Unknown("unknown_tool")
            if tool["unit"] != "none":
                lines.append(count * Decimal(self.period(tool, day)["price"]))

        def attempt(action):
            try:
                action()
            except Unknown as unknown:
                reasons.append(str(unknown))

        image = {name.partition(".")[2]: int(value) for name, value in units.items()
                 if name.startswith("image_generation.") and name != "image_generation.model"}
        if image:
            def image_tokens():
                entry = self.model(units.get("image_generation.model", ""))
                if entry is None:
                    raise Unknown("unknown_model")
                tokens(entry, image, "default", Decimal(1))
            attempt(image_tokens)
        has_container = "container_memory" in units or any(name.startswith("container.") for name in tools)
        if "container_memory" in units:
            attempt(lambda: fee(f"container.{units['container_memory']}", int(units.get("container_windows_min", 1))))
        for name, count in tools.items():
            if name == "web_search" and model is not None and "-search-preview" in model["id"]:
                # These models search with the older tool.
                attempt(lambda: fee("web_search_preview.non_reasoning", count))
            elif name == "web_search":
                attempt(lambda: fee(name, count))
                if model is not None and model["id"] in ("gpt-4o-mini", "gpt-4.1-mini"):
                    def content():
                        rates, uplift = self.rates(model, day, tier, call["usage"].get("input_tokens", 0))
                        factor = uplift if self.is_regional(call["host"]) else 1
                        lines.append(8000 * count * self.rate(rates, "input") / MILLION * factor)
                    attempt(content)
            elif name == "web_search_preview":
                is_search_model = model is not None and "-search-preview" in model["id"]
                is_reasoning = call["usage"].get("reasoning_tokens", 0) > 0 and not is_search_model
                attempt(lambda: fee(f"{name}.{'reasoning' if is_reasoning else 'non_reasoning'}", count))
            elif name == "image_generation":
                if not image:
                    reasons.append("missing_usage")
            elif name in ("code_interpreter", "shell"):
                if not has_container:
                    reasons.append("unknown_tool")
            else:
                attempt(lambda: fee(name, count))
