import HTTPTypes
import OpenAIUsage
import OpenAIUsageTestSupport
import OpenAIUsageTesting
import Testing

#if os(Linux)
/// Bodies of any size pass by without being held.
///
/// Each test runs in a process of its own, because other tests use memory at the same time.
struct LargeBodyTests {
    static let bound = 4 << 20

    /// Feeds a start, a long text in pieces, and an end, and returns how much the memory grew in between.
    static func growth(
        _ start: String,
        _ end: String,
        filler: String = "0123456789abcdef",
        length: Int,
        receive: ([UInt8]) -> Void
    ) throws -> Int {
        let piece = String(repeating: filler, count: (64 << 10) / filler.utf8.count).bytes
        receive(start.bytes)
        // The first pieces pay for the buffers, which then stay as they are.
        for _ in 0..<16 { receive(piece) }
        let before = try #require(ResidentMemory.bytes)
        var peak = before
        for _ in 0..<length / piece.count {
            receive(piece)
            peak = max(peak, ResidentMemory.bytes ?? 0)
        }
        receive(end.bytes)
        return peak - before
    }

    static func meter(
        _ type: String,
        _ start: String,
        _ end: String,
        filler: String = "0123456789abcdef",
        length: Int
    ) throws {
        var call = ObservedCall()
        call.path = "/v1/responses"
        let sink = RecordingSink()
        let exchange = call.exchange(sink: sink)
        exchange.receive(head: ObservedCall.head(200, [("content-type", type)]))
        let growth = try growth(start, end, filler: filler, length: length) { exchange.receive(body: $0.span.bytes) }
        exchange.finish(.completed)
        let record = try #require(sink.records.first)
        #expect(record.usageState == .reported && record.usage.inputTokens == 3 && record.outcome == .completed)
        #expect(growth < bound, "grew by \(growth) bytes")
    }

    static let tail = #""}]}],"usage":{"input_tokens":3,"output_tokens":1,"total_tokens":4}}"#

    @Test
    func `An event of 100 MB is metered without being held`() async {
        await #expect(processExitsWith: .success) {
            try LargeBodyTests.meter(
                "text/event-stream",
                "event: response.completed\ndata: {\"type\":\"response.completed\",\"response\":{\"id\":\"resp_1\",\"output\":[{\"content\":[{\"text\":\"",
                LargeBodyTests.tail + "}\n\n",
                length: 100 << 20
            )
        }
    }

    @Test
    func `An event whose data is numbers over many lines is metered without being held`() async {
        await #expect(processExitsWith: .success) {
            try LargeBodyTests.meter(
                "text/event-stream",
                "data: {\"type\":\"response.completed\",\"response\":{\"id\":\"resp_1\",\"output\":[",
                "0],\"usage\":{\"input_tokens\":3,\"output_tokens\":1,\"total_tokens\":4}}}\n\n",
                filler: "0.25,-1e-7,\ndata:  ",
                length: 4 << 20
            )
        }
    }

    @Test
    func `A large body full of escapes is metered without being held`() async {
        await #expect(processExitsWith: .success) {
            try LargeBodyTests.meter(
                "application/json",
                #"{"id":"resp_1","output":[{"content":[{"text":""#,
                LargeBodyTests.tail,
                filler: #"\u00e9\n\"é\\"#,
                length: 25 << 20
            )
        }
    }

    @Test
    func `A form with a file of 25 MB before its model is read without being held`() async {
        await #expect(processExitsWith: .success) {
            var call = ObservedCall()
            call.path = "/v1/audio/transcriptions"
            call.requestFields = [("content-type", "multipart/form-data; boundary=XX")]
            let sink = RecordingSink()
            let exchange = call.exchange(sink: sink)
            let growth = try LargeBodyTests.growth(
                "--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n",
                "\r\n--XX\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nwhisper-1\r\n--XX--\r\n",
                filler: "\r\n--X\r\r\n-abcd",
                length: 25 << 20
            ) { exchange.receive(requestBody: $0.span.bytes) }
            exchange.finish(.timeout)
            #expect(sink.records.first?.requestModel == "whisper-1")
            #expect(growth < LargeBodyTests.bound, "grew by \(growth) bytes")
        }
    }
}
#endif
