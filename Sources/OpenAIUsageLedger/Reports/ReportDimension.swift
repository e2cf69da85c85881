/// A dimension by which a report is grouped.
public enum ReportDimension: Sendable, Hashable, CustomStringConvertible {
    /// The project to which the call is attributed.
    case project
    /// The answered model, or else the requested one.
    case model
    /// The name of the endpoint.
    case endpoint
    /// The model that the request asked for.
    case requestedModel
    /// The organization that the response named.
    case organization
    /// The fingerprint of the API key.
    case key
    /// The client that made the call.
    case client
    /// The host of the upstream.
    case host
    /// The service tier that served the call.
    case serviceTier
    /// The outcome of the call.
    case outcome
    /// The HTTP status.
    case status
    /// The `code` of the API's error, else its `type`.
    case errorCode
    /// The hour in the report's time zone.
    case hour
    /// The day in the report's time zone.
    case day
    /// The ISO 8601 week in the report's time zone.
    case week
    /// The month in the report's time zone.
    case month
    /// The value of the tag with the given name.
    case tag(String)

    private static let named: [(name: String, dimension: ReportDimension)] = [
        ("project", .project), ("model", .model), ("requested-model", .requestedModel), ("endpoint", .endpoint),
        ("organization", .organization),
        ("key", .key), ("client", .client), ("host", .host), ("tier", .serviceTier), ("outcome", .outcome),
        ("status", .status), ("error", .errorCode),
        ("hour", .hour), ("day", .day), ("week", .week), ("month", .month),
    ]

    /// The dimensions whose keys in JSON differ from their names.
    private static let keys: [String: ReportDimension] = [
        "request_model": .requestedModel, "service_tier": .serviceTier, "error_code": .errorCode,
    ]

    /// The names of all dimensions, with `tag:NAME` for tags.
    public static var names: [String] { named.map(\.name) + ["tag:NAME"] }

    /// Creates a dimension from its name, or from its key in the JSON of calls; `nil` if it is unknown.
    public init?(_ name: some StringProtocol) {
        if name.hasPrefix("tag:"), name.utf8.count > 4 {
            self = .tag(String(name.dropFirst(4)))
        } else if let found = Self.named.first(where: { $0.name == name }) {
            self = found.dimension
        } else if let found = Self.keys.first(where: { $0.key == String(name) }) {
            self = found.value
        } else {
            return nil
        }
    }

    /// Parses a list such as `project,model`, or `none` for a report without groups.
    ///
    /// - Parameter text: The names, separated by commas.
    /// - Returns: The dimensions; `nil` if a name is unknown or empty.
    package static func list(_ text: String) -> [ReportDimension]? {
        if text == "none" { return [] }
        var dimensions: [ReportDimension] = []
        for name in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let dimension = ReportDimension(name) else { return nil }
            dimensions.append(dimension)
        }
        return dimensions
    }

    /// The first dimension that is in a list more than once; `nil` if there is none.
    package static func repeated(in dimensions: [ReportDimension]) -> ReportDimension? {
        var seen: Set<ReportDimension> = []
        return dimensions.first { !seen.insert($0).inserted }
    }

    /// The name of the dimension in queries and reports.
    public var description: String {
        if case .tag(let name) = self { return "tag:\(name)" }
        return Self.named.first { $0.dimension == self }?.name ?? ""
    }

    /// The period for a dimension of time; `nil` for others.
    var period: TimePeriod? {
        switch self {
        case .hour: .hour
        case .day: .day
        case .week: .week
        case .month: .month
        default: nil
        }
    }

    /// The field of a series with the dimension's value; `nil` for time and outcome.
    var field: Series.Field? {
        switch self {
        case .project: .project
        case .model: .model
        case .requestedModel: .requestModel
        case .endpoint: .endpoint
        case .organization: .organization
        case .key: .key
        case .client: .client
        case .host: .host
        case .serviceTier: .serviceTier
        case .tag: .tags
        case .outcome, .status, .errorCode, .hour, .day, .week, .month: nil
        }
    }

    /// True if only the rows of a series have its value in the dimension.
    func isInRows(of series: Series) -> Bool {
        guard series.rowFields != 0, let field else { return false }
        if series.isInRow(field) { return true }
        return self == .model && series[.model] == nil && series.isInRow(.requestModel)
    }
}
