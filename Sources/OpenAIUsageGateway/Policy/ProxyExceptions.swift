/// The hosts that are connected to without a proxy, by libcurl's rules for `NO_PROXY`.
///
/// The list is separated by commas or blanks. `*` alone matches every host; a name matches that host and its subdomains,
/// with or without a leading dot; an address matches itself or, with a prefix length behind a slash, its network.
struct ProxyExceptions {
    private let entries: [Substring]
    private let isEverything: Bool

    /// Parses the value of `NO_PROXY`.
    init(_ list: String) {
        entries = list.split { $0 == "," || $0 == " " || $0 == "\t" }
        isEverything = list.filter { $0 != " " && $0 != "\t" } == "*"
    }

    /// True if a host is an exception.
    ///
    /// - Parameter host: The name or address, without brackets.
    /// - Returns: True if the host is connected to directly.
    func contains(_ host: String) -> Bool {
        guard !isEverything else { return true }
        if let address = IPAddress(host) {
            return entries.contains { Self.matches($0, address) }
        }
        let name = Self.withoutDot(host.lowercased()[...])
        return entries.contains { entry in
            var entry = Self.withoutDot(entry.lowercased()[...])
            if entry.first == "." { entry = entry.dropFirst() }
            guard !entry.isEmpty, name.hasSuffix(entry) else { return false }
            return name.count == entry.count || name.dropLast(entry.count).last == "."
        }
    }

    private static func withoutDot(_ name: Substring) -> Substring { name.last == "." ? name.dropLast() : name }

    private static func matches(_ entry: Substring, _ address: IPAddress) -> Bool {
        let parts = entry.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        var text = parts[0]
        if text.hasPrefix("["), text.hasSuffix("]") { text = text.dropFirst().dropLast() }
        guard let network = IPAddress(String(text)), network.bytes.count == address.bytes.count else { return false }
        guard parts.count == 2 else { return network.bytes == address.bytes }
        guard let bits = Int(parts[1]), 0...address.bytes.count * 8 ~= bits else { return false }
        // A prefix length of 0 matches the address alone.
        guard bits > 0 else { return network.bytes == address.bytes }
        for (index, pair) in zip(network.bytes, address.bytes).enumerated() {
            let left = bits - index * 8
            if left <= 0 { break }
            let mask = left >= 8 ? 0xff : UInt8(truncatingIfNeeded: 0xff00 >> left)
            if pair.0 & mask != pair.1 & mask { return false }
        }
        return true
    }
}
