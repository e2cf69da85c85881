public import ArgumentParser
import OpenAIUsage
public import OpenAIUsageGateway

/// An upstream as it was written, which may be none: what is wrong with it is said without repeating a password.
struct UpstreamArgument: ExpressibleByArgument {
    /// The upstream; `nil` for a text that is none.
    let upstream: Upstream?
    /// What is wrong, and what to write; `nil` for a text that can be used.
    let problem: String?

    init(argument: String) {
        let upstream = Upstream(argument)
        self.upstream = upstream
        problem = Self.problem(argument, upstream)
    }

    /// The upstream as a URL, without what is wrong with it.
    var defaultValueDescription: String { upstream?.description ?? "-" }

    private static func problem(_ text: String, _ upstream: Upstream?) -> String? {
        if let upstream {
            let endpoint = Endpoint(method: "POST", path: upstream.pathPrefix)
            guard endpoint != .other else { return nil }
            return
                "its path is that of an endpoint (\(endpoint.name)), which clients add by themselves; it must be what stands before, as in https://api.openai.com/v1"
        }
        let rest = text.split(separator: "/", maxSplits: 2).last ?? ""
        if text.contains("://"), rest.prefix(while: { $0 != "/" }).contains("@") {
            return "a user or a password stands before its host; clients send their own keys, so leave it out"
        }
        if text.contains("?") || text.contains("#") {
            return "it has a query or a fragment; it must end with its path, as in https://api.openai.com/v1"
        }
        return "\"\(text.prefix(100))\" is none; it must be an http or https URL, as in https://api.openai.com"
    }
}

extension GatewayConfiguration.Durability: ExpressibleByArgument {}
