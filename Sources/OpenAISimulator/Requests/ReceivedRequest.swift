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
    func query(_ name: String) -> Substring? { queries(name).first.map { $0[...] } }

    /// Returns the values of a query parameter that may be repeated.
    func queries(_ name: String) -> [String] {
        guard let mark = head.uri.utf8.firstIndex(of: UInt8(ascii: "?")) else { return [] }
        return head.uri[head.uri.utf8.index(after: mark)...].split(separator: "&").compactMap { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return parts[0] == name ? parts.count == 2 ? String(parts[1]) : "" : nil
        }
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
