import Synchronization

/// What methods and targets of requests say, remembered, since a program calls few of them over and over.
final class EndpointMemory: Sendable {
    /// What a method and a target say.
    struct Facts: Sendable {
        /// The path, fit to be stored.
        var path: String
        var endpoint: Endpoint
        /// The model, if the target names one.
        var model: String?
    }

    private struct Key: Hashable {
        var method: String
        var target: String
    }

    static let shared = EndpointMemory(capacity: 256)

    private let known = Mutex<[Key: Facts]>([:])
    private let capacity: Int

    /// - Parameter capacity: How many are remembered; when there are more, all are forgotten.
    init(capacity: Int) {
        self.capacity = capacity
    }

    var count: Int { known.withLock { $0.count } }

    /// What a method and a target say.
    func facts(method: String, target: String) -> Facts {
        let key = Key(method: method, target: target)
        if let facts = known.withLock({ $0[key] }) { return facts }
        let path = String(Substring(target.utf8.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }))
        let cleaned = HeaderText.clean(path, maximumLength: 256) ?? "/"
        let facts = Facts(
            path: cleaned,
            endpoint: Endpoint(method: method, path: cleaned),
            model: Endpoint.deployment(in: cleaned) ?? Self.query("model", of: target)
        )
        // Addresses of a single object fill the memory without being asked for again.
        guard target.utf8.count <= 256 else { return facts }
        known.withLock { known in
            if known.count >= capacity { known.removeAll(keepingCapacity: true) }
            known[key] = facts
        }
        return facts
    }

    /// A parameter of the query, which names the model of a socket.
    private static func query(_ name: String, of target: String) -> String? {
        guard target.utf8.contains(UInt8(ascii: "?")),
            let query = target.split(separator: "?", maxSplits: 1).dropFirst().first
        else { return nil }
        for pair in query.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1)
            if parts.count == 2, parts[0] == name { return HeaderText.clean(String(parts[1]), maximumLength: 128) }
        }
        return nil
    }
}
