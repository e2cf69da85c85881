/// The routes of a gateway, looked up by path prefix.
struct RouteTable<Route> {
    private struct Entry {
        let prefix: [UInt8]
        let route: Route
    }

    /// In descending order of prefix length.
    private let entries: [Entry]
    /// The route of all other paths.
    let standard: Route

    /// - Parameters:
    ///   - standard: The route of paths that match no prefix.
    ///   - routes: The other routes, by their prefixes without a trailing slash.
    init(standard: Route, _ routes: [(prefix: String, route: Route)]) {
        self.standard = standard
        entries = routes.map { Entry(prefix: Array($0.prefix.utf8), route: $0.route) }
            .sorted { $0.prefix.count > $1.prefix.count }
    }

    /// All routes, beginning with the standard one.
    var all: [Route] { [standard] + entries.map(\.route) }

    /// Returns the route of a path.
    ///
    /// - Parameter path: Path and query as the client wrote them.
    /// - Returns: The route with the longest prefix that ends at a segment boundary, else the standard route.
    func route(for path: UnsafeRawBufferPointer) -> Route {
        for entry in entries where Self.begins(path, with: entry.prefix) { return entry.route }
        return standard
    }

    private static func begins(_ path: UnsafeRawBufferPointer, with prefix: [UInt8]) -> Bool {
        guard path.count >= prefix.count, path.starts(with: prefix) else { return false }
        guard path.count > prefix.count else { return true }
        let next = path[prefix.count]
        return next == UInt8(ascii: "/") || next == UInt8(ascii: "?")
    }
}
