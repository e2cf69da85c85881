@testable import OpenAIUsagePricing

/// Small books for the tests.
enum TestBook {
    /// A book of models and tools, given as JSON, under the usual rules.
    static func json(models: String = "", tools: String = "", rules: String? = nil) -> String {
        """
        {"schema": "openai-prices/1", "as_of": "2026-11-23", "currency": "USD",
        "rules": \(rules ?? Self.rules),
        "models": [\(models)],
        "tools": [\(tools)]}
        """
    }

    /// A model with one open period.
    static func model(_ id: String, _ perMillion: String, kind: String = "text", more: String = "") -> String {
        """
        {"id": "\(id)", "ids": ["\(id)"], "kind": "\(kind)",
        "periods": [{"from": null, "to": null, "per_1m": \(perMillion)\(more)}]}
        """
    }

    static let rules = """
        {"tier_alias": {"auto": "default", "fast": "priority"},
        "meter_fallback": {"cached_input": "input", "audio_input": "input", "cached_audio_input": "cached_input"},
        "background_window": {"2h": "0.7"},
        "model_match": ["strip a leading provider prefix up to \\"/\\"",
        "ft:<base>:<org>:<name>:<id> -> entry ft:<base>", "strip \\":ckpt-step-N\\"",
        "strip -YYYY-MM-DD or -MMDD snapshot suffix and retry",
        "never fall back to a shorter prefix (gpt-5.4-cyber must not become gpt-5.4)"]}
        """
}
