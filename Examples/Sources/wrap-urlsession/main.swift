import Foundation
import OpenAIUsage
import OpenAIUsageRecorder
import OpenAIUsageURLSession

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// Prints the cost of each call.
struct CostPrinter: UsageSink {
    func record(_ record: CallRecord) {
        let cost = record.cost.usd.map { "$\($0)" } ?? "unknown cost"
        let tokens = record.usage.totalTokens.map { "\($0) tokens" } ?? "unknown usage"
        print("\(record.model ?? "unknown model"): \(tokens), \(cost)")
    }
}

let environment = ProcessInfo.processInfo.environment
let base = environment["OPENAI_BASE_URL"] ?? "https://api.openai.com/v1"
guard let url = URL(string: base + "/chat/completions") else { fatalError("OPENAI_BASE_URL is not a URL: \(base)") }

var request = URLRequest(url: url)
request.httpMethod = "POST"
request.setValue("application/json", forHTTPHeaderField: "Content-Type")
request.setValue("Bearer \(environment["OPENAI_API_KEY"] ?? "")", forHTTPHeaderField: "Authorization")
request.httpBody = Data(#"{"model":"gpt-4o-mini","messages":[{"role":"user","content":"Say hello."}]}"#.utf8)

let meter = UsageMeter(ledger: nil, sinks: [CostPrinter()])
let session = URLSession.shared.metered(by: meter)
let (data, _) = try await session.data(for: request)
print(String(decoding: data, as: UTF8.self))
