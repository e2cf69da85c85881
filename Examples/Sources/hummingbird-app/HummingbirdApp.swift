import AsyncHTTPClient
import Hummingbird
import NIOCore
import NIOHTTP1
import OpenAIUsage
import OpenAIUsageAsyncHTTPClient
import OpenAIUsageLedger
import OpenAIUsageMetrics
import OpenAIUsageRecorder
import OpenAIUsageService

@main
struct HummingbirdApp {
    static func main() async throws {
        let environment = Environment()
        let base = environment.get("OPENAI_BASE_URL") ?? "https://api.openai.com/v1"
        let key = environment.get("OPENAI_API_KEY") ?? ""
        let ledger = try Ledger(path: "usage.db")
        let metrics = UsageMetrics(build: BuildInformation(version: "1.0"))
        let meter = UsageMeter(ledger: ledger, metrics: metrics)
        let client = HTTPClient.shared.metered(by: meter)

        let router = Router()
        router.expose(metrics, at: "/metrics")
        router.get("hello") { _, _ -> ByteBuffer in
            var call = HTTPClientRequest(url: base + "/chat/completions")
            call.method = .POST
            call.headers = ["Content-Type": "application/json", "Authorization": "Bearer \(key)"]
            let body = #"{"model":"gpt-4o-mini","messages":[{"role":"user","content":"Say hello."}]}"#
            call.body = .bytes(ByteBuffer(string: body))
            return try await client.execute(call, timeout: .seconds(60)).body.collect(upTo: 1 << 20)
        }
        let app = Application(
            router: router,
            configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 8080)),
            services: [UsageService(meter: meter, ledger: ledger)]
        )
        try await app.runService()
    }
}
