import AsyncHTTPClient
import Foundation
import OpenAIUsage
import OpenAIUsageAsyncHTTPClient
import OpenAIUsageCurl
import OpenAIUsageLedger
import OpenAIUsageMetrics
import OpenAIUsageRecorder
import OpenAIUsageURLSession

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// The sample of the README.
enum ReadmeSamples {
    // swift-format-ignore
    static func wrap() throws -> (MeteredURLSession, MeteredHTTPClient, any Transport) {
        let ledger = try Ledger(path: "usage.db")
        let metrics = UsageMetrics(build: BuildInformation(version: "1.0"))
        let meter = UsageMeter(ledger: ledger, metrics: metrics)

        let session = URLSession.shared.metered(by: meter)     // URLSession
        let client = HTTPClient.shared.metered(by: meter)      // AsyncHTTPClient
        let transport = CurlTransport().intercepted(           // libcurl, with retries and usage in streams
            by: RetryInterceptor(), IncludeUsageInterceptor(), UsageInterceptor(meter)
        )
        return (session, client, transport)
    }
}
