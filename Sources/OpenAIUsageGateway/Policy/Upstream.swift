/// An API that a gateway forwards calls to.
public struct Upstream: Sendable, Equatable, CustomStringConvertible {
    /// True if connections use TLS.
    public let isEncrypted: Bool
    /// The host's name or address.
    public let host: String
    /// The port.
    public let port: Int
    /// The prefix of every request's path; empty, or `/...` without a trailing slash.
    public let pathPrefix: String

    /// The end of the prefix that names the API's version, such as `/v1` or `/v1beta/openai`; empty for none.
    ///
    /// An upstream may be given as a client's base URL. The base URL of the gateway's clients ends in `/v1` too, so that the
    /// version would appear twice in every path.
    public let version: String

    /// Parses a URL such as `https://api.openai.com`; `nil` unless it is an `http` or `https` URL with a host.
    public init?(_ text: String) {
        let rest: Substring
        if text.lowercased().hasPrefix("https://") {
            isEncrypted = true
            rest = text.dropFirst(8)
        } else if text.lowercased().hasPrefix("http://") {
            isEncrypted = false
            rest = text.dropFirst(7)
        } else {
            return nil
        }
        // No byte may end a line or a part of the URL early.
        guard text.utf8.allSatisfy({ (0x21...0x7e).contains($0) && $0 != UInt8(ascii: "\\") }) else { return nil }
        let authority = rest.prefix { $0 != "/" }
        var path = rest.dropFirst(authority.count)
        while path.hasSuffix("/") { path = path.dropLast() }
        guard !rest.contains("?"), !rest.contains("#"), !authority.contains("@") else { return nil }
        pathPrefix = String(path)
        version = Self.version(of: path)
        let name: Substring
        let portText: Substring
        if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
            name = authority[authority.index(after: authority.startIndex)..<end]
            portText = authority[authority.index(after: end)...]
        } else {
            name = authority.prefix { $0 != ":" }
            portText = authority.dropFirst(name.count)
        }
        guard !name.isEmpty else { return nil }
        host = String(name)
        if portText.isEmpty {
            port = isEncrypted ? 443 : 80
        } else {
            let digits = portText.dropFirst()
            guard portText.hasPrefix(":"), digits.allSatisfy(\.isNumber), let number = Int(digits),
                1...65_535 ~= number
            else { return nil }
            port = number
        }
    }

    /// Returns the path and query of a request to the upstream.
    ///
    /// - Parameter target: The client's path and query.
    /// - Returns: The target behind the prefix, with the version once.
    func target(_ target: String) -> String {
        pathPrefix + String(decoding: target.utf8.dropFirst(doubledBytes(of: target)), as: UTF8.self)
    }

    /// Returns the number of bytes at the start of a path that ``pathPrefix`` replaces, so that the version appears once.
    func doubledBytes(of path: String) -> Int {
        guard !pathPrefix.isEmpty, !version.isEmpty else { return 0 }
        let first = version.split(separator: "/").first.map { "/" + $0 } ?? version
        for doubled in [pathPrefix, version, first, "/v1"] where Self.begins(path, with: doubled) {
            return doubled.utf8.count
        }
        return 0
    }

    private static func begins(_ target: String, with path: String) -> Bool {
        guard target.hasPrefix(path) else { return false }
        let next = target.dropFirst(path.count).first
        return next == nil || next == "/" || next == "?"
    }

    private static func version(of path: Substring) -> String {
        var segments = path.split(separator: "/")
        let suffix = segments.last == "openai" ? "/openai" : ""
        if !suffix.isEmpty { segments.removeLast() }
        guard let last = segments.last, last.first == "v" else { return "" }
        let digits = last.dropFirst().prefix { $0.isASCII && $0.isNumber }
        let rest = last.dropFirst(1 + digits.count)
        guard !digits.isEmpty, rest.isEmpty || rest.hasPrefix("alpha") || rest.hasPrefix("beta") else { return "" }
        return "/" + last + suffix
    }

    /// The value of the `Host` header.
    public var authority: String {
        let host = host.contains(":") ? "[\(host)]" : host
        return port == (isEncrypted ? 443 : 80) ? host : "\(host):\(port)"
    }

    /// The address as a URL.
    public var description: String { "\(isEncrypted ? "https" : "http")://\(authority)\(pathPrefix)" }
}
