import Foundation

/// A proxy between the gateway and an upstream.
///
/// An https upstream is reached by `CONNECT`, so that the proxy sees nothing of the calls; an http upstream by requests in
/// absolute form.
public struct UpstreamProxy: Sendable, Equatable, CustomStringConvertible {
    /// True if the connection to the proxy itself uses TLS.
    public let isEncrypted: Bool
    /// The proxy's host.
    public let host: String
    /// The proxy's port.
    public let port: Int
    /// The value of `Proxy-Authorization`; never part of a message or a log line.
    let authorization: String?

    /// Parses a proxy as curl does: `http://user:password@host:port`, `https://host`, or `host:port`.
    ///
    /// The default port is 1080, for `https` 443.
    ///
    /// - Parameter text: The proxy's URL.
    /// - Throws: A ``GatewayError`` for anything else; it does not repeat the credentials.
    public init(_ text: String) throws {
        var rest = text[...]
        var isEncrypted = false
        if let mark = text.range(of: "://") {
            switch text[..<mark.lowerBound].lowercased() {
            case "http": break
            case "https": isEncrypted = true
            case let scheme:
                throw GatewayError(
                    code: .invalidConfiguration,
                    message:
                        "The proxy has the scheme \(scheme.prefix(16)), which the gateway does not speak: use an http or https proxy, or take the upstream out with NO_PROXY."
                )
            }
            rest = text[mark.upperBound...]
        }
        rest = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        var authorization: String?
        if let mark = rest.lastIndex(of: "@") {
            let credentials = rest[..<mark].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
                .map { $0.removingPercentEncoding ?? String($0) }
            let pair = credentials[0] + ":" + (credentials.count > 1 ? credentials[1] : "")
            authorization = "Basic " + Data(pair.utf8).base64EncodedString()
            rest = rest[rest.index(after: mark)...]
        }
        let name: Substring
        let portText: Substring
        if rest.hasPrefix("["), let end = rest.firstIndex(of: "]") {
            name = rest[rest.index(after: rest.startIndex)..<end]
            portText = rest[rest.index(after: end)...]
        } else {
            name = rest.prefix { $0 != ":" }
            portText = rest.dropFirst(name.count)
        }
        let isName = !name.isEmpty && name.utf8.allSatisfy { (0x21...0x7e).contains($0) }
        let number = portText.isEmpty ? (isEncrypted ? 443 : 1080) : Int(portText.dropFirst())
        guard isName, portText.isEmpty || portText.hasPrefix(":"), let number, 1...65_535 ~= number else {
            throw GatewayError(
                code: .invalidConfiguration,
                message: "The proxy is not a URL: write it as http://host:port, or as http://user:password@host:port."
            )
        }
        self.isEncrypted = isEncrypted
        self.authorization = authorization
        host = String(name)
        port = number
    }

    /// Returns the proxy that the environment names for an upstream, by curl's rules.
    ///
    /// `https_proxy` and `HTTPS_PROXY` apply to https upstreams, `http_proxy` to others, `all_proxy` and `ALL_PROXY` to both;
    /// `no_proxy` or `NO_PROXY` lists the hosts that are connected to directly.
    ///
    /// - Parameters:
    ///   - upstream: The upstream.
    ///   - variable: Returns the value of an environment variable; `nil` if it is unset or empty.
    /// - Returns: The proxy; `nil` if none is named, or the upstream is an exception.
    /// - Throws: A ``GatewayError`` that names the variable if its proxy cannot be used.
    public static func environment(
        for upstream: Upstream,
        variable: (String) -> String?
    ) throws -> UpstreamProxy? {
        // HTTP_PROXY is ignored: in a CGI process it holds the request's field Proxy.
        let names =
            (upstream.isEncrypted ? ["https_proxy", "HTTPS_PROXY"] : ["http_proxy"]) + ["all_proxy", "ALL_PROXY"]
        guard let name = names.first(where: { variable($0) != nil }), let text = variable(name) else { return nil }
        let exceptions = ProxyExceptions(variable("no_proxy") ?? variable("NO_PROXY") ?? "")
        if exceptions.contains(upstream.host) { return nil }
        do {
            return try UpstreamProxy(text)
        } catch let error as GatewayError {
            throw GatewayError(code: error.code, message: "\(name): \(error.message)")
        }
    }

    /// The proxy as a URL, without credentials.
    public var description: String {
        "\(isEncrypted ? "https" : "http")://\(host.contains(":") ? "[\(host)]" : host):\(port)"
    }
}
