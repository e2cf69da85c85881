/// A dimension whose values repeat, so that rows refer to them by number.
enum LabelKind: Int, CaseIterable {
    case client
    case method
    case host
    case path
    case endpoint
    case organization
    case project
    case key
    case tags
    case model
    case serviceTier
    case backgroundWindow
    case finish
    case errorType
    case errorCode
    case usageSource
    case costReason
    case priceVersion
    case requestOptions
    case diagnostics

    /// The dimension's name in the table of labels.
    var name: String {
        switch self {
        case .client: "client"
        case .method: "method"
        case .host: "host"
        case .path: "path"
        case .endpoint: "endpoint"
        case .organization: "organization"
        case .project: "project"
        case .key: "key"
        case .tags: "tags"
        case .model: "model"
        case .serviceTier: "service_tier"
        case .backgroundWindow: "background_window"
        case .finish: "finish"
        case .errorType: "error_type"
        case .errorCode: "error_code"
        case .usageSource: "usage_source"
        case .costReason: "cost_reason"
        case .priceVersion: "price_version"
        case .requestOptions: "request_options"
        case .diagnostics: "diagnostics"
        }
    }

    private static let kinds = Dictionary(uniqueKeysWithValues: allCases.map { ($0.name, $0) })

    /// The dimension of a name in the table of labels.
    init?(name: String) {
        guard let kind = Self.kinds[name] else { return nil }
        self = kind
    }
}
