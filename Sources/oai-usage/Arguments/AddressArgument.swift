public import ArgumentParser
public import OpenAIUsageGateway

extension GatewayConfiguration.Address: ExpressibleByArgument {
    /// Creates an address from `host:port`, `[::1]:port` or `:port`; `nil` for other text.
    public init?(argument: String) {
        guard let colon = argument.lastIndex(of: ":"), let port = Int(argument[argument.index(after: colon)...]),
            0...65_535 ~= port
        else { return nil }
        var host = argument[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            return nil
        }
        guard host.allSatisfy({ !$0.isWhitespace && $0 != "/" }) else { return nil }
        self.init(host: host.isEmpty ? "127.0.0.1" : String(host), port: port)
    }
}

extension GatewayConfiguration.Address {
    /// True if requests to the upstream would arrive at this address, judging by host names and ports.
    func isReached(by upstream: Upstream) -> Bool {
        guard port == upstream.port, port != 0 else { return false }
        let own = ["localhost", "127.0.0.1", "::1", "0.0.0.0", "::"]
        return upstream.host == host || (own.contains(upstream.host) && own.contains(host))
    }
}
