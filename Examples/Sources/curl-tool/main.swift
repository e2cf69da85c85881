import Foundation
import HTTPTypes
import OpenAIUsage
import OpenAIUsageCurl
import OpenAIUsageLedger
import OpenAIUsageRecorder

let environment = ProcessInfo.processInfo.environment
guard let base = URL(string: environment["OPENAI_BASE_URL"] ?? "https://api.openai.com/v1"), let host = base.host()
else { fatalError("OPENAI_BASE_URL is not a URL.") }

var head = HTTPRequest(
    method: .post,
    scheme: base.scheme,
    authority: base.port.map { "\(host):\($0)" } ?? host,
    path: base.path() + "/chat/completions",
    headerFields: [.contentType: "application/json", .authorization: "Bearer \(environment["OPENAI_API_KEY"] ?? "")"]
)
// A script for `oai-usage simulate`, such as "status=503; retry-after-ms=20".
if let script = CommandLine.arguments.dropFirst().first, let name = HTTPField.Name("OpenAI-Simulate") {
    head.headerFields[name] = script
}
let body = #"{"model":"gpt-4o-mini","stream":true,"messages":[{"role":"user","content":"Say hello."}]}"#

let ledger = try Ledger(path: "usage.db")
let meter = UsageMeter(ledger: ledger)
let transport = CurlTransport().intercepted(
    by: RetryInterceptor(),
    IncludeUsageInterceptor(),
    UsageInterceptor(meter)
)
let response = try await transport.send(Request(head: head, body: Body(body)))
print(response.head.status)
for try await piece in response.body { print(String(decoding: piece, as: UTF8.self), terminator: "") }
await ledger.close()
