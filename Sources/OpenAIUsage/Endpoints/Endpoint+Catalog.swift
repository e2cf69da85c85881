extension Endpoint {
    /// Creates the endpoint of a method and a path in the standard catalog.
    package init(method: String, path: String) {
        self = EndpointCatalog.standard.endpoint(method: method, path: path)
    }

    /// Creates the endpoint of a name in the standard catalog, or one of which only the name is known.
    package init(named name: String) {
        self = EndpointCatalog.standard.endpoint(named: name) ?? Endpoint(name: name, family: UnknownFamily())
    }

    /// The deployment in an Azure path, which names the model; `nil` if there is none.
    static func deployment(in path: String) -> String? {
        let segments = segments(of: path)
        guard let index = segments.firstIndex(of: "deployments"), index + 1 < segments.count else { return nil }
        return String(segments[index + 1])
    }

    static func segments(of path: String) -> [Substring] {
        path.utf8.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }.split(separator: UInt8(ascii: "/"))
            .map { Substring($0) }
    }
}
