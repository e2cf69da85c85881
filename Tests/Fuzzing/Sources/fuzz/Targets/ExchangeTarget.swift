import HTTPTypes

@testable import OpenAIUsage

/// A whole call gives one record, within its bounds, the same in whatever pieces it comes.
///
/// The first bytes of the input choose the call; the rest is the bodies, or content for bodies that are made around it.
enum ExchangeTarget: FuzzTarget {
    static let name = "exchange"

    /// A call as the first bytes of an input describe it.
    struct Call {
        enum Coding: UInt8, CaseIterable { case none, gzip, zlib, raw, brokenGzip, brokenDeflate }

        static let headLength = 6
        static let types = ["text/event-stream; charset=utf-8", "application/json", "", "text/html", "audio/mpeg"]
        static let statuses = [200, 200, 200, 404, 500, 101, 204, 100]
        static let requestTypes = ["application/json", "multipart/form-data; boundary=XX", ""]
        static let endings: [TransportEnd] = [
            .completed, .cut, .clientDisconnected, .timeout, .unreachable, .unanswered, .abandoned,
        ]
        static let paths = [
            "POST /v1/chat/completions", "POST /v1/responses", "POST /v1/completions", "POST /v1/embeddings",
            "POST /v1/responses/compact", "POST /v1/decisions", "POST /v1/images/generations", "POST /v1/images/edits",
            "POST /v1/images/variations", "POST /v1/audio/transcriptions", "POST /v1/audio/translations",
            "POST /v1/audio/speech", "GET /v1/videos/video_1", "GET /v1/batches/batch_1",
            "GET /v1/files/file_1/content",
            "GET /v1/fine_tuning/jobs/ftjob_1", "POST /v1/fine_tuning/alpha/graders/run",
            "GET /v1/evals/eval_1/runs/run_1", "POST /v1/threads/thread_1/runs", "GET /v1/realtime", "GET /v1/live",
            "GET /v1/responses", "POST /v1/realtime/client_secrets", "POST /v1/containers",
            "GET /v1/vector_stores/vs_1",
            "POST /v1/vector_stores/vs_1/search", "GET /v1/agents/sessions/s_1/events", "GET /v1/responses/resp_1",
            "GET /v1/chat/completions/chatcmpl-1", "GET /v1/models", "GET /v1/organization/usage/completions",
            "POST /openai/deployments/d/chat/completions?api-version=1", "POST /elsewhere",
        ]

        var head: [UInt8]
        var path: String { Self.paths[Int(head[0]) % Self.paths.count] }
        var coding: Coding { Coding.allCases[Int(head[1] & 0x0f) % Coding.allCases.count] }
        var type: String { Self.types[Int(head[1] >> 4) % Self.types.count] }
        var status: Int { Self.statuses[Int(head[2] & 0x0f) % Self.statuses.count] }
        var ending: TransportEnd { Self.endings[Int(head[2] >> 4) % Self.endings.count] }
        var requestType: String { Self.requestTypes[Int(head[3] & 0x0f) % Self.requestTypes.count] }
        /// Whether the rest of the input is content rather than bodies.
        var isContent: Bool { head[3] & 0x80 != 0 }
        var requestShare: Int { Int(head[4]) }
        var template: Int { Int(head[5]) }

        init(head: [UInt8]) { self.head = head + Array(repeating: 0, count: Self.headLength - head.count) }
    }

    static func seeds(_ samples: SampleFiles) -> [[UInt8]] {
        samples.samples.flatMap { sample -> [[UInt8]] in
            let endpoint = Endpoint(method: sample.method, path: sample.path)
            let path =
                Call.paths.firstIndex {
                    let parts = $0.split(separator: " ")
                    return type(of: Endpoint(method: String(parts[0]), path: String(parts[1])).family)
                        == type(of: endpoint.family)
                } ?? 0
            let type = sample.contentType.hasPrefix("text/event-stream") ? 0 : 1
            let status = sample.status == 101 ? 5 : sample.status >= 400 ? 3 : 0
            let length = sample.body.count + sample.requestBody.count
            let share = length == 0 ? 0 : sample.requestBody.count * 256 / length
            let head = [UInt8(path), UInt8(type << 4), UInt8(status), 0, UInt8(min(share, 255)), 0]
            var coded = head
            coded[1] |= 1
            var content = head
            content[3] = 0x80
            let bodies = sample.requestBody + sample.body
            return [head + bodies, coded + bodies, content + sample.body.prefix(200)]
        }
    }

