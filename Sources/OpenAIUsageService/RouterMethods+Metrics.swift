public import Hummingbird
public import OpenAIUsageMetrics

extension RouterMethods {
    /// Adds routes for GET and HEAD that expose metrics.
    ///
    /// - Parameters:
    ///   - metrics: The metrics to expose, in the format that the request accepts.
    ///   - path: The path of the routes.
    /// - Returns: The router.
    @discardableResult
    public func expose(_ metrics: UsageMetrics, at path: RouterPath = "/metrics") -> Self {
        on(path, method: .get) { request, _ in try await MetricsResponse.exposition(of: metrics, for: request) }
        on(path, method: .head) { request, _ in
            try await MetricsResponse.exposition(of: metrics, for: request).createHeadResponse()
        }
        return self
    }
}
