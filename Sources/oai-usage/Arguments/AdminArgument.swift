import ArgumentParser
import OpenAIUsageGateway

/// Where a gateway's operators connect: `host:port`, with or without `http://` before it.
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
