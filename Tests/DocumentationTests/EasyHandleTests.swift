import CCurl
import CEasyHandle
import NIOPosix
import OpenAIUsage
import OpenAIUsageCurl
import OpenAIUsageTestKit
import Synchronization
import Testing

/// The samples of an easy handle, in Swift and in C, meter a call.
struct EasyHandleTests {
    private final class Sink: UsageSink {
        let records = Mutex<[CallRecord]>([])

        func record(_ record: CallRecord) { records.withLock { $0.append(record) } }
    }

    private static let answer = #"{"id":"c","usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}}"#
    private static let response =
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: \(answer.utf8.count)\r\n\r\n\(answer)"

    @Test(arguments: [false, true])
    func `A call on an easy handle is one record`(_ isC: Bool) async throws {
        let server = try await ScriptedUpstream.answering(Array(Self.response.utf8))
        let url = "http://127.0.0.1:\(server.port)/v1/chat/completions"
        let sink = Sink()
        try await NIOThreadPool.singleton.runIfActive {
            let meter = UsageMeter(sink: sink)
            let handle = try #require(curl_easy_init())
            defer { curl_easy_cleanup(handle) }
            if isC {
                var received = CEasyHandle.answer()
                #expect(post(handle, url, "{}", meter.curlMeter, &received) == CURLE_OK)
                #expect(received.length == Self.answer.utf8.count)
            } else {
                try url.withCString { url in
                    var call = ccurl_call()
                    call.url = url
                    let result = try EasyHandleSample.perform(handle, call, meter)
                    #expect(result == CURLE_OK)
                }
            }
            withExtendedLifetime(meter) {}
        }
        let records = sink.records.withLock { $0 }
        #expect(records.map(\.outcome) == [.completed] && records.first?.host == "127.0.0.1")
        #expect(records.first?.usage.totalTokens == (isC ? 7 : nil))
        await server.stop()
    }
}
