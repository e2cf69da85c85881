// swift-format-ignore-file
// Generated from prices.json by .ci/generate-price-book; change the JSON and run it again.
extension PriceBook {
    static let bundledHash: UInt64 = 0xefda_f687_750f_e693

    package static let bundledText = #"""
{
 "schema": "openai-prices/1",
 "as_of": "2026-11-30",
 "currency": "USD",
 "README": "Prices are decimal strings. per_1m = USD per 1,000,000 tokens for each served tier. A missing tier means: not known (price with default AND mark the record tier_price_missing). A missing meter means: bill those tokens at the meter named in rules.meter_fallback. periods are closed intervals of UTC days; null = open. The first matching model wins: exact id in ids, else rules.model_match.",
 "sources": {
  "litellm-1.109.1": "PyPI wheel litellm 1.109.1, file litellm/model_prices_and_context_window_backup.json, fetched 2026-11-23",
  "tokencost-0.1.26": "PyPI wheel tokencost 0.1.26, file tokencost/model_prices.json, packed 2025-08-13",
  "official pricing page text": "developers.openai.com/api/docs/pricing as mirrored in public repositories (2026-03 and 2026-07..11 copies); not fetched live",
  "litellm-1.110.2": "PyPI wheel litellm 1.110.2, the same file, fetched 2026-11-30",
  "genai-prices-0.2.3": "PyPI wheel genai-prices 0.2.3, provider openai; its comments name the official page and the day it was read, fetched 2026-11-30",
  "official priority page text": "openai.com/api-priority-processing (stored copy, found 2026-11-30); its prices exclude long context",
  "official pricing page text (stored copy, 2026-07)": "developers.openai.com/api/docs/pricing as mirrored in public repositories between 2026-07-09 and 2026-07-29, all tables of text models; not fetched live"
 },
 "rules": {
  "tier_alias": {
   "standard": "default",
   "auto": "default",
   "": "default",
   "scale": "default",
   "fast": "priority"
  },
  "tier_order_to_read": [
   "response.service_tier",
   "batch flag",
   "request.service_tier if response is silent",
   "default"
  ],
  "meter_fallback": {
   "cached_input": "input",
   "cache_write": "input",
   "cache_write_12h": "cache_write",
   "audio_input": "input",
   "cached_audio_input": "cached_input",
   "audio_output": "output",
   "image_input": "input",
   "cached_image_input": "cached_input",
   "image_output": "output"
  },
  "subset_meters": "cached_input, cache_write, audio_input, image_input are SUBSETS of input tokens; reasoning, audio_output are subsets of output tokens; subtract before multiplying",
  "long_context": "if total input tokens (cached + written + fresh) > over_input_tokens the whole request uses the long_context rates, output included; exactly 272000 is still short",
  "regional_uplift": "multiply all token costs when the host is <region>.api.openai.com (us, eu, ae, au, in, jp known in the SDK; litellm applies it for us and eu only) and the model has regional_uplift",
  "background_window": {
   "soonest": "1",
   "2h": "0.7",
   "8h": "0.6",
   "note": "multiply default-tier token costs when request.background_options.completion_window is set; models that support it only; the response does not echo it"
  },
  "model_match": [
   "strip a leading provider prefix up to \"/\"",
   "ft:<base>:<org>:<name>:<id> -> entry ft:<base>",
   "strip \":ckpt-step-N\"",
   "strip -YYYY-MM-DD or -MMDD snapshot suffix and retry",
   "never fall back to a shorter prefix (gpt-5.4-cyber must not become gpt-5.4)"
  ],
  "decimal": "compute with Decimal, never Double; round only for display"
 },
 "models": [
  {
   "id": "text-embedding-3-large",
   "ids": [
    "text-embedding-3-large"
   ],
   "kind": "embedding",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "0.13"
      },
      "batch": {
       "input": "0.065"
      }
     },
     "source": [
      "litellm-1.109.1",
      "tokencost-0.1.26"
     ],
     "confidence": "two_sources"
    }
   ]
  },
  {
   "id": "text-embedding-3-small",
   "ids": [
    "text-embedding-3-small"
   ],
   "kind": "embedding",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "0.02"
      },
      "batch": {
       "input": "0.01"
      }
     },
     "source": [
      "litellm-1.109.1",
      "tokencost-0.1.26"
     ],
     "confidence": "two_sources"
    }
   ]
  },
  {
   "id": "text-embedding-ada-002",
   "ids": [
    "text-embedding-ada-002"
   ],
   "kind": "embedding",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "0.1"
      }
     },
     "source": [
      "litellm-1.109.1",
      "tokencost-0.1.26"
     ],
     "confidence": "two_sources"
    }
   ]
  },
  {
   "id": "text-embedding-ada-002-v2",
   "ids": [
    "text-embedding-ada-002-v2"
   ],
   "kind": "embedding",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "0.1"
      },
      "batch": {
       "input": "0.05"
      }
     },
     "source": [
      "litellm-1.109.1",
      "tokencost-0.1.26"
     ],
     "confidence": "two_sources"
    }
   ]
  },
  {
   "id": "chatgpt-image-latest",
   "ids": [
    "chatgpt-image-latest"
   ],
   "kind": "image",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "5",
       "cached_input": "1.25",
       "output": "10",
       "image_input": "8",
       "cached_image_input": "2",
       "image_output": "32"
      },
      "batch": {
       "input": "2.5",
       "cached_input": "0.625",
       "output": "5",
       "image_input": "4",
       "image_output": "16",
       "cached_image_input": "1"
      }
     },
     "source": [
      "litellm-1.109.1"
     ],
     "confidence": "conflict_resolved",
     "note": "0.625 = half of 1.25; litellm shows the rounded 0.63; batch image_output = 50% (official rule), not in litellm; batch cached_image_input = 50% (official rule), as gpt-image-1.5 has it"
    }
   ],
   "shutdown": "2026-12-01"
  },
  {
   "id": "dall-e-2",
   "ids": [
    "dall-e-2"
   ],
   "kind": "image",
   "periods": [
    {
     "from": null,
     "to": "2026-05-12",
     "per_unit": {
      "image:standard/256x256": "0.016",
      "image:standard/512x512": "0.018",
      "image:standard/1024x1024": "0.02"
     },
     "source": [
      "tokencost-0.1.26 (per pixel)",
      "official pricing page text 2026-03"
     ],
     "confidence": "two_sources"
    }
   ],
   "shutdown": "2026-05-12"
  },
  {
   "id": "dall-e-3",
   "ids": [
    "dall-e-3"
   ],
   "kind": "image",
   "periods": [
    {
     "from": null,
     "to": "2026-05-12",
     "per_unit": {
      "image:standard/1024x1024": "0.04",
      "image:standard/1024x1792": "0.08",
      "image:standard/1792x1024": "0.08",
      "image:hd/1024x1024": "0.08",
      "image:hd/1024x1792": "0.12",
      "image:hd/1792x1024": "0.12"
     },
     "source": [
      "tokencost-0.1.26 (per pixel)",
      "official pricing page text 2026-03"
     ],
     "confidence": "two_sources"
    }
   ],
   "shutdown": "2026-05-12"
  },
  {
   "id": "gpt-image-1",
   "ids": [
    "gpt-image-1"
   ],
   "kind": "image",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "5",
       "cached_input": "1.25",
       "image_input": "10",
       "cached_image_input": "2.5",
       "image_output": "40"
      },
      "batch": {
       "input": "2.5",
       "cached_input": "0.625",
       "image_input": "5",
       "image_output": "20",
       "cached_image_input": "1.25"
      }
     },
     "source": [
      "litellm-1.109.1",
      "tokencost-0.1.26",
      "genai-prices-0.2.3"
     ],
     "confidence": "conflict_resolved",
     "note": "0.625 = half of 1.25; litellm shows the rounded 0.63; batch image_output = 50% (official rule), not in litellm; batch cached_image_input by genai-prices, which read it on the official page on 2026-10-14",
     "estimate_per_unit": {
      "image:high/1024x1024": "0.167",
      "image:high/1024x1536": "0.25",
      "image:high/1536x1024": "0.25",
      "image:low/1024x1024": "0.011",
      "image:low/1024x1536": "0.016",
      "image:low/1536x1024": "0.016",
      "image:medium/1024x1024": "0.042",
      "image:medium/1024x1536": "0.063",
      "image:medium/1536x1024": "0.063"
     }
    }
   ],
   "shutdown": "2026-10-23"
  },
  {
   "id": "gpt-image-1-mini",
   "ids": [
    "gpt-image-1-mini"
   ],
   "kind": "image",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "2",
       "cached_input": "0.2",
       "image_input": "2.5",
       "cached_image_input": "0.25",
       "image_output": "8"
      },
      "batch": {
       "input": "1",
       "cached_input": "0.1",
       "image_input": "1.25",
       "image_output": "4",
       "cached_image_input": "0.125"
      }
     },
     "source": [
      "litellm-1.109.1",
      "genai-prices-0.2.3"
     ],
     "confidence": "conflict_resolved",
     "note": "batch image_output = 50% (official rule), not in litellm; batch cached_image_input = 50% (official rule); genai-prices has the rounded 0.13 of the official page",
     "estimate_per_unit": {
      "image:low/1024x1024": "0.005",
      "image:low/1024x1536": "0.006",
      "image:low/1536x1024": "0.006",
      "image:medium/1024x1024": "0.011",
      "image:medium/1024x1536": "0.015",
      "image:medium/1536x1024": "0.015",
      "image:high/1024x1024": "0.036",
      "image:high/1024x1536": "0.052",
      "image:high/1536x1024": "0.052"
     }
    }
   ],
   "shutdown": "2026-12-01"
  },
  {
   "id": "gpt-image-1.5",
   "ids": [
    "gpt-image-1.5",
    "gpt-image-1.5-2025-12-16"
   ],
   "kind": "image",
   "periods": [
    {
     "from": "2025-12-16",
     "to": null,
     "per_1m": {
      "default": {
       "input": "5",
       "cached_input": "1.25",
       "output": "10",
       "image_input": "8",
       "cached_image_input": "2",
       "image_output": "32"
      },
      "batch": {
       "input": "2.5",
       "cached_input": "0.625",
       "output": "5",
       "image_input": "4",
       "image_output": "16",
       "cached_image_input": "1"
      }
     },
     "source": [
      "litellm-1.109.1",
      "genai-prices-0.2.3"
     ],
     "confidence": "conflict_resolved",
     "note": "0.625 = half of 1.25; litellm shows the rounded 0.63; batch image_output = 50% (official rule), not in litellm; batch cached_image_input by genai-prices, which read it on the official page on 2026-10-14",
     "estimate_per_unit": {
      "image:low/1024x1024": "0.009",
      "image:low/1024x1536": "0.013",
      "image:low/1536x1024": "0.013",
      "image:medium/1024x1024": "0.034",
      "image:medium/1024x1536": "0.05",
      "image:medium/1536x1024": "0.05",
      "image:high/1024x1024": "0.133",
      "image:high/1024x1536": "0.2",
      "image:high/1536x1024": "0.2"
     }
    }
   ],
   "shutdown": "2026-12-01"
  },
  {
   "id": "gpt-image-2",
   "ids": [
    "gpt-image-2",
    "gpt-image-2-2026-04-21"
   ],
   "kind": "image",
   "periods": [
    {
     "from": "2026-04-21",
     "to": null,
     "per_1m": {
      "default": {
       "input": "5",
       "cached_input": "1.25",
       "image_input": "8",
       "cached_image_input": "2",
       "image_output": "30"
      },
      "batch": {
       "input": "2.5",
       "cached_input": "0.625",
       "image_input": "4",
       "image_output": "15",
       "cached_image_input": "1"
      }
     },
     "source": [
      "litellm-1.109.1",
      "genai-prices-0.2.3"
     ],
     "confidence": "conflict_resolved",
     "note": "batch image_output = 50% (official rule), not in litellm; batch cached_image_input by genai-prices, which read it on the official page on 2026-10-14"
    }
   ]
  },
  {
   "id": "gpt-image-2.5-flare",
   "ids": [
    "gpt-image-2.5-flare",
    "gpt-image-2.5-flare-2026-09-08"
   ],
   "kind": "image",
   "periods": [
    {
     "from": "2026-09-08",
     "to": null,
     "per_1m": {
      "default": {
       "input": "5",
       "cached_input": "1.25",
       "image_input": "8",
       "cached_image_input": "2",
       "image_output": "30"
      },
      "batch": {
       "input": "2.5",
       "cached_input": "0.625",
       "image_input": "4",
       "image_output": "15",
       "cached_image_input": "1"
      }
     },
     "source": [
      "litellm-1.109.1",
      "genai-prices-0.2.3"
     ],
     "confidence": "conflict_resolved",
     "note": "batch image_output = 50% (official rule), not in litellm; batch cached_image_input by genai-prices, which read it on the official page on 2026-10-14"
    }
   ]
  },
  {
   "id": "gpt-image-2.5-sunburst",
   "ids": [
    "gpt-image-2.5-sunburst",
    "gpt-image-2.5-sunburst-2026-09-08"
   ],
   "kind": "image",
   "periods": [
    {
     "from": "2026-09-08",
     "to": null,
     "per_1m": {
      "default": {
       "input": "5",
       "cached_input": "1.25",
       "image_input": "8",
       "cached_image_input": "2",
       "image_output": "30"
      },
      "batch": {
       "input": "2.5",
       "cached_input": "0.625",
       "image_input": "4",
       "image_output": "15",
       "cached_image_input": "1"
      }
     },
     "source": [
      "litellm-1.109.1",
      "genai-prices-0.2.3"
     ],
     "confidence": "conflict_resolved",
     "note": "batch image_output = 50% (official rule), not in litellm; batch cached_image_input by genai-prices, which read it on the official page on 2026-10-14"
    }
   ]
  },
  {
   "id": "gpt-image-2.6-flare",
   "ids": [
    "gpt-image-2.6-flare"
   ],
   "kind": "image",
   "periods": [
    {
     "from": "2026-11-04",
     "to": null,
     "per_1m": {
      "default": {
       "input": "5",
       "cached_input": "1.25",
       "image_input": "8",
       "cached_image_input": "2",
       "image_output": "30"
      }
     },
     "source": [
      "official model page text (stored copy, 2026-11)"
     ],
     "confidence": "official_text",
     "note": "cached rates apply only through the Responses API; batch not stated"
    }
   ]
  },
  {
   "id": "gpt-image-2.6-sunburst",
   "ids": [
    "gpt-image-2.6-sunburst"
   ],
   "kind": "image",
   "periods": [
    {
     "from": "2026-11-04",
     "to": null,
     "per_1m": {
      "default": {
       "input": "5",
       "cached_input": "1.25",
       "image_input": "8",
       "cached_image_input": "2",
       "image_output": "30"
      }
     },
     "source": [
      "official model page text (stored copy, 2026-11)"
     ],
     "confidence": "official_text",
     "note": "cached rates apply only through the Responses API; batch not stated"
    }
   ]
  },
  {
   "id": "omni-moderation-2024-09-26",
   "ids": [
    "omni-moderation-2024-09-26"
   ],
   "kind": "moderation",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "0",
       "output": "0"
      }
     },
     "source": [
      "litellm-1.109.1",
      "tokencost-0.1.26"
     ],
     "confidence": "two_sources"
    }
   ]
  },
  {
   "id": "omni-moderation-latest",
   "ids": [
    "omni-moderation-latest"
   ],
   "kind": "moderation",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "0",
       "output": "0"
      }
     },
     "source": [
      "litellm-1.109.1",
      "tokencost-0.1.26"
     ],
     "confidence": "two_sources"
    }
   ]
  },
  {
   "id": "omni-moderation-latest-intents",
   "ids": [
    "omni-moderation-latest-intents"
   ],
   "kind": "moderation",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "0",
       "output": "0"
      }
     },
     "source": [
      "tokencost-0.1.26"
     ],
     "confidence": "single_source",
     "note": "not in litellm 1.109.1 (retired there); last seen in tokencost 2025-08-13"
    }
   ]
  },
  {
   "id": "text-moderation-007",
   "ids": [
    "text-moderation-007"
   ],
   "kind": "moderation",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "0",
       "output": "0"
      }
     },
     "source": [
      "tokencost-0.1.26"
     ],
     "confidence": "single_source",
     "note": "not in litellm 1.109.1 (retired there); last seen in tokencost 2025-08-13"
    }
   ]
  },
  {
   "id": "text-moderation-latest",
   "ids": [
    "text-moderation-latest"
   ],
   "kind": "moderation",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "0",
       "output": "0"
      }
     },
     "source": [
      "tokencost-0.1.26"
     ],
     "confidence": "single_source",
     "note": "not in litellm 1.109.1 (retired there); last seen in tokencost 2025-08-13"
    }
   ]
  },
  {
   "id": "text-moderation-stable",
   "ids": [
    "text-moderation-stable"
   ],
   "kind": "moderation",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "0",
       "output": "0"
      }
     },
     "source": [
      "tokencost-0.1.26"
     ],
     "confidence": "single_source",
     "note": "not in litellm 1.109.1 (retired there); last seen in tokencost 2025-08-13"
    }
   ]
  },
  {
   "id": "gpt-4o-mini-realtime-preview-2024-12-17",
   "ids": [
    "gpt-4o-mini-realtime-preview-2024-12-17"
   ],
   "kind": "realtime",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "0.6",
       "cached_input": "0.3",
       "output": "2.4",
       "audio_input": "10",
       "audio_output": "20"
      }
     },
     "source": [
      "litellm-1.109.1",
      "tokencost-0.1.26"
     ],
     "confidence": "two_sources"
    }
   ],
   "shutdown": "2027-01-20"
  },
  {
   "id": "gpt-live-1",
   "ids": [
    "gpt-live-1"
   ],
   "kind": "realtime",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_unit": {
      "session_minute": "0.05"
     },
     "source": [
      "litellm-1.109.1"
     ],
     "confidence": "single_source"
    }
   ]
  },
  {
   "id": "gpt-realtime",
   "ids": [
    "gpt-realtime",
    "gpt-realtime-2025-08-28"
   ],
   "kind": "realtime",
   "periods": [
    {
     "from": "2025-08-28",
     "to": null,
     "per_1m": {
      "default": {
       "input": "4",
       "cached_input": "0.4",
       "output": "16",
       "audio_input": "32",
       "cached_audio_input": "0.4",
       "audio_output": "64",
       "image_input": "5",
       "cached_image_input": "0.5"
      }
     },
     "source": [
      "litellm-1.109.1"
     ],
     "confidence": "single_source"
    }
   ],
   "shutdown": "2027-01-20"
  },
  {
   "id": "gpt-realtime-1.5",
   "ids": [
    "gpt-realtime-1.5"
   ],
   "kind": "realtime",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "4",
       "cached_input": "0.4",
       "output": "16",
       "audio_input": "32",
       "cached_audio_input": "0.4",
       "audio_output": "64",
       "image_input": "5",
       "cached_image_input": "0.5"
      }
     },
     "source": [
      "litellm-1.109.1"
     ],
     "confidence": "single_source"
    }
   ]
  },
  {
   "id": "gpt-realtime-2",
   "ids": [
    "gpt-realtime-2"
   ],
   "kind": "realtime",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "4",
       "cached_input": "0.4",
       "output": "24",
       "audio_input": "32",
       "cached_audio_input": "0.4",
       "audio_output": "64",
       "image_input": "5",
       "cached_image_input": "0.5"
      }
     },
     "source": [
      "litellm-1.109.1"
     ],
     "confidence": "single_source"
    }
   ]
  },
  {
   "id": "gpt-realtime-2.1",
   "ids": [
    "gpt-realtime-2.1"
   ],
   "kind": "realtime",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "4",
       "cached_input": "0.4",
       "output": "24",
       "audio_input": "32",
       "cached_audio_input": "0.4",
       "audio_output": "64",
       "image_input": "5",
       "cached_image_input": "0.5"
      }
     },
     "regional_uplift": "1.1",
     "source": [
      "litellm-1.109.1"
     ],
     "confidence": "single_source"
    }
   ]
  },
  {
   "id": "gpt-realtime-2.1-mini",
   "ids": [
    "gpt-realtime-2.1-mini"
   ],
   "kind": "realtime",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "0.6",
       "cached_input": "0.06",
       "output": "2.4",
       "audio_input": "10",
       "cached_audio_input": "0.3",
       "audio_output": "20",
       "image_input": "0.8",
       "cached_image_input": "0.08"
      }
     },
     "regional_uplift": "1.1",
     "source": [
      "litellm-1.109.1"
     ],
     "confidence": "single_source"
    }
   ]
  },
  {
   "id": "gpt-realtime-mini",
   "ids": [
    "gpt-realtime-mini",
    "gpt-realtime-mini-2025-12-15"
   ],
   "kind": "realtime",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "0.6",
       "cached_input": "0.06",
       "output": "2.4",
       "audio_input": "10",
       "cached_audio_input": "0.3",
       "audio_output": "20",
       "image_input": "0.8",
       "cached_image_input": "0.08"
      }
     },
     "source": [
      "litellm-1.109.1"
     ],
     "confidence": "single_source"
    }
   ],
   "shutdown": "2027-01-20"
  },
  {
   "id": "gpt-realtime-translate",
   "ids": [
    "gpt-realtime-translate"
   ],
   "kind": "realtime",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_unit": {
      "session_minute": "0.034"
     },
     "source": [
      "litellm-1.109.1"
     ],
     "confidence": "single_source"
    }
   ]
  },
  {
   "id": "gpt-4o-mini-tts",
   "ids": [
    "gpt-4o-mini-tts",
    "gpt-4o-mini-tts-2025-03-20",
    "gpt-4o-mini-tts-2025-12-15"
   ],
   "kind": "speech",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "0.6",
       "audio_output": "12"
      }
     },
     "source": [
      "litellm-1.109.1",
      "tokencost-0.1.26"
     ],
     "confidence": "conflict_resolved",
     "note": "output is audio tokens only (12); litellm/tokencost text output 10 dropped; ~0.015 USD/min",
     "estimate_per_unit": {
      "audio_output_minute": "0.015"
     }
    }
   ],
   "shutdown": "2027-01-06"
  },
  {
   "id": "tts-1",
   "ids": [
    "tts-1"
   ],
   "kind": "speech",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_unit": {
      "input_character": "0.000015"
     },
     "source": [
      "litellm-1.109.1",
      "tokencost-0.1.26"
     ],
     "confidence": "two_sources"
    }
   ],
   "shutdown": "2027-01-06"
  },
  {
   "id": "tts-1-1106",
   "ids": [
    "tts-1-1106"
   ],
   "kind": "speech",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_unit": {
      "input_character": "0.000015"
     },
     "source": [
      "litellm-1.109.1"
     ],
     "confidence": "single_source"
    }
   ]
  },
  {
   "id": "tts-1-hd",
   "ids": [
    "tts-1-hd"
   ],
   "kind": "speech",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_unit": {
      "input_character": "0.00003"
     },
     "source": [
      "litellm-1.109.1",
      "tokencost-0.1.26"
     ],
     "confidence": "two_sources"
    }
   ],
   "shutdown": "2027-01-06"
  },
  {
   "id": "tts-1-hd-1106",
   "ids": [
    "tts-1-hd-1106"
   ],
   "kind": "speech",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_unit": {
      "input_character": "0.00003"
     },
     "source": [
      "litellm-1.109.1"
     ],
     "confidence": "single_source"
    }
   ]
  },
  {
   "id": "babbage-002",
   "ids": [
    "babbage-002"
   ],
   "kind": "text",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "0.4",
       "output": "0.4"
      },
      "batch": {
       "input": "0.2",
       "output": "0.2"
      }
     },
     "source": [
      "litellm-1.109.1",
      "tokencost-0.1.26"
     ],
     "confidence": "two_sources"
    }
   ],
   "shutdown": "2026-09-28"
  },
  {
   "id": "chat-latest",
   "ids": [
    "chat-latest"
   ],
   "kind": "text",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "5",
       "cached_input": "0.5",
       "output": "30"
      }
     },
     "source": [
      "litellm-1.109.1"
     ],
     "confidence": "single_source"
    }
   ]
  },
  {
   "id": "chatgpt-4o-latest",
   "ids": [
    "chatgpt-4o-latest"
   ],
   "kind": "text",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "5",
       "output": "15"
      }
     },
     "source": [
      "tokencost-0.1.26"
     ],
     "confidence": "single_source",
     "note": "not in litellm 1.109.1 (retired there); last seen in tokencost 2025-08-13"
    }
   ],
   "shutdown": "2026-02-17"
  },
  {
   "id": "codex-mini-latest",
   "ids": [
    "codex-mini-latest"
   ],
   "kind": "text",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "1.5",
       "cached_input": "0.375",
       "output": "6"
      }
     },
     "source": [
      "tokencost-0.1.26"
     ],
     "confidence": "single_source",
     "note": "not in litellm 1.109.1 (retired there); last seen in tokencost 2025-08-13"
    }
   ],
   "shutdown": "2026-02-12"
  },
  {
   "id": "computer-use-preview",
   "ids": [
    "computer-use-preview",
    "computer-use-preview-2025-03-11"
   ],
   "kind": "text",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "3",
       "output": "12"
      }
     },
     "source": [
      "litellm-1.109.1"
     ],
     "confidence": "single_source"
    }
   ],
   "shutdown": "2026-07-23"
  },
  {
   "id": "davinci-002",
   "ids": [
    "davinci-002"
   ],
   "kind": "text",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "2",
       "output": "2"
      },
      "batch": {
       "input": "1",
       "output": "1"
      }
     },
     "source": [
      "litellm-1.109.1",
      "tokencost-0.1.26"
     ],
     "confidence": "two_sources"
    }
   ],
   "shutdown": "2026-09-28"
  },
  {
   "id": "daybreak-blue-latest",
   "ids": [
    "daybreak-blue-latest"
   ],
   "kind": "text",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "4",
       "cached_input": "0.4",
       "cache_write": "5",
       "output": "20"
      }
     },
     "long_context": {
      "over_input_tokens": 272000,
      "per_1m": {
       "default": {
        "input": "8",
        "cached_input": "0.8",
        "cache_write": "10",
        "output": "30"
       }
      }
     },
     "source": [
      "litellm-1.109.1"
     ],
     "confidence": "single_source"
    }
   ]
  },
  {
   "id": "daybreak-red-latest",
   "ids": [
    "daybreak-red-latest"
   ],
   "kind": "text",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "12.5",
       "cached_input": "1.25",
       "cache_write": "15.625",
       "output": "75"
      }
     },
     "long_context": {
      "over_input_tokens": 272000,
      "per_1m": {
       "default": {
        "input": "25",
        "cached_input": "2.5",
        "cache_write": "31.25",
        "output": "112.5"
       }
      }
     },
     "source": [
      "litellm-1.109.1"
     ],
     "confidence": "single_source"
    }
   ]
  },
  {
   "id": "ft:babbage-002",
   "ids": [
    "ft:babbage-002"
   ],
   "kind": "text",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "1.6",
       "output": "1.6"
      },
      "batch": {
       "input": "0.8",
       "output": "0.8"
      }
     },
     "source": [
      "litellm-1.109.1",
      "tokencost-0.1.26"
     ],
     "confidence": "conflict_resolved",
     "note": "batch output 0.8 (50%); litellm has 0.9"
    }
   ],
   "shutdown": "2026-10-23"
  },
  {
   "id": "ft:davinci-002",
   "ids": [
    "ft:davinci-002"
   ],
   "kind": "text",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "12",
       "output": "12"
      },
      "batch": {
       "input": "6",
       "output": "6"
      }
     },
     "source": [
      "litellm-1.109.1",
      "tokencost-0.1.26"
     ],
     "confidence": "conflict_resolved"
    }
   ],
   "shutdown": "2026-10-23"
  },
  {
   "id": "ft:gpt-3.5-turbo",
   "ids": [
    "ft:gpt-3.5-turbo"
   ],
   "kind": "text",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "3",
       "output": "6"
      },
      "batch": {
       "input": "1.5",
       "output": "3"
      }
     },
     "source": [
      "litellm-1.109.1",
      "tokencost-0.1.26"
     ],
     "confidence": "two_sources"
    }
   ],
   "shutdown": "2026-10-23"
  },
  {
   "id": "ft:gpt-3.5-turbo-0125",
   "ids": [
    "ft:gpt-3.5-turbo-0125"
   ],
   "kind": "text",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "3",
       "output": "6"
      },
      "batch": {
       "input": "1.5",
       "output": "3"
      }
     },
     "source": [
      "litellm-1.109.1",
      "tokencost-0.1.26",
      "genai-prices-0.2.3"
     ],
     "confidence": "two_sources",
     "note": "batch by genai-prices, which read it on the official page on 2026-10-14"
    }
   ],
   "shutdown": "2026-10-23"
  },
  {
   "id": "ft:gpt-3.5-turbo-0613",
   "ids": [
    "ft:gpt-3.5-turbo-0613"
   ],
   "kind": "text",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "3",
       "output": "6"
      },
      "batch": {
       "input": "1.5",
       "output": "3"
      }
     },
     "source": [
      "litellm-1.109.1",
      "tokencost-0.1.26",
      "genai-prices-0.2.3"
     ],
     "confidence": "two_sources",
     "note": "batch by genai-prices, which read it on the official page on 2026-10-14"
    }
   ],
   "shutdown": "2026-10-23"
  },
  {
   "id": "ft:gpt-3.5-turbo-1106",
   "ids": [
    "ft:gpt-3.5-turbo-1106"
   ],
   "kind": "text",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "3",
       "output": "6"
      },
      "batch": {
       "input": "1.5",
       "output": "3"
      }
     },
     "source": [
      "litellm-1.109.1",
      "tokencost-0.1.26",
      "genai-prices-0.2.3"
     ],
     "confidence": "two_sources",
     "note": "batch by genai-prices, which read it on the official page on 2026-10-14"
    }
   ],
   "shutdown": "2026-10-23"
  },
  {
   "id": "ft:gpt-4-0613",
   "ids": [
    "ft:gpt-4-0613"
   ],
   "kind": "text",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "30",
       "output": "60"
      }
     },
     "source": [
      "litellm-1.109.1",
      "tokencost-0.1.26"
     ],
     "confidence": "two_sources"
    }
   ],
   "shutdown": "2026-10-23"
  },
  {
   "id": "ft:gpt-4.1-2025-04-14",
   "ids": [
    "ft:gpt-4.1-2025-04-14"
   ],
   "kind": "text",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "3",
       "cached_input": "0.75",
       "output": "12"
      },
      "batch": {
       "input": "1.5",
       "cached_input": "0.5",
       "output": "6"
      }
     },
     "source": [
      "litellm-1.109.1"
     ],
     "confidence": "single_source"
    }
   ],
   "shutdown": "2027-01-14"
  },
  {
   "id": "ft:gpt-4.1-mini-2025-04-14",
   "ids": [
    "ft:gpt-4.1-mini-2025-04-14"
   ],
   "kind": "text",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "0.8",
       "cached_input": "0.2",
       "output": "3.2"
      },
      "batch": {
       "input": "0.4",
       "cached_input": "0.1",
       "output": "1.6"
      }
     },
     "source": [
      "litellm-1.109.1"
     ],
     "confidence": "single_source"
    }
   ],
   "shutdown": "2027-01-14"
  },
  {
   "id": "ft:gpt-4.1-nano-2025-04-14",
   "ids": [
    "ft:gpt-4.1-nano-2025-04-14"
   ],
   "kind": "text",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "0.2",
       "cached_input": "0.05",
       "output": "0.8"
      },
      "batch": {
       "input": "0.1",
       "cached_input": "0.025",
       "output": "0.4"
      }
     },
     "source": [
      "litellm-1.109.1"
     ],
     "confidence": "single_source"
    }
   ],
   "shutdown": "2026-10-23"
  },
  {
   "id": "ft:gpt-4o-2024-08-06",
   "ids": [
    "ft:gpt-4o-2024-08-06"
   ],
   "kind": "text",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "3.75",
       "cached_input": "1.875",
       "output": "15"
      },
      "batch": {
       "input": "1.875",
       "cached_input": "0.9375",
       "output": "7.5"
      }
     },
     "source": [
      "litellm-1.109.1",
      "tokencost-0.1.26"
     ],
     "confidence": "conflict_resolved",
     "note": "batch = 50% of standard (tokencost 1.875/7.5); litellm has 2.225/12.5/0.9"
    }
   ],
   "shutdown": "2027-01-14"
  },
  {
   "id": "ft:gpt-4o-2024-11-20",
   "ids": [
    "ft:gpt-4o-2024-11-20"
   ],
   "kind": "text",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "3.75",
       "output": "15",
       "cached_input": "1.875"
      }
     },
     "source": [
      "litellm-1.109.1",
      "tokencost-0.1.26"
     ],
     "confidence": "conflict_resolved",
     "note": "litellm files 1.875 under cache write; it is the cached-input price"
    }
   ],
   "shutdown": "2027-01-14"
  },
  {
   "id": "ft:gpt-4o-mini-2024-07-18",
   "ids": [
    "ft:gpt-4o-mini-2024-07-18"
   ],
   "kind": "text",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "0.3",
       "cached_input": "0.15",
       "output": "1.2"
      },
      "batch": {
       "input": "0.15",
       "cached_input": "0.075",
       "output": "0.6"
      }
     },
     "source": [
      "litellm-1.109.1",
      "tokencost-0.1.26"
     ],
     "confidence": "two_sources"
    }
   ],
   "shutdown": "2027-01-14"
  },
  {
   "id": "ft:o4-mini-2025-04-16",
   "ids": [
    "ft:o4-mini-2025-04-16"
   ],
   "kind": "text",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "4",
       "cached_input": "1",
       "output": "16"
      },
      "batch": {
       "input": "2",
       "cached_input": "0.5",
       "output": "8"
      }
     },
     "source": [
      "litellm-1.109.1"
     ],
     "confidence": "single_source"
    }
   ],
   "shutdown": "2026-10-23"
  },
  {
   "id": "gpt-3.5-turbo",
   "ids": [
    "gpt-3.5-turbo"
   ],
   "kind": "text",
   "periods": [
    {
     "from": null,
     "to": "2024-02-15",
     "per_1m": {
      "default": {
       "input": "1.5",
       "output": "2"
      }
     },
     "source": [
      "tokencost-0.1.26 (stale value)"
     ],
     "confidence": "secondary",
     "note": "alias price before it pointed to -0125"
    },
    {
     "from": "2024-02-16",
     "to": null,
     "per_1m": {
      "default": {
       "input": "0.5",
       "output": "1.5"
      },
      "batch": {
       "input": "0.25",
       "output": "0.75"
      }
     },
     "source": [
      "litellm-1.109.1",
      "tokencost-0.1.26",
      "official pricing page text (stored copy, 2026-07)"
     ],
     "confidence": "conflict_resolved",
     "note": "batch as the official page of 2026-07 has it for -0125, which the alias points to"
    }
   ],
   "shutdown": "2026-10-23"
  },
  {
   "id": "gpt-3.5-turbo-0125",
   "ids": [
    "gpt-3.5-turbo-0125"
   ],
   "kind": "text",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "0.5",
       "output": "1.5"
      },
      "batch": {
       "input": "0.25",
       "output": "0.75"
      }
     },
     "source": [
      "litellm-1.109.1",
      "tokencost-0.1.26"
     ],
     "confidence": "two_sources"
    }
   ],
   "shutdown": "2026-10-23"
  },
  {
   "id": "gpt-3.5-turbo-0301",
   "ids": [
    "gpt-3.5-turbo-0301"
   ],
   "kind": "text",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "1.5",
       "output": "2"
      },
      "batch": {
       "input": "1.5",
       "output": "2"
      }
     },
     "source": [
      "tokencost-0.1.26",
      "official pricing page text (stored copy, 2026-07)"
     ],
     "confidence": "single_source",
     "note": "not in litellm 1.109.1 (retired there); last seen in tokencost 2025-08-13; batch by the official page of 2026-07"
    }
   ],
   "shutdown": "2024-09-13"
  },
  {
   "id": "gpt-3.5-turbo-0613",
   "ids": [
    "gpt-3.5-turbo-0613"
   ],
   "kind": "text",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "1.5",
       "output": "2"
      },
      "batch": {
       "input": "1.5",
       "output": "2"
      }
     },
     "source": [
      "tokencost-0.1.26",
      "official pricing page text (stored copy, 2026-07)"
     ],
     "confidence": "single_source",
     "note": "not in litellm 1.109.1 (retired there); last seen in tokencost 2025-08-13; batch by the official page of 2026-07"
    }
   ],
   "shutdown": "2024-09-13"
  },
  {
   "id": "gpt-3.5-turbo-1106",
   "ids": [
    "gpt-3.5-turbo-1106"
   ],
   "kind": "text",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "1",
       "output": "2"
      },
      "batch": {
       "input": "1",
       "output": "2"
      }
     },
     "source": [
      "litellm-1.109.1",
      "tokencost-0.1.26",
      "genai-prices-0.2.3",
      "official pricing page text (stored copy, 2026-07)"
     ],
     "confidence": "conflict_resolved",
     "note": "batch is not cheaper: the official batch table of 2026-07 has the standard prices"
    }
   ],
   "shutdown": "2026-09-28"
  },
  {
   "id": "gpt-3.5-turbo-16k",
   "ids": [
    "gpt-3.5-turbo-16k"
   ],
   "kind": "text",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "3",
       "output": "4"
      }
     },
     "source": [
      "litellm-1.109.1",
      "tokencost-0.1.26"
     ],
     "confidence": "two_sources"
    }
   ],
   "shutdown": "2026-10-23"
  },
  {
   "id": "gpt-3.5-turbo-16k-0613",
   "ids": [
    "gpt-3.5-turbo-16k-0613"
   ],
   "kind": "text",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "3",
       "output": "4"
      },
      "batch": {
       "input": "1.5",
       "output": "2"
      }
     },
     "source": [
      "tokencost-0.1.26",
      "official pricing page text (stored copy, 2026-07)"
     ],
     "confidence": "single_source",
     "note": "not in litellm 1.109.1 (retired there); last seen in tokencost 2025-08-13; batch by the official page of 2026-07"
    }
   ],
   "shutdown": "2024-09-13"
  },
  {
   "id": "gpt-3.5-turbo-instruct",
   "ids": [
    "gpt-3.5-turbo-instruct"
   ],
   "kind": "text",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "1.5",
       "output": "2"
      }
     },
     "source": [
      "litellm-1.109.1",
      "tokencost-0.1.26"
     ],
     "confidence": "two_sources"
    }
   ],
   "shutdown": "2026-09-28"
  },
  {
   "id": "gpt-3.5-turbo-instruct-0914",
   "ids": [
    "gpt-3.5-turbo-instruct-0914"
   ],
   "kind": "text",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "1.5",
       "output": "2"
      }
     },
     "source": [
      "litellm-1.109.1",
      "tokencost-0.1.26"
     ],
     "confidence": "two_sources"
    }
   ]
  },
  {
   "id": "gpt-4",
   "ids": [
    "gpt-4"
   ],
   "kind": "text",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "30",
       "output": "60"
      },
      "batch": {
       "input": "15",
       "output": "30"
      }
     },
     "source": [
      "litellm-1.109.1",
      "tokencost-0.1.26",
      "genai-prices-0.2.3"
     ],
     "confidence": "two_sources",
     "note": "batch by genai-prices, which read it on the official page on 2026-10-14"
    }
   ],
   "shutdown": "2026-10-23"
  },
  {
   "id": "gpt-4-0125-preview",
   "ids": [
    "gpt-4-0125-preview"
   ],
   "kind": "text",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "10",
       "output": "30"
      },
      "batch": {
       "input": "5",
       "output": "15"
      }
     },
     "source": [
      "tokencost-0.1.26",
      "genai-prices-0.2.3",
      "official pricing page text (stored copy, 2026-07)"
     ],
     "confidence": "single_source",
     "note": "not in litellm 1.109.1 (retired there); last seen in tokencost 2025-08-13; batch by the official page of 2026-07 and by genai-prices"
    }
   ],
   "shutdown": "2026-03-26"
  },
  {
   "id": "gpt-4-0314",
   "ids": [
    "gpt-4-0314"
   ],
   "kind": "text",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "30",
       "output": "60"
      },
      "batch": {
       "input": "15",
       "output": "30"
      }
     },
     "source": [
      "tokencost-0.1.26",
      "genai-prices-0.2.3",
      "official pricing page text (stored copy, 2026-07)"
     ],
     "confidence": "single_source",
     "note": "not in litellm 1.109.1 (retired there); last seen in tokencost 2025-08-13; batch by the official page of 2026-07 and by genai-prices"
    }
   ],
   "shutdown": "2026-03-26"
  },
  {
   "id": "gpt-4-0613",
   "ids": [
    "gpt-4-0613"
   ],
   "kind": "text",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "30",
       "output": "60"
      },
      "batch": {
       "input": "15",
       "output": "30"
      }
     },
     "source": [
      "litellm-1.109.1",
      "tokencost-0.1.26"
     ],
     "confidence": "two_sources"
    }
   ],
   "shutdown": "2026-10-23"
  },
  {
   "id": "gpt-4-1106-preview",
   "ids": [
    "gpt-4-1106-preview"
   ],
   "kind": "text",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "10",
       "output": "30"
      },
      "batch": {
       "input": "5",
       "output": "15"
      }
     },
     "source": [
      "litellm-1.109.1",
      "tokencost-0.1.26",
      "genai-prices-0.2.3",
      "official pricing page text (stored copy, 2026-07)"
     ],
     "confidence": "two_sources",
     "note": "batch by the official page of 2026-07 and by genai-prices"
    }
   ],
   "shutdown": "2026-10-23"
  },
  {
   "id": "gpt-4-1106-vision-preview",
   "ids": [
    "gpt-4-1106-vision-preview"
   ],
   "kind": "text",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "10",
       "output": "30"
      },
      "batch": {
       "input": "5",
       "output": "15"
      }
     },
     "source": [
      "tokencost-0.1.26",
      "official pricing page text (stored copy, 2026-07)"
     ],
     "confidence": "single_source",
     "note": "not in litellm 1.109.1 (retired there); last seen in tokencost 2025-08-13; batch by the official page of 2026-07"
    }
   ]
  },
  {
   "id": "gpt-4-32k",
   "ids": [
    "gpt-4-32k"
   ],
   "kind": "text",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "60",
       "output": "120"
      }
     },
     "source": [
      "tokencost-0.1.26"
     ],
     "confidence": "single_source",
     "note": "not in litellm 1.109.1 (retired there); last seen in tokencost 2025-08-13"
    }
   ],
   "shutdown": "2025-06-06"
  },
  {
   "id": "gpt-4-32k-0314",
   "ids": [
    "gpt-4-32k-0314"
   ],
   "kind": "text",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "60",
       "output": "120"
      }
     },
     "source": [
      "tokencost-0.1.26"
     ],
     "confidence": "single_source",
     "note": "not in litellm 1.109.1 (retired there); last seen in tokencost 2025-08-13"
    }
   ],
   "shutdown": "2025-06-06"
  },
  {
   "id": "gpt-4-32k-0613",
   "ids": [
    "gpt-4-32k-0613"
   ],
   "kind": "text",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "60",
       "output": "120"
      }
     },
     "source": [
      "tokencost-0.1.26"
     ],
     "confidence": "single_source",
     "note": "not in litellm 1.109.1 (retired there); last seen in tokencost 2025-08-13"
    }
   ],
   "shutdown": "2025-06-06"
  },
  {
   "id": "gpt-4-turbo",
   "ids": [
    "gpt-4-turbo"
   ],
   "kind": "text",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "10",
       "output": "30"
      },
      "batch": {
       "input": "5",
       "output": "15"
      }
     },
     "source": [
      "litellm-1.109.1",
      "tokencost-0.1.26",
      "genai-prices-0.2.3"
     ],
     "confidence": "two_sources",
     "note": "batch by genai-prices, which read it on the official page on 2026-10-14"
    }
   ],
   "shutdown": "2026-10-23"
  },
  {
   "id": "gpt-4-turbo-2024-04-09",
   "ids": [
    "gpt-4-turbo-2024-04-09"
   ],
   "kind": "text",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "10",
       "output": "30"
      },
      "batch": {
       "input": "5",
       "output": "15"
      }
     },
     "source": [
      "litellm-1.109.1",
      "tokencost-0.1.26"
     ],
     "confidence": "two_sources"
    }
   ],
   "shutdown": "2026-10-23"
  },
  {
   "id": "gpt-4-turbo-preview",
   "ids": [
    "gpt-4-turbo-preview"
   ],
   "kind": "text",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "10",
       "output": "30"
      },
      "batch": {
       "input": "5",
       "output": "15"
      }
     },
     "source": [
      "tokencost-0.1.26",
      "genai-prices-0.2.3"
     ],
     "confidence": "single_source",
     "note": "not in litellm 1.109.1 (retired there); last seen in tokencost 2025-08-13; batch by genai-prices, which read it on the official page on 2026-10-14"
    }
   ],
   "shutdown": "2026-03-26"
  },
  {
   "id": "gpt-4-vision-preview",
   "ids": [
    "gpt-4-vision-preview"
   ],
   "kind": "text",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "10",
       "output": "30"
      }
     },
     "source": [
      "tokencost-0.1.26"
     ],
     "confidence": "single_source",
     "note": "not in litellm 1.109.1 (retired there); last seen in tokencost 2025-08-13"
    }
   ],
   "shutdown": "2024-12-06"
  },
  {
   "id": "gpt-4.1",
   "ids": [
    "gpt-4.1",
    "gpt-4.1-2025-04-14"
   ],
   "kind": "text",
   "periods": [
    {
     "from": "2025-04-14",
     "to": null,
     "per_1m": {
      "default": {
       "input": "2",
       "cached_input": "0.5",
       "output": "8"
      },
      "batch": {
       "input": "1",
       "output": "4"
      },
      "priority": {
       "input": "3.5",
       "cached_input": "0.875",
       "output": "14"
      }
     },
     "source": [
      "litellm-1.109.1",
      "tokencost-0.1.26"
     ],
     "confidence": "two_sources"
    }
   ]
  },
  {
   "id": "gpt-4.1-mini",
   "ids": [
    "gpt-4.1-mini",
    "gpt-4.1-mini-2025-04-14"
   ],
   "kind": "text",
   "periods": [
    {
     "from": "2025-04-14",
     "to": null,
     "per_1m": {
      "default": {
       "input": "0.4",
       "cached_input": "0.1",
       "output": "1.6"
      },
      "batch": {
       "input": "0.2",
       "output": "0.8"
      },
      "priority": {
       "input": "0.7",
       "cached_input": "0.175",
       "output": "2.8"
      }
     },
     "source": [
      "litellm-1.109.1",
      "tokencost-0.1.26"
     ],
     "confidence": "two_sources"
    }
   ]
  },
  {
   "id": "gpt-4.1-nano",
   "ids": [
    "gpt-4.1-nano",
    "gpt-4.1-nano-2025-04-14"
   ],
   "kind": "text",
   "periods": [
    {
     "from": "2025-04-14",
     "to": null,
     "per_1m": {
      "default": {
       "input": "0.1",
       "cached_input": "0.025",
       "output": "0.4"
      },
      "batch": {
       "input": "0.05",
       "output": "0.2"
      },
      "priority": {
       "input": "0.2",
       "cached_input": "0.05",
       "output": "0.8"
      }
     },
     "source": [
      "litellm-1.109.1",
      "tokencost-0.1.26"
     ],
     "confidence": "two_sources"
    }
   ],
   "shutdown": "2026-10-23"
  },
  {
   "id": "gpt-4.5-preview",
   "ids": [
    "gpt-4.5-preview",
    "gpt-4.5-preview-2025-02-27"
   ],
   "kind": "text",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "75",
       "cached_input": "37.5",
       "output": "150"
      },
      "batch": {
       "input": "37.5",
       "output": "75"
      }
     },
     "source": [
      "tokencost-0.1.26"
     ],
     "confidence": "single_source",
     "note": "not in litellm 1.109.1 (retired there); last seen in tokencost 2025-08-13"
    }
   ]
  },
  {
   "id": "gpt-4o",
   "ids": [
    "gpt-4o"
   ],
   "kind": "text",
   "periods": [
    {
     "from": "2024-05-13",
     "to": "2024-10-01",
     "per_1m": {
      "default": {
       "input": "5",
       "output": "15"
      }
     },
     "source": [
      "tokencost git history 2024-05-14 / 2024-11-15"
     ],
     "confidence": "secondary",
     "note": "alias moved to the 2024-08-06 snapshot; exact switch date is between 2024-09-06 and 2024-11-15"
    },
    {
     "from": "2024-10-02",
     "to": null,
     "per_1m": {
      "default": {
       "input": "2.5",
       "cached_input": "1.25",
       "output": "10"
      },
      "batch": {
       "input": "1.25",
       "output": "5"
      },
      "priority": {
       "input": "4.25",
       "cached_input": "2.125",
       "output": "17"
      }
     },
     "source": [
      "litellm-1.109.1",
      "tokencost-0.1.26"
     ],
     "confidence": "two_sources"
    }
   ]
  },
  {
   "id": "gpt-4o-2024-05-13",
   "ids": [
    "gpt-4o-2024-05-13"
   ],
   "kind": "text",
   "periods": [
    {
     "from": "2024-05-13",
     "to": null,
     "per_1m": {
      "default": {
       "input": "5",
       "output": "15"
      },
      "batch": {
       "input": "2.5",
       "output": "7.5"
      },
      "priority": {
       "input": "8.75",
       "output": "26.25"
      }
     },
     "source": [
      "litellm-1.109.1",
      "tokencost-0.1.26"
     ],
     "confidence": "two_sources"
    }
   ],
   "shutdown": "2026-10-23"
  },
  {
   "id": "gpt-4o-2024-08-06",
   "ids": [
    "gpt-4o-2024-08-06"
   ],
   "kind": "text",
   "periods": [
    {
     "from": "2024-08-06",
     "to": null,
     "per_1m": {
      "default": {
       "input": "2.5",
       "cached_input": "1.25",
       "output": "10"
      },
      "batch": {
       "input": "1.25",
       "output": "5"
      },
      "priority": {
       "input": "4.25",
       "cached_input": "2.125",
       "output": "17"
      }
     },
     "source": [
      "litellm-1.109.1",
      "tokencost-0.1.26"
     ],
     "confidence": "two_sources"
    }
   ],
   "shutdown": "2027-01-14"
  },
  {
   "id": "gpt-4o-2024-11-20",
   "ids": [
    "gpt-4o-2024-11-20"
   ],
   "kind": "text",
   "periods": [
    {
     "from": "2024-11-20",
     "to": null,
     "per_1m": {
      "default": {
       "input": "2.5",
       "cached_input": "1.25",
       "output": "10"
      },
      "batch": {
       "input": "1.25",
       "output": "5"
      },
      "priority": {
       "input": "4.25",
       "cached_input": "2.125",
       "output": "17"
      }
     },
     "source": [
      "litellm-1.109.1",
      "tokencost-0.1.26"
     ],
     "confidence": "two_sources"
    }
   ],
   "shutdown": "2027-01-14"
  },
  {
   "id": "gpt-4o-audio-preview",
   "ids": [
    "gpt-4o-audio-preview",
    "gpt-4o-audio-preview-2024-10-01"
   ],
   "kind": "text",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "2.5",
       "output": "10",
       "audio_input": "100",
       "cached_audio_input": "100",
       "audio_output": "200"
      }
     },
     "source": [
      "tokencost-0.1.26"
     ],
     "confidence": "single_source",
     "note": "not in litellm 1.109.1 (retired there); last seen in tokencost 2025-08-13; no discount on cached input is published, so cached audio costs what audio does"
    }
   ],
   "shutdown": "2026-05-07"
  },
  {
   "id": "gpt-4o-audio-preview-2024-12-17",
   "ids": [
    "gpt-4o-audio-preview-2024-12-17",
    "gpt-4o-audio-preview-2025-06-03"
   ],
   "kind": "text",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "2.5",
       "output": "10",
       "audio_input": "40",
       "cached_audio_input": "40",
       "audio_output": "80"
      }
     },
     "source": [
      "litellm-1.109.1",
      "tokencost-0.1.26"
     ],
     "confidence": "two_sources",
     "note": "no discount on cached input is published, so cached audio costs what audio does"
    }
   ],
   "shutdown": "2026-05-07"
  },
  {
   "id": "gpt-4o-mini",
   "ids": [
    "gpt-4o-mini",
    "gpt-4o-mini-2024-07-18"
   ],
   "kind": "text",
   "periods": [
    {
     "from": "2024-07-18",
     "to": null,
     "per_1m": {
      "default": {
       "input": "0.15",
       "cached_input": "0.075",
       "output": "0.6"
      },
      "batch": {
       "input": "0.075",
       "output": "0.3"
      },
      "priority": {
       "input": "0.25",
       "cached_input": "0.125",
       "output": "1"
      }
     },
     "source": [
      "litellm-1.109.1",
      "tokencost-0.1.26"
     ],
     "confidence": "two_sources"
    }
   ]
  },
  {
   "id": "gpt-4o-mini-audio-preview",
   "ids": [
    "gpt-4o-mini-audio-preview",
    "gpt-4o-mini-audio-preview-2024-12-17"
   ],
   "kind": "text",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "0.15",
       "output": "0.6",
       "audio_input": "10",
       "cached_audio_input": "10",
       "audio_output": "20"
      }
     },
     "source": [
      "tokencost-0.1.26"
     ],
     "confidence": "single_source",
     "note": "not in litellm 1.109.1 (retired there); last seen in tokencost 2025-08-13; no discount on cached input is published, so cached audio costs what audio does"
    }
   ],
   "shutdown": "2026-05-07"
  },
  {
   "id": "gpt-4o-mini-realtime-preview",
   "ids": [
    "gpt-4o-mini-realtime-preview"
   ],
   "kind": "text",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "0.6",
       "cached_input": "0.3",
       "output": "2.4",
       "audio_input": "10",
       "audio_output": "20"
      }
     },
     "source": [
      "tokencost-0.1.26"
     ],
     "confidence": "single_source",
     "note": "not in litellm 1.109.1 (retired there); last seen in tokencost 2025-08-13"
    }
   ]
  },
  {
   "id": "gpt-4o-mini-search-preview",
   "ids": [
    "gpt-4o-mini-search-preview",
    "gpt-4o-mini-search-preview-2025-03-11"
   ],
   "kind": "text",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "0.15",
       "cached_input": "0.075",
       "output": "0.6"
      },
      "batch": {
       "input": "0.075",
       "output": "0.3"
      }
     },
     "source": [
      "litellm-1.109.1",
      "tokencost-0.1.26"
     ],
     "confidence": "two_sources"
    }
   ]
  },
  {
   "id": "gpt-4o-realtime-preview",
   "ids": [
    "gpt-4o-realtime-preview",
    "gpt-4o-realtime-preview-2024-12-17",
    "gpt-4o-realtime-preview-2025-06-03"
   ],
   "kind": "text",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "5",
       "cached_input": "2.5",
       "output": "20",
       "audio_input": "40",
       "audio_output": "80"
      }
     },
     "source": [
      "tokencost-0.1.26"
     ],
     "confidence": "single_source",
     "note": "not in litellm 1.109.1 (retired there); last seen in tokencost 2025-08-13"
    }
   ]
  },
  {
   "id": "gpt-4o-realtime-preview-2024-10-01",
   "ids": [
    "gpt-4o-realtime-preview-2024-10-01"
   ],
   "kind": "text",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "5",
       "cached_input": "2.5",
       "output": "20",
       "audio_input": "100",
       "audio_output": "200"
      }
     },
     "source": [
      "tokencost-0.1.26"
     ],
     "confidence": "single_source",
     "note": "not in litellm 1.109.1 (retired there); last seen in tokencost 2025-08-13"
    }
   ]
  },
  {
   "id": "gpt-4o-search-preview",
   "ids": [
    "gpt-4o-search-preview",
    "gpt-4o-search-preview-2025-03-11"
   ],
   "kind": "text",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "2.5",
       "cached_input": "1.25",
       "output": "10"
      },
      "batch": {
       "input": "1.25",
       "output": "5"
      }
     },
     "source": [
      "litellm-1.109.1",
      "tokencost-0.1.26"
     ],
     "confidence": "two_sources"
    }
   ]
  },
  {
   "id": "gpt-5",
   "ids": [
    "gpt-5",
    "gpt-5-2025-08-07"
   ],
   "kind": "text",
   "periods": [
    {
     "from": "2025-08-07",
     "to": null,
     "per_1m": {
      "default": {
       "input": "1.25",
       "cached_input": "0.125",
       "output": "10"
      },
      "batch": {
       "input": "0.625",
       "cached_input": "0.0625",
       "output": "5"
      },
      "flex": {
       "input": "0.625",
       "cached_input": "0.0625",
       "output": "5"
      },
      "priority": {
       "input": "2.5",
       "cached_input": "0.25",
       "output": "20"
      }
     },
     "source": [
      "litellm-1.109.1",
      "tokencost-0.1.26"
     ],
     "confidence": "two_sources"
    }
   ],
   "shutdown": "2026-12-11"
  },
  {
   "id": "gpt-5-chat",
   "ids": [
    "gpt-5-chat"
   ],
   "kind": "text",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "1.25",
       "cached_input": "0.125",
       "output": "10"
      }
     },
     "source": [
      "litellm-1.109.1",
      "tokencost-0.1.26"
     ],
     "confidence": "two_sources"
    }
   ],
   "shutdown": "2026-07-23"
  },
  {
   "id": "gpt-5-chat-latest",
   "ids": [
    "gpt-5-chat-latest"
   ],
   "kind": "text",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "1.25",
       "cached_input": "0.125",
       "output": "10"
      }
     },
     "source": [
      "litellm-1.109.1",
      "tokencost-0.1.26"
     ],
     "confidence": "two_sources"
    }
   ],
   "shutdown": "2026-07-23"
  },
  {
   "id": "gpt-5-codex",
   "ids": [
    "gpt-5-codex"
   ],
   "kind": "text",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "1.25",
       "cached_input": "0.125",
       "output": "10"
      },
      "priority": {
       "input": "2.5",
       "cached_input": "0.25",
       "output": "20"
      }
     },
     "source": [
      "litellm-1.109.1",
      "official priority page text"
     ],
     "confidence": "single_source",
     "note": "priority by the official page, which names this model"
    }
   ],
   "shutdown": "2026-07-23"
  },
  {
   "id": "gpt-5-mini",
   "ids": [
    "gpt-5-mini",
    "gpt-5-mini-2025-08-07"
   ],
   "kind": "text",
   "periods": [
    {
     "from": "2025-08-07",
     "to": null,
     "per_1m": {
      "default": {
       "input": "0.25",
       "cached_input": "0.025",
       "output": "2"
      },
      "batch": {
       "input": "0.125",
       "cached_input": "0.0125",
       "output": "1"
      },
      "flex": {
       "input": "0.125",
       "cached_input": "0.0125",
       "output": "1"
      },
      "priority": {
       "input": "0.45",
       "cached_input": "0.045",
       "output": "3.6"
      }
     },
     "source": [
      "litellm-1.109.1",
      "tokencost-0.1.26"
     ],
     "confidence": "two_sources"
    }
   ],
   "shutdown": "2026-12-11"
  },
  {
   "id": "gpt-5-nano",
   "ids": [
    "gpt-5-nano",
    "gpt-5-nano-2025-08-07"
   ],
   "kind": "text",
   "periods": [
    {
     "from": "2025-08-07",
     "to": null,
     "per_1m": {
      "default": {
       "input": "0.05",
       "cached_input": "0.005",
       "output": "0.4"
      },
      "batch": {
       "input": "0.025",
       "cached_input": "0.0025",
       "output": "0.2"
      },
      "flex": {
       "input": "0.025",
       "cached_input": "0.0025",
       "output": "0.2"
      }
     },
     "source": [
      "litellm-1.109.1",
      "tokencost-0.1.26"
     ],
     "confidence": "two_sources"
    }
   ],
   "shutdown": "2026-12-11"
  },
  {
   "id": "gpt-5-pro",
   "ids": [
    "gpt-5-pro",
    "gpt-5-pro-2025-10-06"
   ],
   "kind": "text",
   "periods": [
    {
     "from": "2025-10-06",
     "to": null,
     "per_1m": {
      "default": {
       "input": "15",
       "output": "120"
      },
      "batch": {
       "input": "7.5",
       "output": "60"
      }
     },
     "source": [
      "litellm-1.109.1"
     ],
     "confidence": "single_source"
    }
   ],
   "shutdown": "2026-12-11"
  },
  {
   "id": "gpt-5-search-api",
   "ids": [
    "gpt-5-search-api",
    "gpt-5-search-api-2025-10-14"
   ],
   "kind": "text",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "1.25",
       "cached_input": "0.125",
       "output": "10"
      }
     },
     "source": [
      "litellm-1.109.1"
     ],
     "confidence": "single_source"
    }
   ]
  },
  {
   "id": "gpt-5.1",
   "ids": [
    "gpt-5.1",
    "gpt-5.1-2025-11-13"
   ],
   "kind": "text",
   "periods": [
    {
     "from": "2025-11-13",
     "to": null,
     "per_1m": {
      "default": {
       "input": "1.25",
       "cached_input": "0.125",
       "output": "10"
      },
      "batch": {
       "input": "0.625",
       "cached_input": "0.0625",
       "output": "5"
      },
      "flex": {
       "input": "0.625",
       "cached_input": "0.0625",
       "output": "5"
      },
      "priority": {
       "input": "2.5",
       "cached_input": "0.25",
       "output": "20"
      }
     },
     "source": [
      "litellm-1.109.1"
     ],
     "confidence": "single_source"
    }
   ],
   "shutdown": "2027-04-01"
  },
  {
   "id": "gpt-5.1-chat-latest",
   "ids": [
    "gpt-5.1-chat-latest"
   ],
   "kind": "text",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "1.25",
       "cached_input": "0.125",
       "output": "10"
      }
     },
     "source": [
      "litellm-1.109.1"
     ],
     "confidence": "single_source"
    }
   ],
   "shutdown": "2026-07-23"
  },
  {
   "id": "gpt-5.1-codex",
   "ids": [
    "gpt-5.1-codex"
   ],
   "kind": "text",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "1.25",
       "cached_input": "0.125",
       "output": "10"
      },
      "priority": {
       "input": "2.5",
       "cached_input": "0.25",
       "output": "20"
      }
     },
     "source": [
      "litellm-1.109.1",
      "official priority page text"
     ],
     "confidence": "single_source",
     "note": "priority by the official page, which names this model"
    }
   ],
   "shutdown": "2026-07-23"
  },
  {
   "id": "gpt-5.1-codex-max",
   "ids": [
    "gpt-5.1-codex-max"
   ],
   "kind": "text",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "1.25",
       "cached_input": "0.125",
       "output": "10"
      }
     },
     "source": [
      "litellm-1.109.1"
     ],
     "confidence": "single_source"
    }
   ],
   "shutdown": "2026-07-23"
  },
  {
   "id": "gpt-5.1-codex-mini",
   "ids": [
    "gpt-5.1-codex-mini"
   ],
   "kind": "text",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "0.25",
       "cached_input": "0.025",
       "output": "2"
      }
     },
     "source": [
      "litellm-1.109.1"
     ],
     "confidence": "single_source"
    }
   ],
   "shutdown": "2026-07-23"
  },
  {
   "id": "gpt-5.2",
   "ids": [
    "gpt-5.2",
    "gpt-5.2-2025-12-11"
   ],
   "kind": "text",
   "periods": [
    {
     "from": "2025-12-11",
     "to": null,
     "per_1m": {
      "default": {
       "input": "1.75",
       "cached_input": "0.175",
       "output": "14"
      },
      "batch": {
       "input": "0.875",
       "cached_input": "0.0875",
       "output": "7"
      },
      "flex": {
       "input": "0.875",
       "cached_input": "0.0875",
       "output": "7"
      },
      "priority": {
       "input": "3.5",
       "cached_input": "0.35",
       "output": "28"
      }
     },
     "source": [
      "litellm-1.109.1"
     ],
     "confidence": "single_source"
    }
   ]
  },
  {
   "id": "gpt-5.2-chat-latest",
   "ids": [
    "gpt-5.2-chat-latest"
   ],
   "kind": "text",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "1.75",
       "cached_input": "0.175",
       "output": "14"
      }
     },
     "source": [
      "litellm-1.109.1"
     ],
     "confidence": "single_source"
    }
   ],
   "shutdown": "2026-08-10"
  },
  {
   "id": "gpt-5.2-codex",
   "ids": [
    "gpt-5.2-codex"
   ],
   "kind": "text",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "1.75",
       "cached_input": "0.175",
       "output": "14"
      }
     },
     "source": [
      "litellm-1.109.1"
     ],
     "confidence": "single_source"
    }
   ],
   "shutdown": "2026-07-23"
  },
  {
   "id": "gpt-5.2-pro",
   "ids": [
    "gpt-5.2-pro",
    "gpt-5.2-pro-2025-12-11"
   ],
   "kind": "text",
   "periods": [
    {
     "from": "2025-12-11",
     "to": null,
     "per_1m": {
      "default": {
       "input": "21",
       "output": "168"
      },
      "batch": {
       "input": "10.5",
       "output": "84"
      }
     },
     "source": [
      "litellm-1.109.1"
     ],
     "confidence": "single_source"
    }
   ]
  },
  {
   "id": "gpt-5.3-chat-latest",
   "ids": [
    "gpt-5.3-chat-latest"
   ],
   "kind": "text",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "1.75",
       "cached_input": "0.175",
       "output": "14"
      }
     },
     "source": [
      "litellm-1.109.1"
     ],
     "confidence": "single_source"
    }
   ],
   "shutdown": "2026-08-10"
  },
  {
   "id": "gpt-5.3-codex",
   "ids": [
    "gpt-5.3-codex"
   ],
   "kind": "text",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "1.75",
       "cached_input": "0.175",
       "output": "14"
      },
      "priority": {
       "input": "3.5",
       "cached_input": "0.35",
       "output": "28"
      }
     },
     "source": [
      "litellm-1.109.1"
     ],
     "confidence": "single_source"
    }
   ],
   "shutdown": "2027-04-01"
  },
  {
   "id": "gpt-5.4",
   "ids": [
    "gpt-5.4",
    "gpt-5.4-2026-03-05"
   ],
   "kind": "text",
   "periods": [
    {
     "from": "2026-03-05",
     "to": null,
     "per_1m": {
      "default": {
       "input": "2.5",
       "cached_input": "0.25",
       "output": "15"
      },
      "batch": {
       "input": "1.25",
       "cached_input": "0.125",
       "output": "7.5"
      },
      "flex": {
       "input": "1.25",
       "cached_input": "0.125",
       "output": "7.5"
      },
      "priority": {
       "input": "5",
       "cached_input": "0.5",
       "output": "30"
      }
     },
     "long_context": {
      "over_input_tokens": 272000,
      "per_1m": {
       "default": {
        "input": "5",
        "cached_input": "0.5",
        "output": "22.5"
       },
       "batch": {
        "input": "2.5",
        "cached_input": "0.25",
        "output": "11.25"
       },
       "flex": {
        "input": "2.5",
        "cached_input": "0.25",
        "output": "11.25"
       }
      }
     },
     "regional_uplift": "1.1",
     "source": [
      "litellm-1.109.1"
     ],
     "confidence": "conflict_resolved",
     "note": "batch/flex cached 0.125 = half of 0.25; litellm shows the rounded 0.13"
    }
   ]
  },
  {
   "id": "gpt-5.4-mini",
   "ids": [
    "gpt-5.4-mini",
    "gpt-5.4-mini-2026-03-17"
   ],
   "kind": "text",
   "periods": [
    {
     "from": "2026-03-17",
     "to": null,
     "per_1m": {
      "default": {
       "input": "0.75",
       "cached_input": "0.075",
       "output": "4.5"
      },
      "batch": {
       "input": "0.375",
       "cached_input": "0.0375",
       "output": "2.25"
      },
      "flex": {
       "input": "0.375",
       "cached_input": "0.0375",
       "output": "2.25"
      },
      "priority": {
       "input": "1.5",
       "cached_input": "0.15",
       "output": "9"
      }
     },
     "regional_uplift": "1.1",
     "source": [
      "litellm-1.109.1"
     ],
     "confidence": "single_source"
    }
   ]
  },
  {
   "id": "gpt-5.4-nano",
   "ids": [
    "gpt-5.4-nano",
    "gpt-5.4-nano-2026-03-17"
   ],
   "kind": "text",
   "periods": [
    {
     "from": "2026-03-17",
     "to": null,
     "per_1m": {
      "default": {
       "input": "0.2",
       "cached_input": "0.02",
       "output": "1.25"
      },
      "batch": {
       "input": "0.1",
       "cached_input": "0.01",
       "output": "0.625"
      },
      "flex": {
       "input": "0.1",
       "cached_input": "0.01",
       "output": "0.625"
      }
     },
     "regional_uplift": "1.1",
     "source": [
      "litellm-1.109.1"
     ],
     "confidence": "single_source"
    }
   ],
   "shutdown": "2027-04-01"
  },
  {
   "id": "gpt-5.4-pro",
   "ids": [
    "gpt-5.4-pro",
    "gpt-5.4-pro-2026-03-05"
   ],
   "kind": "text",
   "periods": [
    {
     "from": "2026-03-05",
     "to": null,
     "per_1m": {
      "default": {
       "input": "30",
       "output": "180"
      },
      "batch": {
       "input": "15",
       "output": "90"
      },
      "flex": {
       "input": "15",
       "output": "90"
      }
     },
     "long_context": {
      "over_input_tokens": 272000,
      "per_1m": {
       "default": {
        "input": "60",
        "output": "270"
       },
       "batch": {
        "input": "30",
        "output": "135"
       },
       "flex": {
        "input": "30",
        "output": "135"
       }
      }
     },
     "regional_uplift": "1.1",
     "source": [
      "litellm-1.109.1"
     ],
     "confidence": "single_source"
    }
   ]
  },
  {
   "id": "gpt-5.5",
   "ids": [
    "gpt-5.5",
    "gpt-5.5-2026-04-23"
   ],
   "kind": "text",
   "periods": [
    {
     "from": "2026-04-23",
     "to": null,
     "per_1m": {
      "default": {
       "input": "5",
       "cached_input": "0.5",
       "output": "30"
      },
      "batch": {
       "input": "2.5",
       "cached_input": "0.25",
       "output": "15"
      },
      "flex": {
       "input": "2.5",
       "cached_input": "0.25",
       "output": "15"
      },
      "priority": {
       "input": "12.5",
       "cached_input": "1.25",
       "output": "75"
      }
     },
     "long_context": {
      "over_input_tokens": 272000,
      "per_1m": {
       "default": {
        "input": "10",
        "cached_input": "1",
        "output": "45"
       },
       "batch": {
        "input": "5",
        "cached_input": "0.5",
        "output": "22.5"
       },
       "flex": {
        "input": "5",
        "cached_input": "0.5",
        "output": "22.5"
       }
      }
     },
     "regional_uplift": "1.1",
     "source": [
      "litellm-1.109.1"
     ],
     "confidence": "single_source"
    }
   ]
  },
  {
   "id": "gpt-5.5-cyber",
   "ids": [
    "gpt-5.5-cyber"
   ],
   "kind": "text",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "12.5",
       "cached_input": "1.25",
       "output": "75"
      }
     },
     "source": [
      "litellm-1.109.1"
     ],
     "confidence": "single_source"
    }
   ]
  },
  {
   "id": "gpt-5.5-cyber-preview",
   "ids": [
    "gpt-5.5-cyber-preview"
   ],
   "kind": "text",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "12.5",
       "cached_input": "1.25",
       "output": "75"
      }
     },
     "source": [
      "litellm-1.109.1"
     ],
     "confidence": "single_source"
    }
   ]
  },
  {
   "id": "gpt-5.5-pro",
   "ids": [
    "gpt-5.5-pro",
    "gpt-5.5-pro-2026-04-23"
   ],
   "kind": "text",
   "periods": [
    {
     "from": "2026-04-23",
     "to": null,
     "per_1m": {
      "default": {
       "input": "30",
       "output": "180"
      },
      "batch": {
       "input": "15",
       "output": "90"
      },
      "flex": {
       "input": "15",
       "output": "90"
      }
     },
     "long_context": {
      "over_input_tokens": 272000,
      "per_1m": {
       "default": {
        "input": "60",
        "output": "270"
       },
       "batch": {
        "input": "30",
        "output": "135"
       }
      }
     },
     "regional_uplift": "1.1",
     "source": [
      "litellm-1.109.1"
     ],
     "confidence": "single_source"
    }
   ]
  },
  {
   "id": "gpt-5.6",
   "ids": [
    "gpt-5.6"
   ],
   "kind": "text",
   "periods": [
    {
     "from": "2026-07-09",
     "to": "2026-08-20",
     "per_1m": {
      "default": {
       "input": "5",
       "cached_input": "0.5",
       "cache_write": "6.25",
       "output": "30"
      },
      "batch": {
       "input": "2.5",
       "cached_input": "0.25",
       "cache_write": "3.125",
       "output": "15"
      },
      "flex": {
       "input": "2.5",
       "cached_input": "0.25",
       "cache_write": "3.125",
       "output": "15"
      },
      "priority": {
       "input": "10",
       "cached_input": "1",
       "cache_write": "12.5",
       "output": "60"
      }
     },
     "long_context": {
      "over_input_tokens": 272000,
      "per_1m": {
       "default": {
        "input": "10",
        "cached_input": "1",
        "cache_write": "12.5",
        "output": "45"
       }
      }
     },
     "regional_uplift": "1.1",
     "source": [
      "third-party notes quoting the official page 2026-07..2026-11",
      "official pricing page text (stored copy, 2026-07)"
     ],
     "confidence": "secondary",
     "note": "launch price before the promotion; the promotion is announced \"at least through 2026-11-21\": re-check, a return to these prices would add a new period; tiers by the official page of 2026-07, which has none of them for long contexts"
    },
    {
     "from": "2026-08-21",
     "to": null,
     "per_1m": {
      "default": {
       "input": "4",
       "cached_input": "0.4",
       "cache_write": "5",
       "cache_write_12h": "10",
       "output": "20"
      },
      "batch": {
       "input": "2",
       "cached_input": "0.2",
       "cache_write": "2.5",
       "output": "10"
      },
      "flex": {
       "input": "2",
       "cached_input": "0.2",
       "cache_write": "2.5",
       "cache_write_12h": "5",
       "output": "10"
      },
      "priority": {
       "input": "8",
       "cached_input": "0.8",
       "cache_write": "10",
       "cache_write_12h": "20",
       "output": "40"
      }
     },
     "long_context": {
      "over_input_tokens": 272000,
      "per_1m": {
       "default": {
        "input": "8",
        "cached_input": "0.8",
        "cache_write": "10",
        "cache_write_12h": "20",
        "output": "30"
       },
       "batch": {
        "input": "4",
        "cached_input": "0.4",
        "cache_write": "5",
        "output": "15"
       },
       "flex": {
        "input": "4",
        "cached_input": "0.4",
        "cache_write": "5",
        "cache_write_12h": "10",
        "output": "15"
       },
       "priority": {
        "input": "16",
        "cached_input": "1.6",
        "cache_write": "20",
        "cache_write_12h": "40",
        "output": "60"
       }
      }
     },
     "regional_uplift": "1.1",
     "source": [
      "litellm-1.109.1"
     ],
     "confidence": "single_source",
     "note": "promotional price seen 2026-08-29 and later; start date 2026-08-21 from a changelog reference (another source says 2026-09-03); end date open"
    }
   ]
  },
  {
   "id": "gpt-5.6-cyber",
   "ids": [
    "gpt-5.6-cyber"
   ],
   "kind": "text",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "12.5",
       "cached_input": "1.25",
       "cache_write": "15.625",
       "cache_write_12h": "31.25",
       "output": "75"
      }
     },
     "long_context": {
      "over_input_tokens": 272000,
      "per_1m": {
       "default": {
        "input": "25",
        "cached_input": "2.5",
        "cache_write": "31.25",
        "output": "112.5"
       }
      }
     },
     "source": [
      "litellm-1.109.1"
     ],
     "confidence": "single_source"
    }
   ]
  },
  {
   "id": "gpt-5.6-luna",
   "ids": [
    "gpt-5.6-luna"
   ],
   "kind": "text",
   "periods": [
    {
     "from": "2026-07-09",
     "to": "2026-07-29",
     "per_1m": {
      "default": {
       "input": "1",
       "cached_input": "0.1",
       "cache_write": "1.25",
       "output": "6"
      },
      "batch": {
       "input": "0.5",
       "cached_input": "0.05",
       "cache_write": "0.625",
       "output": "3"
      },
      "flex": {
       "input": "0.5",
       "cached_input": "0.05",
       "cache_write": "0.625",
       "output": "3"
      },
      "priority": {
       "input": "2",
       "cached_input": "0.2",
       "cache_write": "2.5",
       "output": "12"
      }
     },
     "long_context": {
      "over_input_tokens": 272000,
      "per_1m": {
       "default": {
        "input": "2",
        "cached_input": "0.2",
        "cache_write": "2.5",
        "output": "9"
       }
      }
     },
     "regional_uplift": "1.1",
     "source": [
      "third-party notes quoting the official page 2026-07..2026-11",
      "official pricing page text (stored copy, 2026-07)"
     ],
     "confidence": "secondary",
     "note": "cache_write derived (1.25x input); tiers by the official page of 2026-07, which has none of them for long contexts"
    },
    {
     "from": "2026-07-30",
     "to": null,
     "per_1m": {
      "default": {
       "input": "0.2",
       "cached_input": "0.02",
       "cache_write": "0.25",
       "cache_write_12h": "0.5",
       "output": "1.2"
      },
      "batch": {
       "input": "0.1",
       "cached_input": "0.01",
       "cache_write": "0.125",
       "cache_write_12h": "0.25",
       "output": "0.6"
      },
      "flex": {
       "input": "0.1",
       "cached_input": "0.01",
       "cache_write": "0.125",
       "cache_write_12h": "0.25",
       "output": "0.6"
      },
      "priority": {
       "input": "0.4",
       "cached_input": "0.04",
       "cache_write": "0.5",
       "cache_write_12h": "1",
       "output": "2.4"
      }
     },
     "long_context": {
      "over_input_tokens": 272000,
      "per_1m": {
       "default": {
        "input": "0.4",
        "cached_input": "0.04",
        "cache_write": "0.5",
        "cache_write_12h": "1",
        "output": "1.8"
       },
       "batch": {
        "input": "0.2",
        "cached_input": "0.02",
        "cache_write": "0.25",
        "cache_write_12h": "0.5",
        "output": "0.9"
       },
       "flex": {
        "input": "0.2",
        "cached_input": "0.02",
        "cache_write": "0.25",
        "cache_write_12h": "0.5",
        "output": "0.9"
       },
       "priority": {
        "input": "0.8",
        "cached_input": "0.08",
        "cache_write": "1",
        "cache_write_12h": "2",
        "output": "3.6"
       }
      }
     },
     "regional_uplift": "1.1",
     "source": [
      "litellm-1.109.1"
     ],
     "confidence": "single_source"
    }
   ]
  },
  {
   "id": "gpt-5.6-sol",
   "ids": [
    "gpt-5.6-sol"
   ],
   "kind": "text",
   "periods": [
    {
     "from": "2026-07-09",
     "to": "2026-08-20",
     "per_1m": {
      "default": {
       "input": "5",
       "cached_input": "0.5",
       "cache_write": "6.25",
       "output": "30"
      },
      "batch": {
       "input": "2.5",
       "cached_input": "0.25",
       "cache_write": "3.125",
       "output": "15"
      },
      "flex": {
       "input": "2.5",
       "cached_input": "0.25",
       "cache_write": "3.125",
       "output": "15"
      },
      "priority": {
       "input": "10",
       "cached_input": "1",
       "cache_write": "12.5",
       "output": "60"
      }
     },
     "long_context": {
      "over_input_tokens": 272000,
      "per_1m": {
       "default": {
        "input": "10",
        "cached_input": "1",
        "cache_write": "12.5",
        "output": "45"
       }
      }
     },
     "regional_uplift": "1.1",
     "source": [
      "third-party notes quoting the official page 2026-07..2026-11",
      "official pricing page text (stored copy, 2026-07)"
     ],
     "confidence": "secondary",
     "note": "launch price before the promotion; the promotion is announced \"at least through 2026-11-21\": re-check, a return to these prices would add a new period; tiers by the official page of 2026-07, which has none of them for long contexts"
    },
    {
     "from": "2026-08-21",
     "to": null,
     "per_1m": {
      "default": {
       "input": "4",
       "cached_input": "0.4",
       "cache_write": "5",
       "cache_write_12h": "10",
       "output": "20"
      },
      "batch": {
       "input": "2",
       "cached_input": "0.2",
       "cache_write": "2.5",
       "cache_write_12h": "5",
       "output": "10"
      },
      "flex": {
       "input": "2",
       "cached_input": "0.2",
       "cache_write": "2.5",
       "cache_write_12h": "5",
       "output": "10"
      },
      "priority": {
       "input": "8",
       "cached_input": "0.8",
       "cache_write": "10",
       "cache_write_12h": "20",
       "output": "40"
      }
     },
     "long_context": {
      "over_input_tokens": 272000,
      "per_1m": {
       "default": {
        "input": "8",
        "cached_input": "0.8",
        "cache_write": "10",
        "cache_write_12h": "20",
        "output": "30"
       },
       "batch": {
        "input": "4",
        "cached_input": "0.4",
        "cache_write": "5",
        "cache_write_12h": "10",
        "output": "15"
       },
       "flex": {
        "input": "4",
        "cached_input": "0.4",
        "cache_write": "5",
        "cache_write_12h": "10",
        "output": "15"
       },
       "priority": {
        "input": "16",
        "cached_input": "1.6",
        "cache_write": "20",
        "cache_write_12h": "40",
        "output": "60"
       }
      }
     },
     "regional_uplift": "1.1",
     "source": [
      "litellm-1.109.1"
     ],
     "confidence": "single_source",
     "note": "promotional price seen 2026-08-29 and later; start date 2026-08-21 from a changelog reference (another source says 2026-09-03); end date open"
    }
   ]
  },
  {
   "id": "gpt-5.6-terra",
   "ids": [
    "gpt-5.6-terra"
   ],
   "kind": "text",
   "periods": [
    {
     "from": "2026-07-09",
     "to": "2026-07-29",
     "per_1m": {
      "default": {
       "input": "2.5",
       "cached_input": "0.25",
       "cache_write": "3.125",
       "output": "15"
      },
      "batch": {
       "input": "1.25",
       "cached_input": "0.125",
       "cache_write": "1.5625",
       "output": "7.5"
      },
      "flex": {
       "input": "1.25",
       "cached_input": "0.125",
       "cache_write": "1.5625",
       "output": "7.5"
      },
      "priority": {
       "input": "5",
       "cached_input": "0.5",
       "cache_write": "6.25",
       "output": "30"
      }
     },
     "long_context": {
      "over_input_tokens": 272000,
      "per_1m": {
       "default": {
        "input": "5",
        "cached_input": "0.5",
        "cache_write": "6.25",
        "output": "22.5"
       }
      }
     },
     "regional_uplift": "1.1",
     "source": [
      "third-party notes quoting the official page 2026-07..2026-11",
      "official pricing page text (stored copy, 2026-07)"
     ],
     "confidence": "secondary",
     "note": "cache_write derived (1.25x input); tiers by the official page of 2026-07, which has none of them for long contexts"
    },
    {
     "from": "2026-07-30",
     "to": null,
     "per_1m": {
      "default": {
       "input": "2",
       "cached_input": "0.2",
       "cache_write": "2.5",
       "cache_write_12h": "5",
       "output": "12"
      },
      "batch": {
       "input": "1",
       "cached_input": "0.1",
       "cache_write": "1.25",
       "cache_write_12h": "2.5",
       "output": "6"
      },
      "flex": {
       "input": "1",
       "cached_input": "0.1",
       "cache_write": "1.25",
       "cache_write_12h": "2.5",
       "output": "6"
      },
      "priority": {
       "input": "4",
       "cached_input": "0.4",
       "cache_write": "5",
       "cache_write_12h": "10",
       "output": "24"
      }
     },
     "long_context": {
      "over_input_tokens": 272000,
      "per_1m": {
       "default": {
        "input": "4",
        "cached_input": "0.4",
        "cache_write": "5",
        "cache_write_12h": "10",
        "output": "18"
       },
       "batch": {
        "input": "2",
        "cached_input": "0.2",
        "cache_write": "2.5",
        "cache_write_12h": "5",
        "output": "9"
       },
       "flex": {
        "input": "2",
        "cached_input": "0.2",
        "cache_write": "2.5",
        "cache_write_12h": "5",
        "output": "9"
       },
       "priority": {
        "input": "8",
        "cached_input": "0.8",
        "cache_write": "10",
        "cache_write_12h": "20",
        "output": "36"
       }
      }
     },
     "regional_uplift": "1.1",
     "source": [
      "litellm-1.109.1"
     ],
     "confidence": "single_source"
    }
   ]
  },
  {
   "id": "gpt-6-astra",
   "ids": [
    "gpt-6-astra"
   ],
   "kind": "text",
   "periods": [
    {
     "from": "2026-09-03",
     "to": null,
     "per_1m": {
      "default": {
       "input": "10",
       "cached_input": "1",
       "cache_write": "12.5",
       "cache_write_12h": "25",
       "output": "50"
      },
      "batch": {
       "input": "5",
       "cached_input": "0.5",
       "cache_write": "6.25",
       "cache_write_12h": "12.5",
       "output": "25"
      },
      "flex": {
       "input": "5",
       "cached_input": "0.5",
       "cache_write": "6.25",
       "cache_write_12h": "12.5",
       "output": "25"
      },
      "priority": {
       "input": "20",
       "cached_input": "2",
       "cache_write": "25",
       "cache_write_12h": "50",
       "output": "100"
      },
      "ultrafast": {
       "input": "60",
       "cached_input": "6",
       "cache_write": "75",
       "cache_write_12h": "150",
       "output": "300"
      }
     },
     "long_context": {
      "over_input_tokens": 272000,
      "per_1m": {
       "default": {
        "input": "20",
        "cached_input": "2",
        "cache_write": "25",
        "cache_write_12h": "50",
        "output": "75"
       },
       "batch": {
        "input": "10",
        "cached_input": "1",
        "cache_write": "12.5",
        "cache_write_12h": "25",
        "output": "37.5"
       },
       "flex": {
        "input": "10",
        "cached_input": "1",
        "cache_write": "12.5",
        "cache_write_12h": "25",
        "output": "37.5"
       },
       "priority": {
        "input": "40",
        "cached_input": "4",
        "cache_write": "50",
        "cache_write_12h": "100",
        "output": "150"
       },
       "ultrafast": {
        "input": "120",
        "cached_input": "12",
        "cache_write": "150",
        "cache_write_12h": "300",
        "output": "450"
       }
      }
     },
     "regional_uplift": "1.1",
     "source": [
      "litellm-1.109.1"
     ],
     "confidence": "single_source"
    }
   ]
  },
  {
   "id": "gpt-6-astra-law",
   "ids": [
    "gpt-6-astra-law"
   ],
   "kind": "text",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "10",
       "cached_input": "1",
       "output": "50"
      }
     },
     "regional_uplift": "1.1",
     "source": [
      "litellm-1.109.1"
     ],
     "confidence": "single_source"
    }
   ]
  },
  {
   "id": "gpt-6-cyber",
   "ids": [
    "gpt-6-cyber"
   ],
   "kind": "text",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "20",
       "cached_input": "2",
       "cache_write": "25",
       "cache_write_12h": "50",
       "output": "100"
      }
     },
     "source": [
      "litellm-1.110.2",
      "genai-prices-0.2.3"
     ],
     "confidence": "two_sources",
     "note": "no long-context and no regional price seen"
    }
   ]
  },
  {
   "id": "gpt-6-luna",
   "ids": [
    "gpt-6-luna"
   ],
   "kind": "text",
   "periods": [
    {
     "from": "2026-09-22",
     "to": null,
     "per_1m": {
      "default": {
       "input": "0.1",
       "cached_input": "0.01",
       "cache_write": "0.125",
       "cache_write_12h": "0.25",
       "output": "0.5"
      },
      "batch": {
       "input": "0.05",
       "cached_input": "0.005",
       "cache_write": "0.0625",
       "cache_write_12h": "0.125",
       "output": "0.25"
      },
      "flex": {
       "input": "0.05",
       "cached_input": "0.005",
       "cache_write": "0.0625",
       "cache_write_12h": "0.125",
       "output": "0.25"
      },
      "priority": {
       "input": "0.2",
       "cached_input": "0.02",
       "cache_write": "0.25",
       "cache_write_12h": "0.5",
       "output": "1"
      },
      "decisions": {
       "input": "0.1",
       "cached_input": "0.01",
       "cache_write": "0.125",
       "output": "0"
      }
     },
     "long_context": {
      "over_input_tokens": 272000,
      "per_1m": {
       "default": {
        "input": "0.2",
        "cached_input": "0.02",
        "cache_write": "0.25",
        "cache_write_12h": "0.5",
        "output": "0.75"
       },
       "batch": {
        "input": "0.1",
        "cached_input": "0.01",
        "cache_write": "0.125",
        "cache_write_12h": "0.25",
        "output": "0.375"
       },
       "flex": {
        "input": "0.1",
        "cached_input": "0.01",
        "cache_write": "0.125",
        "cache_write_12h": "0.25",
        "output": "0.375"
       },
       "priority": {
        "input": "0.4",
        "cached_input": "0.04",
        "cache_write": "0.5",
        "cache_write_12h": "1",
        "output": "1.5"
       },
       "decisions": {
        "input": "0.2",
        "cached_input": "0.02",
        "cache_write": "0.25",
        "output": "0"
       }
      }
     },
     "regional_uplift": "1.1",
     "source": [
      "litellm-1.109.1"
     ],
     "confidence": "single_source",
     "note": "tier decisions = POST /v1/decisions; output is free there"
    }
   ]
  },
  {
   "id": "gpt-6-rosalind",
   "ids": [
    "gpt-6-rosalind"
   ],
   "kind": "text",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "15",
       "cached_input": "1.5",
       "cache_write": "18.75",
       "cache_write_12h": "37.5",
       "output": "75"
      }
     },
     "long_context": {
      "over_input_tokens": 272000,
      "per_1m": {
       "default": {
        "input": "30",
        "cached_input": "3",
        "cache_write": "37.5",
        "cache_write_12h": "75",
        "output": "112.5"
       }
      }
     },
     "regional_uplift": "1.1",
     "source": [
      "litellm-1.109.1"
     ],
     "confidence": "single_source"
    }
   ]
  },
  {
   "id": "gpt-6-sol",
   "ids": [
    "gpt-6-sol"
   ],
   "kind": "text",
   "periods": [
    {
     "from": "2026-09-22",
     "to": null,
     "per_1m": {
      "default": {
       "input": "2",
       "cached_input": "0.2",
       "cache_write": "2.5",
       "cache_write_12h": "5",
       "output": "10"
      },
      "batch": {
       "input": "1",
       "cached_input": "0.1",
       "cache_write": "1.25",
       "cache_write_12h": "2.5",
       "output": "5"
      },
      "flex": {
       "input": "1",
       "cached_input": "0.1",
       "cache_write": "1.25",
       "cache_write_12h": "2.5",
       "output": "5"
      },
      "priority": {
       "input": "4",
       "cached_input": "0.4",
       "cache_write": "5",
       "cache_write_12h": "10",
       "output": "20"
      }
     },
     "long_context": {
      "over_input_tokens": 272000,
      "per_1m": {
       "default": {
        "input": "4",
        "cached_input": "0.4",
        "cache_write": "5",
        "cache_write_12h": "10",
        "output": "15"
       },
       "batch": {
        "input": "2",
        "cached_input": "0.2",
        "cache_write": "2.5",
        "cache_write_12h": "5",
        "output": "7.5"
       },
       "flex": {
        "input": "2",
        "cached_input": "0.2",
        "cache_write": "2.5",
        "cache_write_12h": "5",
        "output": "7.5"
       },
       "priority": {
        "input": "8",
        "cached_input": "0.8",
        "cache_write": "10",
        "cache_write_12h": "20",
        "output": "30"
       }
      }
     },
     "regional_uplift": "1.1",
     "source": [
      "litellm-1.109.1"
     ],
     "confidence": "single_source"
    }
   ]
  },
  {
   "id": "gpt-6.1-sol",
   "ids": [
    "gpt-6.1-sol"
   ],
   "kind": "text",
   "periods": [
    {
     "from": "2026-09-29",
     "to": null,
     "per_1m": {
      "default": {
       "input": "2",
       "cached_input": "0.1",
       "cache_write": "2.5",
       "cache_write_12h": "5",
       "output": "10"
      },
      "batch": {
       "input": "1",
       "cached_input": "0.05",
       "cache_write": "1.25",
       "cache_write_12h": "2.5",
       "output": "5"
      },
      "flex": {
       "input": "1",
       "cached_input": "0.05",
       "cache_write": "1.25",
       "cache_write_12h": "2.5",
       "output": "5"
      },
      "priority": {
       "input": "4",
       "cached_input": "0.2",
       "cache_write": "5",
       "cache_write_12h": "10",
       "output": "20"
      },
      "ultrafast": {
       "input": "12",
       "cached_input": "0.6",
       "cache_write": "15",
       "cache_write_12h": "30",
       "output": "60"
      }
     },
     "long_context": {
      "over_input_tokens": 272000,
      "per_1m": {
       "default": {
        "input": "4",
        "cached_input": "0.2",
        "cache_write": "5",
        "cache_write_12h": "10",
        "output": "15"
       },
       "batch": {
        "input": "2",
        "cached_input": "0.1",
        "cache_write": "2.5",
        "cache_write_12h": "5",
        "output": "7.5"
       },
       "flex": {
        "input": "2",
        "cached_input": "0.1",
        "cache_write": "2.5",
        "cache_write_12h": "5",
        "output": "7.5"
       },
       "priority": {
        "input": "8",
        "cached_input": "0.4",
        "cache_write": "10",
        "cache_write_12h": "20",
        "output": "30"
       },
       "ultrafast": {
        "input": "24",
        "cached_input": "1.2",
        "cache_write": "30",
        "cache_write_12h": "60",
        "output": "90"
       }
      }
     },
     "regional_uplift": "1.1",
     "source": [
      "litellm-1.109.1"
     ],
     "confidence": "single_source"
    }
   ]
  },
  {
   "id": "gpt-6.1-terra",
   "ids": [
    "gpt-6.1-terra"
   ],
   "kind": "text",
   "periods": [
    {
     "from": "2026-10-26",
     "to": null,
     "per_1m": {
      "default": {
       "input": "1",
       "cached_input": "0.05",
       "cache_write": "1.25",
       "cache_write_12h": "2.5",
       "output": "5"
      },
      "batch": {
       "input": "0.5",
       "cached_input": "0.025",
       "cache_write": "0.625",
       "cache_write_12h": "1.25",
       "output": "2.5"
      },
      "flex": {
       "input": "0.5",
       "cached_input": "0.025",
       "cache_write": "0.625",
       "cache_write_12h": "1.25",
       "output": "2.5"
      },
      "priority": {
       "input": "2",
       "cached_input": "0.1",
       "cache_write": "2.5",
       "cache_write_12h": "5",
       "output": "10"
      }
     },
     "long_context": {
      "over_input_tokens": 272000,
      "per_1m": {
       "default": {
        "input": "2",
        "cached_input": "0.1",
        "cache_write": "2.5",
        "cache_write_12h": "5",
        "output": "7.5"
       },
       "batch": {
        "input": "1",
        "cached_input": "0.05",
        "cache_write": "1.25",
        "cache_write_12h": "2.5",
        "output": "3.75"
       },
       "flex": {
        "input": "1",
        "cached_input": "0.05",
        "cache_write": "1.25",
        "cache_write_12h": "2.5",
        "output": "3.75"
       },
       "priority": {
        "input": "4",
        "cached_input": "0.2",
        "cache_write": "5",
        "cache_write_12h": "10",
        "output": "15"
       }
      }
     },
     "regional_uplift": "1.1",
     "source": [
      "litellm-1.109.1"
     ],
     "confidence": "single_source"
    }
   ]
  },
  {
   "id": "gpt-6.2-astra",
   "ids": [
    "gpt-6.2-astra"
   ],
   "kind": "text",
   "periods": [
    {
     "from": "2026-11-17",
     "to": null,
     "per_1m": {
      "default": {
       "input": "8",
       "cached_input": "0.4",
       "cache_write": "10",
       "cache_write_12h": "20",
       "output": "40"
      },
      "batch": {
       "input": "4",
       "cached_input": "0.2",
       "cache_write": "5",
       "cache_write_12h": "10",
       "output": "20"
      },
      "priority": {
       "input": "16",
       "cached_input": "0.8",
       "cache_write": "20",
       "cache_write_12h": "40",
       "output": "80"
      }
     },
     "long_context": {
      "over_input_tokens": 272000,
      "per_1m": {
       "default": {
        "input": "16",
        "cached_input": "0.8",
        "cache_write": "20",
        "cache_write_12h": "40",
        "output": "60"
       },
       "batch": {
        "input": "8",
        "cached_input": "0.4",
        "cache_write": "10",
        "cache_write_12h": "20",
        "output": "30"
       },
       "priority": {
        "input": "32",
        "cached_input": "1.6",
        "cache_write": "40",
        "cache_write_12h": "80",
        "output": "120"
       }
      }
     },
     "regional_uplift": "1.1",
     "source": [
      "litellm discussion 52347, dev.to/apidog 2026-11-18 (8/40, cached 60% cheaper than 1.00)"
     ],
     "confidence": "derived",
     "note": "cached_input, cache writes and tiers derived from the 6.2-sol multipliers; ultrafast and flex rates not seen"
    }
   ]
  },
  {
   "id": "gpt-6.2-sol",
   "ids": [
    "gpt-6.2-sol"
   ],
   "kind": "text",
   "periods": [
    {
     "from": "2026-11-17",
     "to": "2027-02-28",
     "per_1m": {
      "default": {
       "input": "2",
       "cached_input": "0.1",
       "cache_write": "2.5",
       "cache_write_12h": "5",
       "output": "10"
      },
      "batch": {
       "input": "1",
       "cached_input": "0.05",
       "cache_write": "1.25",
       "cache_write_12h": "2.5",
       "output": "5"
      },
      "priority": {
       "input": "4",
       "cached_input": "0.2",
       "cache_write": "5",
       "cache_write_12h": "10",
       "output": "20"
      },
      "ultrafast": {
       "input": "6",
       "cached_input": "0.3",
       "cache_write": "7.5",
       "cache_write_12h": "15",
       "output": "30"
      }
     },
     "long_context": {
      "over_input_tokens": 272000,
      "per_1m": {
       "default": {
        "input": "4",
        "cached_input": "0.2",
        "cache_write": "5",
        "cache_write_12h": "10",
        "output": "15"
       },
       "batch": {
        "input": "2",
        "cached_input": "0.1",
        "cache_write": "2.5",
        "cache_write_12h": "5",
        "output": "7.5"
       },
       "priority": {
        "input": "8",
        "cached_input": "0.4",
        "cache_write": "10",
        "cache_write_12h": "20",
        "output": "30"
       },
       "ultrafast": {
        "input": "12",
        "cached_input": "0.6",
        "cache_write": "15",
        "cache_write_12h": "30",
        "output": "45"
       }
      }
     },
     "regional_uplift": "1.1",
     "source": [
      "official model page text gpt-6.2-sol (stored copy, 2026-11)"
     ],
     "confidence": "official_text",
     "note": "batch 0.5x, fast 2x, ultrafast 3x until 2027-02-28; flex not stated in the text seen; not in litellm 1.109.1"
    },
    {
     "from": "2027-03-01",
     "to": null,
     "per_1m": {
      "default": {
       "input": "2",
       "cached_input": "0.1",
       "cache_write": "2.5",
       "cache_write_12h": "5",
       "output": "10"
      },
      "batch": {
       "input": "1",
       "cached_input": "0.05",
       "cache_write": "1.25",
       "cache_write_12h": "2.5",
       "output": "5"
      },
      "priority": {
       "input": "4",
       "cached_input": "0.2",
       "cache_write": "5",
       "cache_write_12h": "10",
       "output": "20"
      },
      "ultrafast": {
       "input": "12",
       "cached_input": "0.6",
       "cache_write": "15",
       "cache_write_12h": "30",
       "output": "60"
      }
     },
     "long_context": {
      "over_input_tokens": 272000,
      "per_1m": {
       "default": {
        "input": "4",
        "cached_input": "0.2",
        "cache_write": "5",
        "cache_write_12h": "10",
        "output": "15"
       },
       "batch": {
        "input": "2",
        "cached_input": "0.1",
        "cache_write": "2.5",
        "cache_write_12h": "5",
        "output": "7.5"
       },
       "priority": {
        "input": "8",
        "cached_input": "0.4",
        "cache_write": "10",
        "cache_write_12h": "20",
        "output": "30"
       },
       "ultrafast": {
        "input": "24",
        "cached_input": "1.2",
        "cache_write": "30",
        "cache_write_12h": "60",
        "output": "90"
       }
      }
     },
     "regional_uplift": "1.1",
     "source": [
      "official model page text gpt-6.2-sol (stored copy, 2026-11)"
     ],
     "confidence": "official_text",
     "note": "ultrafast becomes 6x: a price change that is announced in advance"
    }
   ]
  },
  {
   "id": "gpt-audio",
   "ids": [
    "gpt-audio",
    "gpt-audio-2025-08-28"
   ],
   "kind": "text",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "2.5",
       "output": "10",
       "audio_input": "32",
       "cached_audio_input": "32",
       "audio_output": "64"
      }
     },
     "source": [
      "litellm-1.109.1"
     ],
     "confidence": "single_source",
     "note": "no discount on cached input is published, so cached audio costs what audio does"
    }
   ],
   "shutdown": "2027-01-20"
  },
  {
   "id": "gpt-audio-1.5",
   "ids": [
    "gpt-audio-1.5"
   ],
   "kind": "text",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "2.5",
       "output": "10",
       "audio_input": "32",
       "cached_audio_input": "32",
       "audio_output": "64"
      }
     },
     "source": [
      "litellm-1.109.1"
     ],
     "confidence": "single_source",
     "note": "no discount on cached input is published, so cached audio costs what audio does"
    }
   ]
  },
  {
   "id": "gpt-audio-mini",
   "ids": [
    "gpt-audio-mini",
    "gpt-audio-mini-2025-10-06",
    "gpt-audio-mini-2025-12-15"
   ],
   "kind": "text",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "0.6",
       "output": "2.4",
       "audio_input": "10",
       "cached_audio_input": "10",
       "audio_output": "20"
      }
     },
     "source": [
      "litellm-1.109.1"
     ],
     "confidence": "single_source",
     "note": "no discount on cached input is published, so cached audio costs what audio does"
    }
   ],
   "shutdown": "2027-01-20"
  },
  {
   "id": "gpt-daybreak-blue-latest",
   "ids": [
    "gpt-daybreak-blue-latest"
   ],
   "kind": "text",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "4",
       "cached_input": "0.4",
       "cache_write": "5",
       "output": "20"
      }
     },
     "long_context": {
      "over_input_tokens": 272000,
      "per_1m": {
       "default": {
        "input": "8",
        "cached_input": "0.8",
        "cache_write": "10",
        "output": "30"
       }
      }
     },
     "source": [
      "litellm-1.109.1"
     ],
     "confidence": "single_source"
    }
   ]
  },
  {
   "id": "gpt-daybreak-red-latest",
   "ids": [
    "gpt-daybreak-red-latest"
   ],
   "kind": "text",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "12.5",
       "cached_input": "1.25",
       "cache_write": "15.625",
       "output": "75"
      }
     },
     "long_context": {
      "over_input_tokens": 272000,
      "per_1m": {
       "default": {
        "input": "25",
        "cached_input": "2.5",
        "cache_write": "31.25",
        "output": "112.5"
       }
      }
     },
     "source": [
      "litellm-1.109.1"
     ],
     "confidence": "single_source"
    }
   ]
  },
  {
   "id": "gpt-rosalind-discovery",
   "ids": [
    "gpt-rosalind-discovery"
   ],
   "kind": "text",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "5",
       "cached_input": "0.5",
       "output": "25"
      }
     },
     "source": [
      "litellm-1.109.1"
     ],
     "confidence": "single_source"
    }
   ]
  },
  {
   "id": "gpt-rosalind-research",
   "ids": [
    "gpt-rosalind-research"
   ],
   "kind": "text",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "5",
       "cached_input": "0.5",
       "output": "25"
      }
     },
     "source": [
      "litellm-1.109.1"
     ],
     "confidence": "single_source"
    }
   ]
  },
  {
   "id": "o1",
   "ids": [
    "o1",
    "o1-2024-12-17"
   ],
   "kind": "text",
   "periods": [
    {
     "from": "2024-12-17",
     "to": null,
     "per_1m": {
      "default": {
       "input": "15",
       "cached_input": "7.5",
       "output": "60"
      },
      "batch": {
       "input": "7.5",
       "output": "30"
      }
     },
     "source": [
      "litellm-1.109.1",
      "tokencost-0.1.26"
     ],
     "confidence": "two_sources"
    }
   ],
   "shutdown": "2026-10-23"
  },
  {
   "id": "o1-mini",
   "ids": [
    "o1-mini"
   ],
   "kind": "text",
   "periods": [
    {
     "from": "2024-09-12",
     "to": "2025-01-30",
     "per_1m": {
      "default": {
       "input": "3",
       "cached_input": "1.5",
       "output": "12"
      }
     },
     "source": [
      "tokencost git history 2024-10-13 / 2025-02-11"
     ],
     "confidence": "secondary"
    },
    {
     "from": "2025-01-31",
     "to": null,
     "per_1m": {
      "default": {
       "input": "1.1",
       "cached_input": "0.55",
       "output": "4.4"
      },
      "batch": {
       "input": "0.55",
       "output": "2.2"
      }
     },
     "source": [
      "tokencost-0.1.26",
      "official pricing page text (stored copy, 2026-07)"
     ],
     "confidence": "single_source",
     "note": "not in litellm 1.109.1 (retired there); last seen in tokencost 2025-08-13; batch by the official page of 2026-07"
    }
   ],
   "shutdown": "2025-10-27"
  },
  {
   "id": "o1-mini-2024-09-12",
   "ids": [
    "o1-mini-2024-09-12"
   ],
   "kind": "text",
   "periods": [
    {
     "from": null,
     "to": "2025-01-30",
     "per_1m": {
      "default": {
       "input": "3",
       "cached_input": "1.5",
       "output": "12"
      }
     },
     "source": [
      "tokencost-0.1.26"
     ],
     "confidence": "single_source",
     "note": "tokencost never updated the snapshot; the alias of the same model is 1.1/0.55/4.4"
    },
    {
     "from": "2025-01-31",
     "to": null,
     "per_1m": {
      "default": {
       "input": "1.1",
       "cached_input": "0.55",
       "output": "4.4"
      },
      "batch": {
       "input": "0.55",
       "output": "2.2"
      }
     },
     "source": [
      "tokencost-0.1.26",
      "official pricing page text (stored copy, 2026-07)"
     ],
     "confidence": "single_source",
     "note": "not in litellm 1.109.1 (retired there); last seen in tokencost 2025-08-13; batch by the official page of 2026-07"
    }
   ]
  },
  {
   "id": "o1-preview",
   "ids": [
    "o1-preview",
    "o1-preview-2024-09-12"
   ],
   "kind": "text",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "15",
       "cached_input": "7.5",
       "output": "60"
      }
     },
     "source": [
      "tokencost-0.1.26"
     ],
     "confidence": "single_source",
     "note": "not in litellm 1.109.1 (retired there); last seen in tokencost 2025-08-13"
    }
   ],
   "shutdown": "2025-07-28"
  },
  {
   "id": "o1-pro",
   "ids": [
    "o1-pro",
    "o1-pro-2025-03-19"
   ],
   "kind": "text",
   "periods": [
    {
     "from": "2025-03-19",
     "to": null,
     "per_1m": {
      "default": {
       "input": "150",
       "output": "600"
      },
      "batch": {
       "input": "75",
       "output": "300"
      }
     },
     "source": [
      "litellm-1.109.1",
      "tokencost-0.1.26"
     ],
     "confidence": "two_sources"
    }
   ],
   "shutdown": "2026-10-23"
  },
  {
   "id": "o3",
   "ids": [
    "o3",
    "o3-2025-04-16"
   ],
   "kind": "text",
   "periods": [
    {
     "from": "2025-04-16",
     "to": "2025-06-09",
     "per_1m": {
      "default": {
       "input": "10",
       "cached_input": "2.5",
       "output": "40"
      }
     },
     "source": [
      "tokencost git history 2025-05-07 / 2025-06-11"
     ],
     "confidence": "secondary"
    },
    {
     "from": "2025-06-10",
     "to": null,
     "per_1m": {
      "default": {
       "input": "2",
       "cached_input": "0.5",
       "output": "8"
      },
      "batch": {
       "input": "1",
       "output": "4"
      },
      "flex": {
       "input": "1",
       "cached_input": "0.25",
       "output": "4"
      },
      "priority": {
       "input": "3.5",
       "cached_input": "0.875",
       "output": "14"
      }
     },
     "source": [
      "litellm-1.109.1",
      "tokencost-0.1.26"
     ],
     "confidence": "two_sources"
    }
   ],
   "shutdown": "2026-12-11"
  },
  {
   "id": "o3-deep-research",
   "ids": [
    "o3-deep-research",
    "o3-deep-research-2025-06-26"
   ],
   "kind": "text",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "10",
       "cached_input": "2.5",
       "output": "40"
      }
     },
     "source": [
      "litellm-1.109.1",
      "tokencost-0.1.26"
     ],
     "confidence": "two_sources"
    }
   ],
   "shutdown": "2026-07-23"
  },
  {
   "id": "o3-mini",
   "ids": [
    "o3-mini",
    "o3-mini-2025-01-31"
   ],
   "kind": "text",
   "periods": [
    {
     "from": "2025-01-31",
     "to": null,
     "per_1m": {
      "default": {
       "input": "1.1",
       "cached_input": "0.55",
       "output": "4.4"
      },
      "batch": {
       "input": "0.55",
       "output": "2.2"
      }
     },
     "source": [
      "litellm-1.109.1",
      "tokencost-0.1.26"
     ],
     "confidence": "two_sources"
    }
   ],
   "shutdown": "2026-10-23"
  },
  {
   "id": "o3-pro",
   "ids": [
    "o3-pro",
    "o3-pro-2025-06-10"
   ],
   "kind": "text",
   "periods": [
    {
     "from": "2025-06-10",
     "to": null,
     "per_1m": {
      "default": {
       "input": "20",
       "output": "80"
      },
      "batch": {
       "input": "10",
       "output": "40"
      }
     },
     "source": [
      "litellm-1.109.1",
      "tokencost-0.1.26"
     ],
     "confidence": "two_sources"
    }
   ],
   "shutdown": "2026-12-11"
  },
  {
   "id": "o4-mini",
   "ids": [
    "o4-mini",
    "o4-mini-2025-04-16"
   ],
   "kind": "text",
   "periods": [
    {
     "from": "2025-04-16",
     "to": null,
     "per_1m": {
      "default": {
       "input": "1.1",
       "cached_input": "0.275",
       "output": "4.4"
      },
      "batch": {
       "input": "0.55",
       "output": "2.2"
      },
      "flex": {
       "input": "0.55",
       "cached_input": "0.138",
       "output": "2.2"
      },
      "priority": {
       "input": "2",
       "cached_input": "0.5",
       "output": "8"
      }
     },
     "source": [
      "litellm-1.109.1",
      "tokencost-0.1.26"
     ],
     "confidence": "two_sources"
    }
   ],
   "shutdown": "2026-10-23"
  },
  {
   "id": "o4-mini-deep-research",
   "ids": [
    "o4-mini-deep-research",
    "o4-mini-deep-research-2025-06-26"
   ],
   "kind": "text",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "2",
       "cached_input": "0.5",
       "output": "8"
      }
     },
     "source": [
      "litellm-1.109.1",
      "tokencost-0.1.26"
     ],
     "confidence": "two_sources"
    }
   ],
   "shutdown": "2026-07-23"
  },
  {
   "id": "gpt-4o-mini-transcribe",
   "ids": [
    "gpt-4o-mini-transcribe",
    "gpt-4o-mini-transcribe-2025-03-20",
    "gpt-4o-mini-transcribe-2025-12-15"
   ],
   "kind": "transcription",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "1.25",
       "output": "5",
       "audio_input": "3",
       "cached_audio_input": "3"
      }
     },
     "source": [
      "litellm-1.109.1",
      "tokencost-0.1.26"
     ],
     "confidence": "conflict_resolved",
     "note": "audio_input 3 per tokencost + official page; litellm has 1.25; fallback estimate 0.003 USD/min when no usage object; no discount on cached input is published, so cached audio costs what audio does",
     "estimate_per_unit": {
      "audio_input_minute": "0.003"
     }
    }
   ],
   "shutdown": "2027-02-26"
  },
  {
   "id": "gpt-4o-transcribe",
   "ids": [
    "gpt-4o-transcribe"
   ],
   "kind": "transcription",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "2.5",
       "output": "10",
       "audio_input": "6",
       "cached_audio_input": "6"
      }
     },
     "source": [
      "litellm-1.109.1",
      "tokencost-0.1.26"
     ],
     "confidence": "conflict_resolved",
     "note": "audio_input 6 per tokencost + official page; litellm has 2.5; fallback estimate 0.006 USD/min when no usage object; no discount on cached input is published, so cached audio costs what audio does",
     "estimate_per_unit": {
      "audio_input_minute": "0.006"
     }
    }
   ],
   "shutdown": "2027-02-26"
  },
  {
   "id": "gpt-4o-transcribe-diarize",
   "ids": [
    "gpt-4o-transcribe-diarize"
   ],
   "kind": "transcription",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_1m": {
      "default": {
       "input": "2.5",
       "output": "10",
       "audio_input": "6",
       "cached_audio_input": "6"
      }
     },
     "source": [
      "litellm-1.109.1"
     ],
     "confidence": "conflict_resolved",
     "note": "audio_input 6 per tokencost + official page; litellm has 2.5; fallback estimate 0.006 USD/min when no usage object; no discount on cached input is published, so cached audio costs what audio does",
     "estimate_per_unit": {
      "audio_input_minute": "0.006"
     }
    }
   ],
   "shutdown": "2027-02-26"
  },
  {
   "id": "gpt-live-transcribe",
   "ids": [
    "gpt-live-transcribe"
   ],
   "kind": "transcription",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_unit": {
      "audio_input_minute": "0.017"
     },
     "source": [
      "litellm-1.109.1"
     ],
     "confidence": "single_source"
    }
   ]
  },
  {
   "id": "gpt-realtime-whisper",
   "ids": [
    "gpt-realtime-whisper"
   ],
   "kind": "transcription",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_unit": {
      "audio_input_minute": "0.017"
     },
     "source": [
      "litellm-1.109.1"
     ],
     "confidence": "single_source"
    }
   ]
  },
  {
   "id": "gpt-transcribe",
   "ids": [
    "gpt-transcribe"
   ],
   "kind": "transcription",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_unit": {
      "audio_input_minute": "0.0045"
     },
     "source": [
      "litellm-1.109.1"
     ],
     "confidence": "single_source"
    }
   ]
  },
  {
   "id": "whisper-1",
   "ids": [
    "whisper-1"
   ],
   "kind": "transcription",
   "periods": [
    {
     "from": null,
     "to": null,
     "per_unit": {
      "audio_input_minute": "0.006"
     },
     "source": [
      "litellm-1.109.1",
      "tokencost-0.1.26"
     ],
     "confidence": "conflict_resolved",
     "note": "0.006 USD/min; litellm also repeats it as output price: do not add both"
    }
   ],
   "shutdown": "2027-02-26"
  },
  {
   "id": "sora-2",
   "ids": [
    "sora-2"
   ],
   "kind": "video",
   "periods": [
    {
     "from": null,
     "to": "2026-09-24",
     "per_unit": {
      "video_output_second": "0.1"
     },
     "source": [
      "litellm-1.109.1"
     ],
     "confidence": "single_source"
    }
   ],
   "shutdown": "2026-09-24"
  },
  {
   "id": "sora-2-pro",
   "ids": [
    "sora-2-pro"
   ],
   "kind": "video",
   "periods": [
    {
     "from": null,
     "to": "2026-09-24",
     "per_unit": {
      "video_output_second": "0.3"
     },
     "source": [
      "litellm-1.109.1"
     ],
     "confidence": "single_source"
    }
   ],
   "shutdown": "2026-09-24"
  },
  {
   "id": "sora-2-pro-high-res",
   "ids": [
    "sora-2-pro-high-res"
   ],
   "kind": "video",
   "periods": [
    {
     "from": null,
     "to": "2026-09-24",
     "per_unit": {
      "video_output_second": "0.5"
     },
     "source": [
      "litellm-1.109.1"
     ],
     "confidence": "single_source"
    }
   ],
   "shutdown": "2026-09-24"
  }
 ],
 "tools": [
  {
   "id": "web_search",
   "counted_by": "/tool_usage/web_search/num_requests, else completed web_search_call items whose action.type==\"search\"",
   "unit": "call",
   "periods": [
    {
     "from": null,
     "to": null,
     "price": "0.01",
     "source": [
      "official pricing page text",
      "litellm search_context_cost_per_query"
     ],
     "confidence": "two_sources",
     "note": "search content tokens are inside usage.input_tokens, except gpt-4o-mini and gpt-4.1-mini: fixed 8000 input tokens per call"
    }
   ]
  },
  {
   "id": "web_search_preview.reasoning",
   "unit": "call",
   "periods": [
    {
     "from": null,
     "to": null,
     "price": "0.01",
     "source": [
      "official pricing page text"
     ],
     "confidence": "single_source",
     "note": "legacy tool type web_search_preview with reasoning models; content tokens billed"
    }
   ]
  },
  {
   "id": "web_search_preview.non_reasoning",
   "unit": "call",
   "periods": [
    {
     "from": null,
     "to": null,
     "price": "0.025",
     "source": [
      "official pricing page text",
      "litellm (gpt-4.1, gpt-4o-mini, *-search-preview)"
     ],
     "confidence": "two_sources",
     "note": "content tokens free"
    }
   ]
  },
  {
   "id": "file_search",
   "counted_by": "completed file_search_call items (Responses API only)",
   "unit": "call",
   "periods": [
    {
     "from": null,
     "to": null,
     "price": "0.0025",
     "source": [
      "official pricing page text",
      "litellm OPENAI_FILE_SEARCH_COST_PER_1K_CALLS"
     ],
     "confidence": "two_sources"
    }
   ]
  },
  {
   "id": "file_search.storage",
   "counted_by": "not visible per call; vector_store.usage_bytes polled",
   "unit": "GiB_day",
   "free_units": "1",
   "periods": [
    {
     "from": null,
     "to": null,
     "price": "0.1",
     "source": [
      "official pricing page text",
      "litellm (azure constant)"
     ],
     "confidence": "two_sources",
     "note": "GiB = 2^30 bytes, first GiB free"
    }
   ]
  },
  {
   "id": "container.1g",
   "counted_by": "distinct container_id per 20 min window",
   "unit": "container_20min",
   "periods": [
    {
     "from": null,
     "to": "2026-03-30",
     "price": "0.03",
     "source": [
      "official pricing page text"
     ],
     "confidence": "single_source",
     "note": "was per container (session), not per 20 minutes"
    },
    {
     "from": "2026-03-31",
     "to": null,
     "price": "0.03",
     "source": [
      "official pricing page text",
      "litellm openai/container 0.03"
     ],
     "confidence": "two_sources"
    }
   ]
  },
  {
   "id": "container.4g",
   "unit": "container_20min",
   "periods": [
    {
     "from": "2026-03-31",
     "to": null,
     "price": "0.12",
     "source": [
      "official pricing page text"
     ],
     "confidence": "single_source"
    }
   ]
  },
  {
   "id": "container.16g",
   "unit": "container_20min",
   "periods": [
    {
     "from": "2026-03-31",
     "to": null,
     "price": "0.48",
     "source": [
      "official pricing page text"
     ],
     "confidence": "single_source"
    }
   ]
  },
  {
   "id": "container.64g",
   "unit": "container_20min",
   "periods": [
    {
     "from": "2026-03-31",
     "to": null,
     "price": "1.92",
     "source": [
      "official pricing page text"
     ],
     "confidence": "single_source"
    }
   ]
  },
  {
   "id": "image_generation",
   "counted_by": "/tool_usage/image_gen tokens at the rates of the image model named in tools[].model",
   "unit": "none",
   "periods": []
  },
  {
   "id": "computer_use",
   "unit": "none",
   "periods": [],
   "note": "no per-call fee, tokens only"
  },
  {
   "id": "mcp",
   "unit": "none",
   "periods": [],
   "note": "no per-call fee, tokens only"
  },
  {
   "id": "moderation",
   "unit": "none",
   "periods": [
    {
     "from": null,
     "to": null,
     "price": "0",
     "source": [
      "official pricing page text"
     ],
     "confidence": "single_source"
    }
   ]
  }
 ]
}
"""#
}
