/// The endpoints of the API, by method and path.
package struct EndpointCatalog: Sendable {
    /// An endpoint's place in the catalog.
    package struct Entry: Sendable {
        /// The methods, with a blank between them.
        var methods: String
        /// The path without the version before it; `*` stands for one segment, `**` for all that follow.
        var path: String
        var endpoint: Endpoint

        /// Creates an entry.
        ///
        /// - Parameters:
        ///   - methods: The methods, with a blank between them.
        ///   - path: The path without the version; `*` stands for one segment, `**` for all that follow.
        ///   - name: The endpoint's name.
        ///   - family: What its kind has in common.
        ///   - accounting: How often usage counts; `nil` for every call, or never for an endpoint that uses nothing.
        ///   - operation: Its group in metrics; `nil` for the family's.
        package init(
            _ methods: String,
            _ path: String,
            _ name: String,
            _ family: any EndpointFamily = FreeFamily(),
            _ accounting: Endpoint.Accounting? = nil,
            operation: Endpoint.Operation? = nil
        ) {
            self.methods = methods
            self.path = path
            endpoint = Endpoint(
                name: name,
                family: family,
                accounting: accounting ?? (family is FreeFamily ? .never : .everyCall),
                operation: operation
            )
        }
    }

    private struct Route: Sendable {
        var methods: [Substring]
        var segments: [Substring]
        var endpoint: Endpoint
        /// True if anything may follow.
        var isOpen: Bool
        /// True for a call of fixed name that uses a model, which the end of an unknown path identifies.
        var isIdentifiedByEnding: Bool
    }

    /// Every endpoint of the API reference and of the official SDKs.
    package static let standard = EndpointCatalog(text + media + realtime + batch + assistants + agents + usage + rest)

    let entries: [Entry]
    private var routes: [Substring: [Route]] = [:]
    private var byName: [String: Endpoint] = [:]
    /// The names of the endpoints whose responses contain objects that other calls may show again.
    package let namesWithObjects: Set<String>

    /// Creates a catalog.
    package init(_ entries: [Entry]) {
        self.entries = entries
        namesWithObjects = Set(
            entries.map(\.endpoint).filter { endpoint in
                switch endpoint.family.billedObjects {
                case .response, .batch: true
                case .none, .parts, .container, .list: endpoint.accounting == .onceByObject
                }
            }.map(\.name)
        )
        for entry in entries {
            let segments = entry.path.split(separator: "/")
            guard let first = segments.first else { continue }
            routes[first, default: []].append(
                Route(
                    methods: entry.methods.split(separator: " "),
                    segments: Array(segments.dropFirst()),
                    endpoint: entry.endpoint,
                    isOpen: segments.last == "**",
                    isIdentifiedByEnding: entry.methods == "POST" && entry.endpoint.accounting == .everyCall
                        && !segments.contains("*") && entry.endpoint.family.isIdentifiedByEnding
                )
            )
            if byName[entry.endpoint.name] == nil { byName[entry.endpoint.name] = entry.endpoint }
        }
    }

    /// The catalog with more endpoints, which take precedence.
    package func adding(_ entries: [Entry]) -> EndpointCatalog { EndpointCatalog(entries + self.entries) }

    /// The endpoint of a name; `nil` if the catalog has none.
    package func endpoint(named name: String) -> Endpoint? { byName[name] }

    /// The endpoint that a method and a path name; ``Endpoint/other`` if the catalog has none.
    ///
    /// The API's own path may follow any prefix of a provider: `/v1`, `/api/v1`, `/openai/deployments/NAME`,
    /// `/v1beta/openai`, `/api/paas/v4`, `/serving-endpoints`, `/v1/ACCOUNT/GATEWAY/openai`, a Vertex
    /// `/v1/projects/.../endpoints/openapi`, or nothing. A path whose start is unknown is identified by its end.
    package func endpoint(method: String, path: String) -> Endpoint {
        endpoint(method: method, segments: Endpoint.segments(of: path)) ?? .other
    }

    private func endpoint(method: String, segments: [Substring]) -> Endpoint? {
        let start = Self.start(of: segments)
        let atStart = route(method, segments, from: start) { _ in true }
        // A collection of whatever may follow, as `projects/**`, is also where other providers' prefixes begin.
        if let atStart, !atStart.isOpen { return atStart.endpoint }
        for place in segments.indices {
            if let found = route(method, segments, from: place, where: \.isIdentifiedByEnding) { return found.endpoint }
        }
        // Google's methods after a colon are no objects of OpenAI's.
        if let atStart { return segments.last?.contains(":") == true ? nil : atStart.endpoint }
        guard start < segments.count, routes[segments[start]] == nil else { return nil }
        for place in segments.indices.dropFirst() {
            if let found = route(method, segments, from: place, where: { !$0.isOpen }) { return found.endpoint }
        }
        return nil
    }

    /// The route that the segments from a place on are, to their end.
    private func route(
        _ method: String,
        _ segments: [Substring],
        from start: Int,
        where isWanted: (Route) -> Bool
    ) -> Route? {
        guard start < segments.count, let candidates = routes[segments[start]] else { return nil }
        let rest = segments[(start + 1)...]
        return candidates.first { route in
            isWanted(route) && Self.matches(route.segments[...], rest)
                && route.methods.contains { $0 == method || ($0 == "GET" && method == "HEAD") }
        }
    }

    /// Where the API's own path begins.
    private static func start(of segments: [Substring]) -> Int {
        var start = 0
        for (index, segment) in segments.enumerated() {
            if segment == "deployments", index + 1 < segments.count { return index + 2 }
            if segment == "v1" || segment == "v1beta" {
                start = index + 1
                if start < segments.count, segments[start] == "openai" { start += 1 }
                return start
            }
        }
        return start
    }

    private static func matches(_ pattern: ArraySlice<Substring>, _ segments: ArraySlice<Substring>) -> Bool {
        var segments = segments
        for part in pattern {
            if part == "**" { return true }
            guard let segment = segments.popFirst() else { return false }
            if part != "*", part != segment { return false }
        }
        return segments.isEmpty
    }
}