    static func test(_ bytes: [UInt8]) {
        let call = Call(head: Array(bytes.prefix(Call.headLength)))
        let rest = Array(bytes.dropFirst(Call.headLength))
        guard !call.isContent else {
            ContentCheck(call).test(rest)
            return
        }
        let split = rest.count * call.requestShare / 256
        let requestBody = Array(rest[..<split])
        let body = encoded(Array(rest[split...]), call.coding)
        let whole = record(call, requestBody: requestBody, body: body, requestCuts: [], cuts: [])
        for (requestCuts, cuts) in zip(Cuts.of(requestBody, numbers: [2, 5]), Cuts.of(body, numbers: [2, 5])) {
            let record = record(call, requestBody: requestBody, body: body, requestCuts: requestCuts, cuts: cuts)
            Fuzz.check(record == whole, "\(record) is not \(whole), cut at \(requestCuts) and \(cuts).")
        }
    }

    private static func encoded(_ body: [UInt8], _ coding: Call.Coding) -> [UInt8] {
        switch coding {
        case .none, .brokenGzip, .brokenDeflate: body
        case .gzip: DeflateWriter.encoded(body, as: .gzip)
        case .zlib: DeflateWriter.encoded(body, as: .zlib)
        case .raw: DeflateWriter.encoded(body, as: .raw)
        }
    }

    /// The one record of a call, without what differs from run to run.
    static func record(
        _ call: Call,
        requestBody: [UInt8],
        body: [UInt8],
        requestCuts: [Int],
        cuts: [Int]
    ) -> CallRecord {
        let sink = CollectingSink()
        do {
            let parts = call.path.split(separator: " ")
            var request = HTTPRequest(
                method: HTTPRequest.Method(String(parts[0])) ?? .post,
                scheme: "https",
                authority: "api.openai.com",
                path: String(parts[1])
            )
            if !call.requestType.isEmpty { request.headerFields[.contentType] = call.requestType }
            let exchange = Exchange(
                request: request,
                tags: [:],
                configuration: ExchangeConfiguration(clock: ManualClock()),
                sink: sink
            )
            Cuts.pieces(of: requestBody, requestCuts) { exchange.receive(requestBody: $0.span.bytes) }
            var response = HTTPResponse(status: .init(code: call.status))
            if !call.type.isEmpty { response.headerFields[.contentType] = call.type }
            switch call.coding {
            case .none: break
            case .gzip, .brokenGzip: response.headerFields[.contentEncoding] = "gzip"
            case .zlib, .raw, .brokenDeflate: response.headerFields[.contentEncoding] = "deflate"
            }
            exchange.receive(head: response)
            if call.status == 101 {
                for message in body.split(separator: 0x0a) { exchange.receive(message: message.span.bytes) }
            } else {
                Cuts.pieces(of: body, cuts) { exchange.receive(body: $0.span.bytes) }
            }
            exchange.recordOpen()
            if call.ending != .abandoned { exchange.finish(call.ending) }
            exchange.finish(.completed)
        }
        guard sink.records.count == 1, sink.openRecords.count == 1, var record = sink.records.first else {
            fatalError("\(sink.records.count) records and \(sink.openRecords.count) open ones were emitted.")
        }
        for record in sink.records + sink.openRecords {
            Fuzz.check(record.excesses.isEmpty, "\(record.excesses) exceed their bounds: \(record)")
        }
        Fuzz.check(record.outcome != .open, "A record that ended is open.")
        let isReported = record.usageState == .reported || record.usageState == .reportedUnterminated
        Fuzz.check(isReported || record.usage.isEmpty, "There is a usage that was not reported: \(record)")
        _ = TokenBuckets(record.usage)
        record.id = CallID(rawValue: 0)
        record.operationID = ""
        return record
    }
}
