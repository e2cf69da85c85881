extension Endpoint {
    /// The endpoint that a method and a path name.
    ///
    /// Before the API's own path may stand whatever a provider puts there: `/v1`, `/api/v1`, `/openai/deployments/NAME`,
    /// `/v1beta/openai`, `/api/paas/v4`, `/serving-endpoints`, `/v1/ACCOUNT/GATEWAY/openai`, a Vertex
    /// `/v1/projects/.../endpoints/openapi`, or nothing. A path whose start is not understood is known by its end.
    package init(method: String, path: String) {
        let segments = Self.segments(of: path)
        self = EndpointIndex.shared.endpoint(method: method, segments: segments) ?? .other
    }

    /// The names of the endpoints whose responses hold objects that other calls may show again.
    package static let namesWithObjects = Set(
        EndpointCatalogue.entries.filter { entry in
            switch entry.meter {
            case .responses, .compaction, .batch: true
            default: entry.accounting == .onceByObject
            }
        }.map(\.name)
    )

    /// The deployment that a path of Azure names, which stands for the model.
    static func deployment(in path: String) -> String? {
        let segments = segments(of: path)
        guard let index = segments.firstIndex(of: "deployments"), index + 1 < segments.count else { return nil }
        return String(segments[index + 1])
    }

    private static func segments(of path: String) -> [Substring] {
        path.utf8.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }.split(separator: UInt8(ascii: "/"))
            .map { Substring($0) }
    }
}

/// The catalogue, by the first segment of the path.
struct EndpointIndex: Sendable {
    static let shared = EndpointIndex(EndpointCatalogue.entries)

    private struct Route: Sendable {
        var methods: [Substring]
        var segments: [Substring]
        var endpoint: Endpoint
        /// True if anything may follow.
        var isOpen: Bool
        /// True for a call of fixed name that uses a model anew, which is what the end of an unknown path is trusted for.
        var makesAnew: Bool
    }

    private var routes: [Substring: [Route]] = [:]

    init(_ entries: [EndpointCatalogue.Entry]) {
        for entry in entries {
            let segments = entry.path.split(separator: "/")
            guard let first = segments.first else { continue }
            routes[first, default: []].append(
                Route(
                    methods: entry.methods.split(separator: " "),
                    segments: Array(segments.dropFirst()),
                    endpoint: Endpoint(name: entry.name, meter: entry.meter, accounting: entry.accounting),
                    isOpen: segments.last == "**",
                    makesAnew: entry.methods == "POST" && entry.accounting == .everyCall && !segments.contains("*")
                        && entry.meter != .container && entry.meter != .storage
                )
            )
        }
    }

    func endpoint(method: String, segments: [Substring]) -> Endpoint? {
        let start = Self.start(of: segments)
        let atStart = route(method, segments, from: start) { _ in true }
        // A collection of whatever may follow, as `projects/**`, is also where other providers' prefixes begin.
        if let atStart, !atStart.isOpen { return atStart.endpoint }
        for place in segments.indices {
            if let found = route(method, segments, from: place, where: \.makesAnew) { return found.endpoint }
        }
        if let atStart { return atStart.endpoint }
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
