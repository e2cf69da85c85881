import HTTPTypes

/// The facts of a response's headers, read in one pass.
///
/// Names may be in any case and may repeat: of a field with a single value, the first that is not empty counts.
package struct ResponseHeaders: ~Copyable {
    package enum Field: Sendable {
        case contentType, contentEncoding, transferEncoding, date
        case processing, organization, project, model
        case requestID, azureRequestID, generationID, correlationID, edgeRequestID, upstreamService
        case retryAfter, retryAfterMilliseconds
        case diagnostic
        case cacheKey, cost, undiscountedCost
    }

    private static let fields: HeaderNameMap<Field> = HeaderNameMap([
        "content-type": .contentType, "content-encoding": .contentEncoding, "transfer-encoding": .transferEncoding,
        "date": .date, "openai-processing-ms": .processing, "openai-organization": .organization,
        "openai-project": .project, "openai-model": .model, "x-request-id": .requestID,
        "apim-request-id": .azureRequestID, "x-generation-id": .generationID,
        "mistral-correlation-id": .correlationID, "retry-after": .retryAfter,
        "retry-after-ms": .retryAfterMilliseconds, "x-should-retry": .diagnostic, "openai-version": .diagnostic,
        "x-envoy-upstream-service-time": .upstreamService, "x-openai-proxy-wasm": .diagnostic, "via": .diagnostic,
        "server": .diagnostic, "cf-ray": .edgeRequestID, "cf-cache-status": .diagnostic,
        "x-ms-region": .diagnostic, "x-ms-deployment-name": .diagnostic, "x-ms-rai-invoked": .diagnostic,
        "azureml-model-session": .diagnostic,
        "cf-aig-cache-status": .diagnostic, "helicone-cache": .diagnostic, "x-portkey-cache-status": .diagnostic,
        "x-openrouter-cache-status": .diagnostic, "x-ai-cache-status": .diagnostic, "x-tfy-cache-status": .diagnostic,
        "x-omniroute-cache": .diagnostic, "x-omniroute-cache-hit": .diagnostic, "x-bt-cached": .diagnostic,
        "x-litellm-cache-hit": .diagnostic, "x-cache-status": .diagnostic, "x-litellm-cache-key": .cacheKey,
        "x-litellm-response-cost": .cost, "x-litellm-response-cost-original": .undiscountedCost,
        "x-omniroute-response-cost": .cost, "x-router-cost-usd": .cost, "x-llm-cost": .cost, "x-nr-request-cost": .cost,
        "x-tfy-cost-usd": .cost, "x-bifrost-cost-usd": .cost, "helicone-cost": .cost,
    ])

    /// The names of the fields that are read, except those of rate limits.
    package static var names: [String] { fields.names }

    /// The longest value of a diagnostic field that is stored, in bytes.
    private static let maximumDiagnosticLength = 64

    private(set) var contentType: String?
    private(set) var contentEncoding: String?
    private(set) var transferEncoding: String?
    /// The value of `openai-processing-ms`, in microseconds.
    private(set) var processing: Int64?
    private(set) var organization: String?
    private(set) var project: String?
    private(set) var model: String?
    private(set) var requestID: String?
    private(set) var edgeRequestID: String?
    /// The value of `x-envoy-upstream-service-time`, in microseconds.
    private(set) var upstreamService: Int64?
    /// The fields that a support case asks for besides the identity, by name.
    private(set) var diagnostics: [String: String] = [:]
    private(set) var rateLimits: RateLimits?
    private(set) var retryAfterMilliseconds: Int64?
    /// The cost that a gateway in front of the provider reports, in USD as a plain decimal; never zero, which such
    /// gateways also report for models without a price.
    private(set) var providerCost: String?

    private var limits = RateLimits()
    private var azureRequestID: String?
    private var generationID: String?
    private var correlationID: String?
    private var cloudflareRay: String?
    private var date: String?
    private var retryAfter: String?
    private var exactRetryAfter: String?
    private var undiscountedCost: String?

    /// Creates empty headers; add the fields, then call ``finish(wallMicroseconds:)``.
    package init() {}

    /// - Parameters:
    ///   - fields: The head's fields.
    ///   - wallMicroseconds: The current time, with which a retry date is compared if the head has no date.
    init(_ fields: HTTPFields, wallMicroseconds: Int64) {
        for field in fields {
            let name = field.name.canonicalName
            if let kind = Self.fields[name] {
                take(kind, name: name, field.value)
            } else {
                _ = limits.take(name: name, value: field.value)
            }
        }
        finish(wallMicroseconds: wallMicroseconds)
    }

    /// The field of a name in lower case; `nil` if it is not read.
    package static func field(named name: String) -> Field? { fields[name] }

    /// Adds the value of an `x-ratelimit-*` field; ignores any other.
    ///
    /// - Parameters:
    ///   - name: The name, in any case.
    ///   - value: The value.
    package mutating func takeLimit(name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
        _ = limits.take(name: name, value: value)
    }

    /// Adds the value of a field.
    ///
    /// - Parameters:
    ///   - field: The field.
    ///   - name: Its name in lower case.
    ///   - value: Its value.
    package mutating func take(_ field: Field, name: String, _ value: String) {
        switch field {
        case .contentType: Self.keep(value, &contentType)
        case .contentEncoding:
            // Repeated fields form one list of codings (RFC 9110, section 5.3).
            contentEncoding = contentEncoding.map { "\($0), \(value)" } ?? value
        case .transferEncoding: Self.keep(value, &transferEncoding)
        case .date: Self.keep(value, &date)
        case .processing: processing = processing ?? HeaderText.microseconds(milliseconds: value)
        case .organization: Self.keep(TextCleaner.clean(value), &organization)
        case .project: Self.keep(TextCleaner.clean(value), &project)
        case .model: Self.keep(TextCleaner.clean(value), &model)
        case .requestID: Self.keep(TextCleaner.clean(value), &requestID)
        case .azureRequestID: Self.keep(TextCleaner.clean(value), &azureRequestID)
        case .generationID: Self.keep(TextCleaner.clean(value), &generationID)
        case .correlationID: Self.keep(TextCleaner.clean(value), &correlationID)
        case .edgeRequestID: Self.keep(TextCleaner.clean(value), &cloudflareRay)
        case .upstreamService: upstreamService = upstreamService ?? HeaderText.microseconds(milliseconds: value)
        case .retryAfter: Self.keep(value, &retryAfter)
        case .retryAfterMilliseconds: Self.keep(value, &exactRetryAfter)
        // The key is derived from the request; its presence says enough.
        case .cacheKey: if !value.isEmpty { diagnostics[name] = "present" }
        case .cost: providerCost = providerCost ?? Self.cost(value)
        case .undiscountedCost: undiscountedCost = undiscountedCost ?? Self.cost(value)
        case .diagnostic:
            guard diagnostics[name] == nil else { return }
            // Room for the fields that the API itself sends.
            if diagnostics.isEmpty { diagnostics.reserveCapacity(6) }
            diagnostics[name] = TextCleaner.clean(value, maximumLength: Self.maximumDiagnosticLength)
        }
    }

    /// Derives the facts that depend on several fields.
    ///
    /// - Parameter wallMicroseconds: The current time, with which a retry date is compared if the head has no date.
    package mutating func finish(wallMicroseconds: Int64) {
        providerCost = providerCost ?? undiscountedCost
        edgeRequestID = azureRequestID ?? generationID ?? correlationID ?? cloudflareRay
        rateLimits = limits.windows.isEmpty ? nil : limits
        retryAfterMilliseconds =
            HeaderText.microseconds(milliseconds: exactRetryAfter).map { $0 / 1_000 }
            ?? Self.milliseconds(retryAfter: retryAfter, date: date, wallMicroseconds: wallMicroseconds)
    }

    /// The cost in a value; `nil` if it is zero, negative or no number.
    private static func cost(_ value: String) -> String? {
        guard let cost = JSONNumber.decimal(text: value.utf8), cost != "0", !cost.hasPrefix("-") else { return nil }
        return cost
    }

    private static func keep(_ value: String?, _ known: inout String?) {
        if known == nil, let value, !value.isEmpty { known = value }
    }

    /// The wait of a `retry-after` field: seconds, or a date, which is compared with the head's own date.
    private static func milliseconds(retryAfter: String?, date: String?, wallMicroseconds: Int64) -> Int64? {
        guard let retryAfter else { return nil }
        // Seconds that are parsed as milliseconds yield milliseconds instead of microseconds.
        if let milliseconds = HeaderText.microseconds(milliseconds: retryAfter) { return milliseconds }
        let now = wallMicroseconds / 1_000_000
        guard let until = HTTPDate.seconds(retryAfter, now: now) else { return nil }
        let since = date.flatMap { HTTPDate.seconds($0, now: now) } ?? now
        return max(0, until - since) * 1_000
    }
}
