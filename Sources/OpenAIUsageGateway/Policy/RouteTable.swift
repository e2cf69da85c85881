/// The routes of a gateway, found by the beginning of a path.
struct RouteTable<Route> {
    private struct Entry {
        let prefix: [UInt8]
        let route: Route
    }

    /// The longest first.
    private let entries: [Entry]
    /// The route of all other paths.
    let standard: Route

    /// - Parameters:
    ///   - standard: The route of paths under no prefix.
    ///   - routes: The others, by their prefixes without a slash at the end.
    init(standard: Route, _ routes: [(prefix: String, route: Route)]) {
        self.standard = standard
        entries = routes.map { Entry(prefix: Array($0.prefix.utf8), route: $0.route) }
            .sorted { $0.prefix.count > $1.prefix.count }
    }

    /// All routes.
    var all: [Route] { [standard] + entries.map(\.route) }

    /// The route of a path.
    ///
    /// - Parameter path: Path and query as the client wrote them.
    /// - Returns: The route with the longest prefix that ends where a segment of the path ends.
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
