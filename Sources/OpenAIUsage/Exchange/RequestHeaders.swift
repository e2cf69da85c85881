import HTTPTypes

/// The facts of a request's headers, read in one pass.
///
/// The values of a repeated field are joined to one list (RFC 9110, section 5.3).
package struct RequestHeaders: Sendable {
    package enum Field: Sendable {
        case contentType, contentEncoding, authorization, azureKey, organization, project, userAgent
        case clientLanguage, clientVersion, clientRequestID, idempotencyKey, retryCount, tags, traceParent
    }

    private static let fields: HeaderNameMap<Field> = HeaderNameMap([
        "content-type": .contentType, "content-encoding": .contentEncoding, "authorization": .authorization,
        "api-key": .azureKey, "openai-organization": .organization, "openai-project": .project,
        "user-agent": .userAgent, "x-stainless-lang": .clientLanguage, "x-stainless-package-version": .clientVersion,
        "x-client-request-id": .clientRequestID, "idempotency-key": .idempotencyKey,
        "x-stainless-retry-count": .retryCount, "openai-usage-tags": .tags, "traceparent": .traceParent,
    ])

    /// The names of the fields that are read.
    package static var names: [String] { fields.names }

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

    package init() {}

    init(_ fields: HTTPFields) {
        for field in fields {
            guard let kind = Self.fields[field.name.canonicalName] else { continue }
            take(kind, field.value)
        }
    }

    /// The field of a name in lower case; `nil` if it is not read.
    package static func field(named name: String) -> Field? { fields[name] }

    /// Adds the value of a field.
    package mutating func take(_ field: Field, _ value: String) {
        switch field {
        case .contentType: Self.add(value, to: &contentType)
        case .contentEncoding: Self.add(value, to: &contentEncoding)
        case .authorization: Self.add(value, to: &authorization)
        case .azureKey: Self.add(value, to: &azureKey)
        case .organization: Self.add(value, to: &organization)
        case .project: Self.add(value, to: &project)
        case .userAgent: Self.add(value, to: &userAgent)
        case .clientLanguage: Self.add(value, to: &clientLanguage)
        case .clientVersion: Self.add(value, to: &clientVersion)
        case .clientRequestID: Self.add(value, to: &clientRequestID)
        case .idempotencyKey: Self.add(value, to: &idempotencyKey)
        case .retryCount: Self.add(value, to: &retryCount)
        case .tags: Self.add(value, to: &tags)
        case .traceParent: Self.add(value, to: &traceParent)
        }
    }

    /// Replaces the credentials of the fields.
    package mutating func identify(by credential: String) {
        azureKey = nil
        authorization = "Bearer \(credential)"
    }

    private static func add(_ value: String, to known: inout String?) {
        known = known.map { "\($0), \(value)" } ?? value
    }
}
