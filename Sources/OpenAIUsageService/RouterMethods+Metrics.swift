public import Hummingbird
public import OpenAIUsageMetrics

extension RouterMethods {
    /// Shows metrics in a server of one's own, for GET and HEAD.
    ///
    /// - Parameters:
    ///   - metrics: What is shown, in the format that the scraper asks for.
    ///   - path: Where.
    /// - Returns: The router.
    @discardableResult
    public func expose(_ metrics: UsageMetrics, at path: RouterPath = "/metrics") -> Self {
        on(path, method: .get) { request, _ in MetricsResponse.exposition(of: metrics, for: request) }
        on(path, method: .head) { request, _ in
            MetricsResponse.exposition(of: metrics, for: request).createHeadResponse()
        }
        return self
    }
}
