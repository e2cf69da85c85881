/// The API that a gateway forwards to.
public struct Upstream: Sendable, Equatable, CustomStringConvertible {
    /// Whether connections are encrypted.
    public let isEncrypted: Bool
    /// The host's name or address.
    public let host: String
    /// The port.
    public let port: Int
    /// What stands before every request's path; empty or `/...` without a slash at its end.
    public let pathPrefix: String

    /// Reads an address such as `https://api.openai.com`; `nil` for anything but `http` and `https` with a host.
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
        // Whatever could end a line or a part of a URL early has no place in it.
        guard text.utf8.allSatisfy({ (0x21...0x7e).contains($0) && $0 != UInt8(ascii: "\\") }) else { return nil }
        let authority = rest.prefix { $0 != "/" }
        var path = rest.dropFirst(authority.count)
        while path.hasSuffix("/") { path = path.dropLast() }
        guard !rest.contains("?"), !rest.contains("#"), !authority.contains("@") else { return nil }
        pathPrefix = String(path)
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

    /// The value of the `Host` header.
    public var authority: String {
        let host = host.contains(":") ? "[\(host)]" : host
        return port == (isEncrypted ? 443 : 80) ? host : "\(host):\(port)"
    }

    /// The address as a URL.
    public var description: String { "\(isEncrypted ? "https" : "http")://\(authority)\(pathPrefix)" }
}
