import HTTPTypes

/// The port of a request, for the attribute `server.port`.
enum ServerAddress {
    /// Returns the port of the authority, or else the default of the scheme; `nil` if neither is known.
    static func port(of head: HTTPRequest) -> Int? {
        // The colons of an IPv6 address are inside brackets.
        let rest = head.authority?.split(separator: "]", omittingEmptySubsequences: false).last
        if let rest, let colon = rest.lastIndex(of: ":"), let port = Int(rest[rest.index(after: colon)...]) {
            return (1...65_535).contains(port) ? port : nil
        }
        return switch head.scheme?.lowercased() {
        case "https", "wss": 443
        case "http", "ws": 80
        default: nil
        }
    }
}
