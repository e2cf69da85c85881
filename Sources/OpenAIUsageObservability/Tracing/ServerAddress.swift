import HTTPTypes

/// The port that a request goes to.
enum ServerAddress {
    /// The port of the authority, else that of the scheme; `nil` where neither tells.
    static func port(of head: HTTPRequest) -> Int? {
        // The colons of an IPv6 address stand in brackets.
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
