public import ArgumentParser
public import OpenAIUsageGateway

extension Upstream: ExpressibleByArgument {
    /// Reads an `http` or `https` URL.
    public init?(argument: String) {
        self.init(argument)
    }
}

extension GatewayConfiguration.Durability: ExpressibleByArgument {}
