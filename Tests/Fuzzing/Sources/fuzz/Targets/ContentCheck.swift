@testable import OpenAIUsage

/// Puts bytes as content into bodies of the API: whatever they say, they change no record and stand in none.
struct ContentCheck {
    private static let marker = "MARKERq7x"

    /// A body as its parts before and behind content.
    private struct Template {
        var path: String
        var isStream: Bool
        var start: String
        var end: String
        var total: Int64 = 7
    }

    private static let templates: [Template] = {
        let usage = #""usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}"#
        let used = #""usage":{"input_tokens":3,"output_tokens":4,"total_tokens":7}"#
        let chunk = #"data: {"id":"chatcmpl-1","choices":[{"delta":{"content":""#
        return [
            Template(
                path: "POST /v1/chat/completions",
                isStream: false,
                start: #"{"id":"chatcmpl-1","model":"m","choices":[{"message":{"content":""#,
                end: #""},"finish_reason":"stop"}],\#(usage)}"#
            ),
            Template(
                path: "POST /v1/chat/completions",
                isStream: false,
                start: #"{\#(usage),"model":"m","choices":[{"message":{"tool_calls":[{"arguments":""#,
                end: #""}]}}]}"#
            ),
            Template(
                path: "POST /v1/chat/completions",
                isStream: true,
                start: chunk,
                end: #""}}]}"# + "\n\n" + #"data: {"choices":[],\#(usage)}"# + "\n\ndata: [DONE]\n\n"
            ),
            Template(
                path: "POST /v1/chat/completions",
                isStream: false,
                start: #"{"error":{"message":""#,
                end: #"","type":"invalid_request_error","code":null}}"#,
                total: 0
            ),
            Template(
                path: "POST /v1/responses",
                isStream: false,
                start: #"{"id":"resp_1","status":"completed","output":[{"type":"message","content":[{"text":""#,
                end: #""}]}],\#(used)}"#
            ),
            Template(
                path: "POST /v1/responses",
                isStream: true,
                start: "event: response.output_text.delta\ndata: "
                    + #"{"type":"response.output_text.delta","delta":""#,
                end: #""}"# + "\n\n" + #"data: {"type":"response.completed","response":{"id":"resp_1",\#(used)}}"#
                    + "\n\n"
            ),
            Template(
                path: "POST /v1/embeddings",
                isStream: false,
                start: #"{"model":"m","data":[{"embedding":""#,
                end: #""}],"usage":{"prompt_tokens":7,"total_tokens":7}}"#
            ),
            Template(
                path: "POST /v1/images/generations",
                isStream: false,
                start: #"{"data":[{"revised_prompt":""#,
                end: #""}],\#(used)}"#
            ),
            Template(
                path: "POST /v1/audio/transcriptions",
                isStream: true,
                start: #"data: {"type":"transcript.text.done","text":""#,
                end: #"",\#(used)}"# + "\n\ndata: [DONE]\n\n"
            ),
        ]
    }()

    private let template: Template
    private let coding: ExchangeTarget.Call.Coding

    init(_ call: ExchangeTarget.Call) {
        template = Self.templates[call.template % Self.templates.count]
        coding = call.coding
    }

    func test(_ content: [UInt8]) {
        let text = Self.escaped(Array("\(Self.marker) ".utf8) + content + Array(" \(Self.marker)".utf8))
        let body = Array(template.start.utf8) + text + Array(template.end.utf8)
        let requestBody =
            Array(#"{"model":"m","messages":[{"content":""#.utf8) + text + Array(#""}],"input":""#.utf8)
            + text + Array(#"","stream":\#(template.isStream)}"#.utf8)
        let whole = record(requestBody, body, cuts: [])
        Fuzz.check((whole.usage.totalTokens ?? 0) == template.total, "The usage is another: \(whole)")
        Fuzz.check(whole.requestModel == "m", "The model is another: \(whole)")
        Fuzz.check(whole.outcome == (template.total == 0 ? .error : .completed), "The outcome is another: \(whole)")
        let printed = Array(String(reflecting: whole).utf8)
        let marker = Array(Self.marker.utf8)
        Fuzz.check(!printed.indices.contains { printed[$0...].starts(with: marker) }, "Content is kept: \(whole)")
        for cuts in Cuts.of(body, numbers: [5]) {
            Fuzz.check(record(requestBody, body, cuts: cuts) == whole, "Cut at \(cuts), the record is another.")
        }
    }

    private func record(_ requestBody: [UInt8], _ body: [UInt8], cuts: [Int]) -> CallRecord {
        var head = [UInt8](repeating: 0, count: ExchangeTarget.Call.headLength)
        head[0] = UInt8(ExchangeTarget.Call.paths.firstIndex(of: template.path) ?? 0)
        head[1] = template.isStream ? 0 : 1 << 4
        return ExchangeTarget.record(
            ExchangeTarget.Call(head: head),
            requestBody: requestBody,
            body: body,
            requestCuts: cuts.filter { $0 <= requestBody.count },
            cuts: cuts
        )
    }

    /// The bytes as the text of a JSON string.
    private static func escaped(_ content: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        for byte in content {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): text += [UInt8(ascii: "\\"), byte]
            case 0..<0x20:
                text += Array("\\u00".utf8) + Array((byte < 16 ? "0" : "").utf8) + Array(String(byte, radix: 16).utf8)
            default: text.append(byte)
            }
        }
        return text
    }
}
