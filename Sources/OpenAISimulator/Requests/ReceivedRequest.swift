import NIOHTTP1

/// A request as it was received.
struct ReceivedRequest: Sendable {
    var head: HTTPRequestHead
    var body: [UInt8] = []

    /// The target without the query.
    var path: Substring {
        let uri = head.uri
        return uri.utf8.firstIndex(of: UInt8(ascii: "?")).map { uri[..<$0] } ?? uri[...]
    }

    /// The method as error messages name it: GET also for HEAD.
    var methodName: String {
        head.method == .HEAD ? "GET" : head.method.rawValue
    }

    /// Returns the value of a query parameter; `nil` if it is absent.
    func query(_ name: String) -> Substring? {
        guard let mark = head.uri.utf8.firstIndex(of: UInt8(ascii: "?")) else { return nil }
        for pair in head.uri[head.uri.utf8.index(after: mark)...].split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts[0] == name { return parts.count == 2 ? parts[1] : "" }
        }
        return nil
    }

    /// The number of earlier attempts, by `x-stainless-retry-count`.
    var attempt: Int {
        head.headers.first(name: "x-stainless-retry-count").flatMap { Int($0) } ?? 0
    }

    /// The key of a `Bearer` authorization; `nil` if there is none.
    var key: Substring? {
        guard let value = head.headers.first(name: "authorization") else { return nil }
        let parts = value.split(separator: " ", omittingEmptySubsequences: true)
        return parts.count == 2 && parts[0].lowercased() == "bearer" ? parts[1] : nil
    }
}
