#!/usr/bin/env python3
"""Prints the table of `ModifierPairTests`: what each modifier of a price, and each pair of them, makes of one call.

The call has 10,000 tokens of input and 1,000 of output. A modifier is a name and what it sets; two that set the same
thing differently do not go together.
"""

import itertools

from reference import Reference

CALL = {
    "model": "gpt-6.1-sol", "request_model": None, "service_tier": None, "requested_service_tier": None,
    "endpoint": "responses", "is_free": False, "host": "api.openai.com", "started_at": 1795435200000000,
    "background_window": None, "outcome": "completed", "usage_state": "reported", "status": 200,
    "provider_cost": None, "request_bytes": None, "max_output_tokens": None, "request_options": {}, "diagnostics": {}, "usage": {"input_tokens": 10_000, "output_tokens": 1_000}, "units": {}, "tool_calls": {},
}
MODIFIERS = {
    "priority": {"service_tier": "priority"},
    "fast": {"service_tier": "fast"},
    "ultrafast": {"service_tier": "ultrafast"},
    "flex": {"service_tier": "flex"},
    "scale": {"service_tier": "scale"},
    "batch": {"endpoint": "batches.retrieve"},
    "decisions": {"endpoint": "decisions", "model": "gpt-6-luna"},
    "cached": {"usage": {"cached_input_tokens": 4_000}},
    "written": {"usage": {"cache_write_tokens": 2_500}},
    "written_12h": {"usage": {"cache_write_tokens": 2_500, "cache_write_12h_tokens": 1_500}},
    "long": {"usage": {"input_tokens": 300_000}},
    "threshold": {"usage": {"input_tokens": 272_000}},
    "region": {"host": "eu.api.openai.com"},
    "window_2h": {"background_window": "2h"},
    "window_8h": {"background_window": "8h"},
    "soonest": {"background_window": "soonest"},
    "audio": {"model": "gpt-realtime-2.1", "usage": {"audio_input_tokens": 3_000, "audio_output_tokens": 400}},
    "image": {"model": "gpt-realtime-2.1", "usage": {"image_input_tokens": 1_000}},
    "fine_tuned": {"model": "ft:gpt-4o-mini-2024-07-18:acme::Ab12"},
    "snapshot": {"model": "openai/gpt-6.1-sol-2026-10-01"},
    "reasoning": {"usage": {"reasoning_tokens": 900}},
    "rejected": {"usage": {"rejected_prediction_tokens": 100}},
    "search": {"tool_calls": {"web_search": 2}},
    "earlier": {"started_at": 1784116800000000, "model": "gpt-5.6-terra"},
}


def combined(*modifiers):
    """The call under some modifiers; None if they exclude one another."""
    call = {**CALL, "usage": dict(CALL["usage"]), "units": {}, "tool_calls": {}}
    changed = {}
    for modifier in modifiers:
        for key, value in modifier.items():
            parts = value.items() if isinstance(value, dict) else [(None, value)]
            for part, value in parts:
                if changed.setdefault((key, part), value) != value:
                    return None
                if part is None:
                    call[key] = value
                else:
                    call[key][part] = value
    return call


def outcome(result):
    if result.status == "exact":
        return f"{result.cost.normalize():f}"
    known = "" if result.cost is None else f" {result.cost.normalize():f}"
    return result.reasons[0] + known


def main():
    reference = Reference()
    print(f"none: {outcome(reference.price(CALL))}")
    for size in (1, 2):
        for names in itertools.combinations(MODIFIERS, size):
            call = combined(*(MODIFIERS[name] for name in names))
            if call is not None:
                print(f"{' + '.join(names)}: {outcome(reference.price(call))}")


if __name__ == "__main__":
    main()
