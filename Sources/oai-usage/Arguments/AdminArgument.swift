import ArgumentParser
import OpenAIUsageGateway

/// The address of a gateway's admin server: `host:port`, optionally with `http://` in front.
struct AdminArgument: ExpressibleByArgument, Equatable {
    var address: GatewayConfiguration.Address

    static let standard = AdminArgument(address: GatewayConfiguration.Address(host: "127.0.0.1", port: 10464))

    init(address: GatewayConfiguration.Address) {
        self.address = address
    }

    init?(argument: String) {
        var text = argument[...]
        if text.hasPrefix("http://") { text = text.dropFirst("http://".count) }
        if text.hasSuffix("/") { text = text.dropLast() }
        guard let address = GatewayConfiguration.Address(argument: String(text)) else { return nil }
        self.address = address
    }
}
