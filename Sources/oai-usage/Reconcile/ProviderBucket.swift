import OpenAIUsage
import OpenAIUsagePricing

/// The provider's report on an hour or a day.
struct ProviderBucket {
    var kind: ProviderKind
    /// The start and the end in seconds since 1970.
    var start: Int64
    var end: Int64
    /// The results as they were received.
    var results: [JSONDocument.Value]
    /// The time of the answer in microseconds since 1970.
    var fetchedAt: Int64

    /// The length in seconds.
    var width: Int64 { end - start }

    /// The results as one line of JSON, by which two answers are compared.
    var text: String { JSONDocument.Value.elements(results).line }

    /// The hash of ``text``.
    var hash: String { ContentHash.text(ContentHash.value(of: text)) }

    /// The place in a history.
    var key: ProviderHistory.Key { ProviderHistory.Key(kind: kind, start: start, end: end) }

    /// The name in messages: `costs of 2026-11-23`.
    var name: String {
        let time = TimestampText.utc(start * 1_000_000, isShort: true)
        return "\(kind.rawValue) of \(width == 86_400 ? String(time.prefix(10)) : time)"
    }

    /// Reads all results, so that what is not understood is known before it is kept.
    ///
    /// - Throws: A ``ProviderDataError`` that names the bucket.
    func check() throws(ProviderDataError) {
        for result in results {
            do throws(ProviderDataError) {
                if kind == .costs { _ = try ProviderCost(result) } else { _ = try ProviderUsage(result, kind: kind) }
            } catch {
                throw ProviderDataError("In the bucket \(name): \(error)")
            }
        }
    }
}

/// A result of usage.
struct ProviderUsage: Equatable {
    var project: String?
    var keyID: String?
    var model: String?
    var tier: String?
    var isBatch = false
    /// The number of requests; `nil` if the provider reports none.
    var requests: Int64?
    /// The counters that make up the tokens; the parts of the input are disjoint.
    var items: [PriceItem: Int64] = [:]
    /// The number of calls of a tool.
    var toolCalls: Int64?

    /// Creates a result; members that are unknown are ignored.
    ///
    /// - Throws: A ``ProviderDataError`` for a member of another type, and for a count that is negative or not plausible.
    init(_ value: JSONDocument.Value, kind: ProviderKind) throws(ProviderDataError) {
        func text(_ name: String) -> String? { value[name]?.string.flatMap { $0.isEmpty ? nil : $0 } }
        func count(_ name: String) throws(ProviderDataError) -> Int64? {
            try ProviderDataError.count(value[name], name, kind)
        }
        project = text("project_id")
        keyID = text("api_key_id")
        model = text("model")
        tier = text("service_tier")
        if case .bool(true)? = value["batch"] { isBatch = true }
        requests = try count("num_model_requests")
        switch kind {
        case .completions: items = try Self.completionItems(count)
        case .embeddings: items = [.input: try count("input_tokens") ?? 0]
        case .interpreterSessions: toolCalls = try count("num_sessions")
        case .webSearches, .fileSearches: toolCalls = try count("num_requests")
        // The tokens of moderations are free, and not measured on our side.
        default: break
        }
        items = items.filter { $0.value != 0 }
    }

    /// The sum of all counters.
    var sum: Int128 {
        items.values.reduce(Int128(requests ?? 0) + Int128(toolCalls ?? 0)) { $0 + Int128($1) }
    }

