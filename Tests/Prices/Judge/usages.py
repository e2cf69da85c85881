"""The usages by which two price lists are compared: one for each component of a price, and one of everything.

The counters are those of the ledger. Cached, written, audio and image tokens are parts of the input.
"""

THRESHOLD = 272_000
AMOUNT = 100_000

# What of a component's tokens is counted besides the side they belong to.
PARTS = {
    "input": (),
    "cached_input": ("cached_input_tokens",),
    "cache_write": ("cache_write_tokens",),
    "audio_input": ("audio_input_tokens",),
    "cached_audio_input": ("audio_input_tokens", "cached_input_tokens", "cached_audio_input_tokens"),
    "image_input": ("image_input_tokens",),
    "cached_image_input": ("image_input_tokens", "cached_input_tokens", "cached_image_input_tokens"),
    "output": (),
    "audio_output": ("audio_output_tokens",),
    "image_output": ("image_output_tokens",),
}
COUNTERS = (
    "input_tokens", "cached_input_tokens", "cached_audio_input_tokens", "cached_image_input_tokens",
    "cache_write_tokens", "audio_input_tokens", "image_input_tokens",
    "output_tokens", "audio_output_tokens", "image_output_tokens",
)
# How many tokens of each component the mixture has: no two alike, so that none stands for another.
MIXTURE = {
    "input": 51_003, "cached_input": 16_007, "cache_write": 10_011, "audio_input": 12_013, "cached_audio_input": 3_017,
    "image_input": 5_021, "cached_image_input": 1_031, "output": 5_003, "audio_output": 1_507, "image_output": 509,
}


def side(component):
    return "output" if component.endswith("output") else "input"


def stand_ins(component):
    """The components that price another that has no price, the next one first."""
    return (("cached_input",) if component.startswith("cached_") else ()) + (side(component),)


def usage(counts):
    """The usage of so many tokens of each component; every counter is told, so that nothing is inferred."""
    told = dict.fromkeys(COUNTERS, 0)
    for component, count in counts.items():
        for counter in (f"{side(component)}_tokens", *PARTS[component]):
            told[counter] += count
    return told


def mixture(is_long, has_output):
    counts = {name: count for name, count in MIXTURE.items() if has_output or side(name) == "input"}
    if is_long:
        counts["input"] += THRESHOLD
    return counts


def probe(component, is_long):
    """The counts that show what a component costs, and those to subtract."""
    if not is_long:
        return {component: AMOUNT}, {}
    if side(component) == "input":
        return {component: THRESHOLD + AMOUNT}, {}
    return {component: AMOUNT, "input": THRESHOLD + AMOUNT}, {"input": THRESHOLD + AMOUNT}
