import OpenAIUsage
import OpenAIUsageLedger
import OpenAIUsagePricing

/// The facts about a gateway that the page shows beside its reports.
struct GatewayStatus: Sendable {
    /// The time, in microseconds since 1970.
    var now: Int64
    /// True if calls are kept in a ledger.
    var keepsCalls: Bool
    /// True if calls are accepted and kept.
    var isReady: Bool
    /// The reason why the ledger cannot be written; `nil` if it can.
    var trouble: String?
    /// The URL for clients, as the base URL of an SDK.
    var clientBaseURL: String
    /// The upstream of calls without a route.
    var upstream: String
    /// The upstreams by the beginning of a path.
    var routes: [(prefix: String, upstream: String)]
    /// The version of the current price book.
    var priceVersion: String

    /// The facts as one line of JSON.
    var json: String {
        JSONDocument.Value.members([
            "version": .string(Gateway.version), "at": .string(TimestampText.utc(now, isShort: true)),
            "keeps_calls": .bool(keepsCalls), "ready": .bool(isReady), "trouble": .text(trouble),
            "client_base_url": .string(clientBaseURL), "upstream": .string(upstream),
            "routes": .elements(
                routes.map { .members(["prefix": .string($0.prefix), "upstream": .string($0.upstream)]) }
            ),
            "price_version": .string(priceVersion),
        ]).line
    }
}

extension AdminPlane {
    /// Returns the facts about the gateway.
    func status(now: Int64) -> GatewayStatus {
        let statistics = ledger?.statistics
        let scheme = configuration.access.certificate == nil ? "http" : "https"
        return GatewayStatus(
            now: now,
            keepsCalls: ledger != nil,
            isReady: isReady.isReady && (statistics.map { $0.trouble == nil && $0.queued < $0.capacity } ?? true),
            trouble: statistics?.trouble.map { "\($0)" },
            clientBaseURL: "\(scheme)://\(configuration.listen)/v1",
            upstream: configuration.upstream.description,
            routes: configuration.routes.map { ($0.prefix, $0.upstream.description) },
            priceVersion: book.version
        )
    }
}
