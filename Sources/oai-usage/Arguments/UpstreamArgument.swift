public import ArgumentParser
import Foundation
import OpenAIUsage
public import OpenAIUsageGateway

/// An upstream argument, which may be invalid; the problem is described without repeating a password.
struct UpstreamArgument: ExpressibleByArgument {
    /// The upstream; `nil` if the text is not a valid upstream.
    let upstream: Upstream?
    /// The problem and how to fix it; `nil` if the text is valid.
    let problem: String?

    init(argument: String) {
        let upstream = Upstream(argument)
        self.upstream = upstream
        problem = Self.problem(argument, upstream)
    }

    /// The upstream as a URL, or `-` if it is invalid.
    var defaultValueDescription: String { upstream?.description ?? "-" }

    private static func problem(_ text: String, _ upstream: Upstream?) -> String? {
        if let upstream {
            let endpoint = Endpoint(method: "POST", path: upstream.pathPrefix)
            guard endpoint != .other else { return nil }
            return
                "its path is that of an endpoint (\(endpoint.name)), which clients add by themselves; it must be what stands before, as in https://api.openai.com/v1"
        }
        // A password in the authority must not be repeated in the message.
        let rest = text.range(of: "://").map { text[$0.upperBound...] } ?? text[...]
        if rest.prefix(while: { $0 != "/" && $0 != "?" && $0 != "#" }).contains("@") {
            return "a user or a password stands before its host; clients send their own keys, so leave it out"
        }
        if text.contains("?") || text.contains("#") {
            return "it has a query or a fragment; it must end with its path, as in https://api.openai.com/v1"
        }
        return "\"\(text.prefix(100))\" is none; it must be an http or https URL, as in https://api.openai.com"
    }
}

extension GatewayConfiguration.Durability: ExpressibleByArgument {}
