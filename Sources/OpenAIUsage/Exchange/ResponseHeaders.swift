import HTTPTypes

/// What a response's head says, read in one pass.
///
/// Names come in any case and may come twice: of a field that has one value, the first that is not empty stands.
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

    /// The names of the fields that are read, without those of rate limits.
    package static var names: [String] { fields.names }

    /// The longest value of a diagnostic field that is kept, in bytes.
    private static let maximumDiagnosticLength = 64

    private(set) var contentType: String?
    private(set) var contentEncoding: String?
    private(set) var transferEncoding: String?
    /// Microseconds.
    private(set) var processing: Int64?
    private(set) var organization: String?
    private(set) var project: String?
    private(set) var model: String?
    private(set) var requestID: String?
    private(set) var edgeRequestID: String?
    /// Microseconds.
    private(set) var upstreamService: Int64?
    /// What a support case would ask for beside the identity, by the name of its field.
    private(set) var diagnostics: [String: String] = [:]
    private(set) var rateLimits: RateLimits?
    private(set) var retryAfterMilliseconds: Int64?
    /// The cost that a gateway before the provider tells, in USD as a plain decimal; never zero, which such gateways
    /// also say of models without a price.
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

    /// Facts of a head of which nothing is read yet; ``finish(wallMicroseconds:)`` completes them.
    package init() {}

    /// - Parameters:
    ///   - fields: The head's fields.
    ///   - wallMicroseconds: The present, from which a date to wait for is counted if the head bears none itself.
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

    /// The field of a name in lower case; `nil` if it is none that is read.
    package static func field(named name: String) -> Field? { fields[name] }

    /// Adds the value of an `x-ratelimit-*` field; ignores any other.
    ///
    /// - Parameters:
    ///   - name: The name in any case.
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
            // Several codings are one list, however many fields it takes.
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
        // The key is made of the request; that there is one says enough.
        case .cacheKey: if !value.isEmpty { diagnostics[name] = "present" }
        case .cost: providerCost = providerCost ?? Self.cost(value)
        case .undiscountedCost: undiscountedCost = undiscountedCost ?? Self.cost(value)
        case .diagnostic:
            guard diagnostics[name] == nil else { return }
            // Room for what the API itself sends, at once.
            if diagnostics.isEmpty { diagnostics.reserveCapacity(6) }
            diagnostics[name] = TextCleaner.clean(value, maximumLength: Self.maximumDiagnosticLength)
        }
    }

    /// Concludes from all fields together.
    ///
    /// - Parameter wallMicroseconds: The present, from which a date to wait for is counted if the head bears none itself.
    package mutating func finish(wallMicroseconds: Int64) {
        providerCost = providerCost ?? undiscountedCost
        edgeRequestID = azureRequestID ?? generationID ?? correlationID ?? cloudflareRay
        rateLimits = limits.windows.isEmpty ? nil : limits
        retryAfterMilliseconds =
            HeaderText.microseconds(milliseconds: exactRetryAfter).map { $0 / 1_000 }
            ?? Self.milliseconds(retryAfter: retryAfter, date: date, wallMicroseconds: wallMicroseconds)
    }

    /// A cost that says something.
    private static func cost(_ value: String) -> String? {
        guard let cost = JSONNumber.decimal(text: value.utf8), cost != "0", !cost.hasPrefix("-") else { return nil }
        return cost
    }

    private static func keep(_ value: String?, _ known: inout String?) {
        if known == nil, let value, !value.isEmpty { known = value }
    }

    /// The wait of a `retry-after` field: seconds, or a date, which is counted from the head's own.
    private static func milliseconds(retryAfter: String?, date: String?, wallMicroseconds: Int64) -> Int64? {
        guard let retryAfter else { return nil }
        // A thousandth of the field's unit is taken for a millisecond where it is read as milliseconds.
        if let milliseconds = HeaderText.microseconds(milliseconds: retryAfter) { return milliseconds }
        let now = wallMicroseconds / 1_000_000
        guard let until = HTTPDate.seconds(retryAfter, now: now) else { return nil }
        let since = date.flatMap { HTTPDate.seconds($0, now: now) } ?? now
        return max(0, until - since) * 1_000
    }
}
