import Synchronization

/// A cache of the facts of request targets, since a program calls few of them over and over.
package final class EndpointCache: Sendable {
    /// The facts of a method and a target.
    struct Facts: Sendable {
        /// The cleaned path, in which keys are masked.
        var path: String
        var endpoint: Endpoint
        /// The model in the target; `nil` if it names none.
        var model: String?
    }

    private struct Entry: Sendable {
        var method: String
        var target: String
        var facts: Facts
    }

    package static let shared = EndpointCache(.standard, capacity: 256)

    /// The entries in pairs, the later one first; a full pair evicts its earlier entry.
    private let known: Mutex<[Entry?]>
    private let pairs: UInt64

    private let catalog: EndpointCatalog

    /// Creates an empty cache.
    ///
    /// - Parameters:
    ///   - catalog: The endpoints.
    ///   - capacity: The most targets that are stored, at least two.
    package init(_ catalog: EndpointCatalog = .standard, capacity: Int) {
        self.catalog = catalog
        pairs = UInt64(max(capacity / 2, 1))
        known = Mutex(Array(repeating: nil, count: Int(pairs) * 2))
    }

    var count: Int { known.withLock { known in known.count { $0 != nil } } }

    /// The facts of a method and a target.
    func facts(method: String, target: String) -> Facts {
        let place = place(of: method, target)
        if let facts = known.withLock({ Self.facts(in: $0, place, method, target) }) { return facts }
        let path = String(Substring(target.utf8.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }))
        let cleaned = TextCleaner.clean(path, maximumLength: 256) ?? "/"
        let masked = RowText.maskingKeys(inPath: cleaned)
        let facts = Facts(
            path: masked,
            endpoint: catalog.endpoint(method: method, path: cleaned),
            model: Endpoint.deployment(in: masked) ?? RowText.maskingKey(Self.query("model", of: target))
        )
        // Long targets, such as those of single objects, would fill the memory without being requested again.
        guard target.utf8.count <= 256 else { return facts }
        known.withLock { known in
            known.swapAt(place, place + 1)
            known[place] = Entry(method: method, target: target, facts: facts)
        }
        return facts
    }

    private static func facts(in known: [Entry?], _ place: Int, _ method: String, _ target: String) -> Facts? {
        for index in place...place + 1 {
            if let entry = known[index], entry.target == target, entry.method == method { return entry.facts }
        }
        return nil
    }

    /// The index of the pair of entries for a method and a target.
    private func place(of method: String, _ target: String) -> Int {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325 ^ UInt64(method.utf8.count)
        var target = target
        target.withUTF8 { bytes in
            var index = 0
            while index < bytes.count {
                var word: UInt64 = 0
                if bytes.count &- index >= 8 {
                    word = UnsafeRawBufferPointer(bytes).loadUnaligned(fromByteOffset: index, as: UInt64.self)
                } else {
                    for byte in bytes[index...] { word = word << 8 | UInt64(byte) }
                }
                hash = (hash ^ word) &* 0x9e37_79b9_7f4a_7c15
                hash ^= hash >> 32
                index &+= 8
            }
        }
        return Int((hash >> 32) % pairs) * 2
    }

    /// A parameter of the query, such as the model of a WebSocket; `nil` if there is none.
    private static func query(_ name: String, of target: String) -> String? {
        guard target.utf8.contains(UInt8(ascii: "?")),
            let query = target.split(separator: "?", maxSplits: 1).dropFirst().first
        else { return nil }
        for pair in query.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1)
            if parts.count == 2, parts[0] == name { return TextCleaner.clean(String(parts[1]), maximumLength: 128) }
        }
        return nil
    }
}
