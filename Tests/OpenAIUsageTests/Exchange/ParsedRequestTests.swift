import OpenAIUsage
import OpenAIUsageTestSupport
import OpenAIUsageTesting
import Testing

/// What is read from a request's body, in whatever pieces it comes.
struct ParsedRequestTests {
    struct Facts: Equatable {
        var model: String?
        var asksForStream = false
        var tier: String?
        var window: String?
    }

    static func facts(
        _ body: [UInt8],
        cuts: [Int] = [],
        fields: [(name: String, value: String)] = [("content-type", "application/json")]
    ) throws -> Facts {
        var call = ObservedCall()
        call.requestFields = fields
        call.requestBody = body
        call.requestCuts = cuts
        call.status = nil
        let sink = RecordingSink()
        let exchange = call.exchange(sink: sink)
        call.feed(exchange)
        let asksForStream = exchange.asksForStream
        exchange.finish(.unreachable)
        let record = try #require(sink.records.first)
        #expect(record.model == record.requestModel)
        return Facts(
            model: record.requestModel,
            asksForStream: asksForStream,
            tier: record.requestedServiceTier,
            window: record.backgroundWindow
        )
    }

    static let cases: [(body: String, facts: Facts)] = [
        ("", Facts()),
        ("{}", Facts()),
        (#"{"model":"gpt-5.1"}"#, Facts(model: "gpt-5.1")),
        (#"{"model":"gpt-5.1","stream":true}"#, Facts(model: "gpt-5.1", asksForStream: true)),
        (#"{"stream":true,"model":"gpt-5.1"}"#, Facts(model: "gpt-5.1", asksForStream: true)),
        (#"{"model":"m","stream":false}"#, Facts(model: "m")),
        (#"{"model":"m","stream":null}"#, Facts(model: "m")),
        (#"{"model":"m","stream":"true"}"#, Facts(model: "m")),
        (#"{"model":"m","stream":1}"#, Facts(model: "m")),
        (#"{"model":"m","service_tier":"flex"}"#, Facts(model: "m", tier: "flex")),
        (#"{"model":"m","service_tier":null}"#, Facts(model: "m")),
        (
            #"{"model":"m","background":true,"background_options":{"completion_window":"24h"}}"#,
            Facts(model: "m", window: "24h")
        ),
        (#"{"background_options":{"x":{"completion_window":"1h"}}}"#, Facts()),
        (#"{"background_options":[{"completion_window":"1h"}]}"#, Facts()),
        (
            #" { "model" : "m" , "stream_options" : { "include_usage" : true } , "stream" : true }"# + "\n",
            Facts(model: "m", asksForStream: true)
        ),
        (
            #"{"messages":[{"role":"user","content":"\"model\":\"no\",\"stream\":true"}],"model":"yes"}"#,
            Facts(model: "yes")
        ),
        (#"{"metadata":{"model":"no","stream":true,"service_tier":"no"},"model":"yes"}"#, Facts(model: "yes")),
        (#"{"tools":[{"model":"no"},{"stream":true}],"model":"yes"}"#, Facts(model: "yes")),
        (#"{"model":"first","model":"last"}"#, Facts(model: "last")),
        (#"{"stream":true,"stream":false}"#, Facts()),
        (#"{"mod\u0065l":"m\u002d1","str\u0065am":true}"#, Facts(model: "m-1", asksForStream: true)),
        (#"{"model":"gpt-\ud83d\ude00"}"#, Facts(model: "gpt-\u{1f600}")),
        (#"{"model":""}"#, Facts()),
        (#"{"model":5}"#, Facts()),
        (#"{"model":{"name":"m"}}"#, Facts()),
        (#"[{"model":"m"}]"#, Facts()),
        (#""model""#, Facts()),
        // What stands before the damage is known.
        (#"{"model":"m","stream":tru"#, Facts(model: "m")),
        (#"{"model":"m",}"#, Facts(model: "m")),
        (#"{"model":"m"#, Facts()),
        ("not JSON at all", Facts()),
    ]

    @Test(arguments: cases)
    func `The facts are read at every cut`(body: String, facts: Facts) throws {
        let bytes = body.bytes
        #expect(try Self.facts(bytes) == facts)
        #expect(try Self.facts(bytes, cuts: Array(0..<bytes.count)) == facts)
        for cut in 1..<max(2, bytes.count) {
            guard try Self.facts(bytes, cuts: [cut]) == facts else {
                Issue.record("Cut at \(cut): \(body)")
                return
            }
        }
    }

    static let types: [(type: String?, isRead: Bool)] = [
        (nil, true), ("application/json", true), ("application/json; charset=utf-8", true), ("APPLICATION/JSON", true),
        ("application/vnd.api+json", true), ("multipart/form-data; boundary=x", false), ("text/plain", false),
        ("application/octet-stream", false), ("audio/wav", false),
    ]

    @Test(arguments: types)
    func `Only JSON bodies are read`(type: String?, isRead: Bool) throws {
        let fields = type.map { [(name: "content-type", value: $0)] } ?? []
        let facts = try Self.facts(#"{"model":"m","stream":true}"#.bytes, fields: fields)
        #expect(facts == (isRead ? Facts(model: "m", asksForStream: true) : Facts()))
    }

    @Test
    func `Of a form only its named text parts are read`() throws {
        let body =
            "--x\r\ncontent-disposition: form-data; name=\"model\"\r\n\r\nwhisper-1\r\n"
            + "--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"model\"\r\n\r\nno\r\n"
            + "--x\r\n\r\n{\"model\":\"no\"}\r\n--x--\r\n"
        #expect(
            try Self.facts(body.bytes, fields: [("content-type", "multipart/form-data; boundary=x")])
                == Facts(model: "whisper-1")
        )
    }

    @Test
    func `A huge body is read in pieces`() throws {
        let sink = RecordingSink()
        let exchange = ObservedCall().exchange(sink: sink)
        func send(_ text: String) {
            let bytes = text.bytes
            exchange.receive(requestBody: bytes.span.bytes)
        }
        send(#"{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,"#)
        let piece = String(repeating: "iVBORw0KGgo+/8AA", count: 4_096).bytes
        for _ in 0..<128 { exchange.receive(requestBody: piece.span.bytes) }
        send(#""}}]}],"model":"m","service_tier":"priority","stream":true}"#)
        #expect(exchange.asksForStream)
        exchange.finish(.timeout)
        let record = try #require(sink.records.first)
        #expect(record.requestModel == "m" && record.requestedServiceTier == "priority")
        #expect(!String(reflecting: record).contains("iVBOR"))
    }

    @Test(arguments: [256, 257, 512, 513, 600, 5_000])
    func `A name that is too long to be one is cut or left out, never kept whole`(length: Int) throws {
        let name = String(repeating: "m", count: length)
        let facts = try Self.facts("{\"model\":\"\(name)\",\"service_tier\":\"\(name)\"}".bytes)
        #expect(facts.model == (length > 512 ? nil : String(name.prefix(256))))
        #expect(facts.tier == facts.model)
    }

    @Test
    func `The served model and tier stand beside the requested ones`() throws {
        var call = ObservedCall()
        call.requestBody = #"{"model":"alias","service_tier":"priority"}"#.bytes
        call.body = #"{"model":"alias-2026-01-01","service_tier":"default","usage":{"total_tokens":1}}"#.bytes
        let record = try call.record()
        #expect(record.requestModel == "alias" && record.model == "alias-2026-01-01")
        #expect(record.requestedServiceTier == "priority" && record.serviceTier == "default")
        call.body = #"{"usage":{"total_tokens":1}}"#.bytes
        #expect(try call.record().model == "alias")
        #expect(try call.record().serviceTier == nil)
        call.fields.append(("openai-model", "from-header"))
        #expect(try call.record().model == "from-header")
    }
}
