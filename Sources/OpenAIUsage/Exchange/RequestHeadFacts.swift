import HTTPTypes

/// What a request's head says, read in one pass.
///
/// Of a name that comes twice the values stand in one list, as HTTP says.
struct RequestHeadFacts: Sendable {
    private enum Field: Sendable {
        case contentType, contentEncoding, authorization, azureKey, organization, project, userAgent
        case clientLanguage, clientVersion, clientRequestID, idempotencyKey, retryCount, tags, traceParent
    }

    private static let fields: FieldTable<Field> = FieldTable([
        "content-type": .contentType, "content-encoding": .contentEncoding, "authorization": .authorization,
        "api-key": .azureKey, "openai-organization": .organization, "openai-project": .project,
        "user-agent": .userAgent, "x-stainless-lang": .clientLanguage, "x-stainless-package-version": .clientVersion,
        "x-client-request-id": .clientRequestID, "idempotency-key": .idempotencyKey,
        "x-stainless-retry-count": .retryCount, "openai-usage-tags": .tags, "traceparent": .traceParent,
    ])

    /// The names of the fields that are read.
    static var names: [String] { fields.names }

    private(set) var contentType: String?
    private(set) var contentEncoding: String?
    private(set) var authorization: String?
    private(set) var azureKey: String?
    private(set) var organization: String?
    private(set) var project: String?
    private(set) var userAgent: String?
    private(set) var clientLanguage: String?
    private(set) var clientVersion: String?
    private(set) var clientRequestID: String?
    private(set) var idempotencyKey: String?
    private(set) var retryCount: String?
    private(set) var tags: String?
    private(set) var traceParent: String?

    init(_ fields: HTTPFields) {
        for field in fields {
            guard let kind = Self.fields[field.name.canonicalName] else { continue }
            switch kind {
            case .contentType: Self.add(field.value, to: &contentType)
            case .contentEncoding: Self.add(field.value, to: &contentEncoding)
            case .authorization: Self.add(field.value, to: &authorization)
            case .azureKey: Self.add(field.value, to: &azureKey)
            case .organization: Self.add(field.value, to: &organization)
            case .project: Self.add(field.value, to: &project)
            case .userAgent: Self.add(field.value, to: &userAgent)
            case .clientLanguage: Self.add(field.value, to: &clientLanguage)
            case .clientVersion: Self.add(field.value, to: &clientVersion)
            case .clientRequestID: Self.add(field.value, to: &clientRequestID)
            case .idempotencyKey: Self.add(field.value, to: &idempotencyKey)
            case .retryCount: Self.add(field.value, to: &retryCount)
            case .tags: Self.add(field.value, to: &tags)
            case .traceParent: Self.add(field.value, to: &traceParent)
            }
        }
    }

    private static func add(_ value: String, to known: inout String?) {
        known = known.map { "\($0), \(value)" } ?? value
    }
}