    /// The counters of completions, whose text, audio and image input is what the cache had no part in.
    private static func completionItems(
        _ count: (String) throws(ProviderDataError) -> Int64?
    ) throws(ProviderDataError) -> [PriceItem: Int64] {
        var items: [PriceItem: Int64] = [:]
        let total = try count("input_tokens") ?? 0
        let cached = try count("input_cached_tokens") ?? 0
        items[.cachedAudioInput] = try count("input_cached_audio_tokens") ?? 0
        items[.cachedImageInput] = try count("input_cached_image_tokens") ?? 0
        items[.cachedInput] = max(0, cached - (items[.cachedAudioInput] ?? 0) - (items[.cachedImageInput] ?? 0))
        let written = try count("input_cache_write_tokens") ?? 0
        items[.cacheWrite12Hour] = try count("input_cache_write_12h_tokens") ?? 0
        items[.cacheWrite] = max(0, written - (items[.cacheWrite12Hour] ?? 0))
        items[.audioInput] = try count("input_audio_tokens") ?? 0
        items[.imageInput] = try count("input_image_tokens") ?? 0
        items[.input] = max(0, total - cached - written - (items[.audioInput] ?? 0) - (items[.imageInput] ?? 0))
        items[.audioOutput] = try count("output_audio_tokens") ?? 0
        items[.imageOutput] = try count("output_image_tokens") ?? 0
        let output = try count("output_tokens") ?? 0
        items[.output] = max(0, output - (items[.audioOutput] ?? 0) - (items[.imageOutput] ?? 0))
        return items
    }
}

/// A result of costs.
struct ProviderCost: Equatable {
    var project: String?
    var keyID: String?
    var lineItem: String?
    var picoUSD: Int128
    /// The number of decimals of the amount as received.
    var decimals: Int
    /// The quantity in thousandths; `nil` if the provider reports none.
    var quantityThousandths: Int128?
    var unit: String?

    /// The quantity if it counts tokens; `nil` otherwise.
    var tokens: Int128? {
        guard let quantityThousandths else { return nil }
        switch unit {
        case "tokens", "token", nil: return quantityThousandths / 1_000
        case "1000_tokens": return quantityThousandths
        default: return nil
        }
    }

    /// Creates a result; members that are unknown are ignored.
    ///
    /// - Throws: A ``ProviderDataError`` for an amount that is not a number, not plausible, or not in dollars.
    init(_ value: JSONDocument.Value) throws(ProviderDataError) {
        let amount = value["amount"]
        guard let text = amount?["value"]?.number ?? amount?["value"]?.string, let number = DecimalNumber(text),
            let pico = number.exactPicoUSD() ?? number.picoUSD.map({ Int128($0) }),
            pico.magnitude <= ProviderLimits.picoUSD.magnitude
        else {
            throw ProviderDataError("A result of costs has no amount that is a number up to 10^12.")
        }
        let currency = amount?["currency"]?.string ?? "usd"
        guard currency.lowercased() == "usd" else {
            throw ProviderDataError("The costs are in \(TextFit.clean(currency)); only US dollars are compared.")
        }
        picoUSD = pico
        decimals = max(0, number.scale)
        project = value["project_id"]?.string
        keyID = value["api_key_id"]?.string
        lineItem = value["line_item"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        unit = value["quantity_unit"]?.string
        if let text = value["quantity"]?.number ?? value["quantity"]?.string {
            // Thousandths of a unit are as pico-dollars, less nine decimals.
            guard let number = DecimalNumber(text),
                let pico = number.exactPicoUSD() ?? number.picoUSD.map({ Int128($0) })
            else { throw ProviderDataError("The quantity of a result of costs is not a number up to 10^15.") }
            let thousandths = DecimalText.quotientHalfEven(pico, by: 1_000_000_000)
            guard thousandths.magnitude <= UInt128(ProviderLimits.count) * 1_000 else {
                throw ProviderDataError("The quantity of a result of costs is not a number up to 10^15.")
            }
            quantityThousandths = thousandths
        }
    }
}

/// Data of the provider that cannot be read.
struct ProviderDataError: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) { self.description = description }

    /// Returns a count; `nil` if it is absent or null.
    ///
    /// - Throws: An error for a value that is not a whole number from 0 to the limit.
    static func count(
        _ value: JSONDocument.Value?,
        _ name: String,
        _ kind: ProviderKind,
        limit: Int64 = ProviderLimits.count
    ) throws(ProviderDataError) -> Int64? {
        switch value {
        case nil, .null?: return nil
        case .number(let text)?:
            if let quantity = DecimalNumber(text)?.quantity, quantity.denominator == 1, quantity.numerator <= limit {
                return quantity.numerator
            }
        default: break
        }
        throw ProviderDataError("\(name) of \(kind.rawValue) is not a whole number from 0 to \(limit).")
    }
}
