/// What a report is grouped by.
public enum ReportDimension: Sendable, Hashable, CustomStringConvertible {
    /// The project.
    case project
    /// The model that served.
    case model
    /// The endpoint.
    case endpoint
    /// The organization.
    case organization
    /// The key's fingerprint.
    case key
    /// The client.
    case client
    /// The upstream's host.
    case host
    /// The service tier that served.
    case serviceTier
    /// The outcome.
    case outcome
    /// The hour of the report's time zone.
    case hour
    /// The day of the report's time zone.
    case day
    /// The week of the report's time zone, as ISO 8601 counts them.
    case week
    /// The month of the report's time zone.
    case month
    /// The value of a tag.
    case tag(String)

    private static let named: [(name: String, dimension: ReportDimension)] = [
        ("project", .project), ("model", .model), ("endpoint", .endpoint), ("organization", .organization),
        ("key", .key), ("client", .client), ("host", .host), ("tier", .serviceTier), ("outcome", .outcome),
        ("hour", .hour), ("day", .day), ("week", .week), ("month", .month),
    ]

    /// The names of all dimensions, `tag:NAME` for any tag.
    public static var names: [String] { named.map(\.name) + ["tag:NAME"] }

    /// Creates a dimension from its name; `nil` for an unknown one.
    public init?(_ name: some StringProtocol) {
        if name.hasPrefix("tag:"), name.utf8.count > 4 {
            self = .tag(String(name.dropFirst(4)))
        } else if let found = Self.named.first(where: { $0.name == name }) {
            self = found.dimension
        } else {
            return nil
        }
    }

    /// Reads dimensions as `project,model`, or `none` for a report of one line.
    ///
    /// - Parameter text: The names, each of which may stand there once.
    /// - Returns: The dimensions; `nil` for an unknown name, or for none.
    package static func list(_ text: String) -> [ReportDimension]? {
        if text == "none" { return [] }
        var dimensions: [ReportDimension] = []
        for name in text.split(separator: ",") {
            guard let dimension = ReportDimension(name) else { return nil }
            dimensions.append(dimension)
        }
        return dimensions.isEmpty ? nil : dimensions
    }

    /// The first dimension that stands in a list more than once; `nil` if there is none.
    package static func repeated(in dimensions: [ReportDimension]) -> ReportDimension? {
        var seen: Set<ReportDimension> = []
        return dimensions.first { !seen.insert($0).inserted }
    }

    /// The name, as a user gives it and as reports have it.
    public var description: String {
        if case .tag(let name) = self { return "tag:\(name)" }
        return Self.named.first { $0.dimension == self }?.name ?? ""
    }

    /// How the dimension cuts time; `nil` if it does not.
    var period: TimePeriod? {
        switch self {
        case .hour: .hour
        case .day: .day
        case .week: .week
        case .month: .month
        default: nil
        }
    }

    /// The field of a series that holds the dimension's value; `nil` for time and outcome.
    var field: Series.Field? {
        switch self {
        case .project: .project
        case .model: .model
        case .endpoint: .endpoint
        case .organization: .organization
        case .key: .key
        case .client: .client
        case .host: .host
        case .serviceTier: .serviceTier
        case .tag: .tags
        case .outcome, .hour, .day, .week, .month: nil
        }
    }
}
