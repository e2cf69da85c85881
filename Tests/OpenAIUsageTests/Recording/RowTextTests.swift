import Testing

@testable import OpenAIUsage

/// No key and no content lands in a row, whatever field an upstream or a client puts it in.
struct RowTextTests {
    private static let key = "sk-proj-abcdefghijklmnopqrstuvwxyz0123456789"

    @Test(arguments: [
        ("invalid_request_error", "invalid_request_error"), ("400", "400"), ("a.b:c-D", "a.b:c-D"),
        ("RESOURCE_EXHAUSTED", "RESOURCE_EXHAUSTED"), (key, "other"), ("Bad Request", "other"),
        ("the user said: hello", "other"), (String(repeating: "a", count: 65), "other"), ("é", "other"), ("", nil),
    ])
    func `The type and the code of an error are words`(text: String, expected: String?) throws {
        var call = ObservedCall()
        call.status = 400
        call.body = #"{"error":{"message":"m","type":"\#(text)","code":"\#(text)"}}"#.bytes
        let record = try call.record()
        #expect(record.errorType == expected && record.errorCode == expected && record.outcome == .error)
    }

    @Test
    func `A reason to stop is a word`() throws {
        var call = ObservedCall()
        call.body = #"{"choices":[{"finish_reason":"because of what you said"}]}"#.bytes
        #expect(try call.record().finish == "other")
    }

    @Test(arguments: [
        ("/v1/\(key)/chat/completions", "/v1/sk-***/chat/completions"),
        ("/\(key)", "/sk-***"), ("/v1/files/sk_live_0123456789", "/v1/files/sk_***"),
        ("/v1/pk-lf-0123456789/x", "/v1/pk-***/x"), ("/a/Bearer%20abcdef", "/a/***"),
        ("/a/sk%2Dproj%2D0123456789", "/a/sk-***"), ("/key=\(key)/v1/models", "/sk-***/v1/models"),
        ("/bot:\(key)@x/y", "/sk-***/y"), ("/v1/eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc/x", "/v1/eyj***/x"),
        ("/v1/responses/resp_0123456789abcdef0123456789abcdef", "/v1/responses/resp_0123456789abcdef0123456789abcdef"),
        ("/v1/chat/completions/chatcmpl-AbCdEf0123456789abcd", "/v1/chat/completions/chatcmpl-AbCdEf0123456789abcd"),
        ("/v1/threads/thread_abc/runs/run_abc", "/v1/threads/thread_abc/runs/run_abc"),
        ("/v1/models/ft:gpt-4o:acme::id", "/v1/models/ft:gpt-4o:acme::id"),
        ("/v1/files/task-0123456789/content", "/v1/files/task-0123456789/content"), ("/v1/sk-1", "/v1/sk-1"),
    ])
    func `A key in a path is masked, and identities are not`(path: String, expected: String) throws {
        var call = ObservedCall()
        call.path = path
        #expect(try call.record().path == expected)
    }

    @Test
    func `A path is recognized before it is masked`() throws {
        var call = ObservedCall()
        call.path = "/\(Self.key)/v1/chat/completions?key=\(Self.key)"
        let record = try call.record()
        #expect(record.endpoint.name == "chat.completions" && record.path == "/sk-***/v1/chat/completions")
        call.path = "/openai/deployments/\(Self.key)/chat/completions"
        #expect(try call.record().model == "sk-***")
    }

    @Test
    func `A key in the place of a model is masked`() throws {
        var call = ObservedCall()
        call.requestBody = #"{"model":"\#(Self.key)"}"#.bytes
        call.body = #"{"model":"\#(Self.key)"}"#.bytes
        let record = try call.record()
        #expect(record.requestModel == "sk-***" && record.model == "sk-***")
    }

    @Test(arguments: [
        (#"{"prompt_tokens":3,"note":"the user said hello"}"#, #"{"prompt_tokens":3,"note":"***"}"#),
        (#"{"prompt_tokens":3,"key":"\#(key)"}"#, #"{"prompt_tokens":3,"key":"***"}"#),
        (#"{"prompt_tokens":3,"the words of the prompt":1,"of it more":2}"#, #"{"prompt_tokens":3,"***1":1,"***2":2}"#),
        (#"{"prompt_tokens":3,"a b":"é"}"#, #"{"prompt_tokens":3,"***":"*"}"#),
        (#"{"prompt_tokens":3,"x":["\"hi\" \\","ok"]}"#, #"{"prompt_tokens":3,"x":["***","ok"]}"#),
        (#"{"prompt_t\u006fkens":3,"a\u0020b\u0020c":1}"#, #"{"prompt_t\u006fkens":3,"***1":1}"#),
        (
            #"{ "prompt_tokens" : "1,000", "cost":"$0.5","tier":"default","n":null,"t":true,"e":"" ,"d":1.5e3}"#,
            #"{ "prompt_tokens" : "1,000", "cost":"$0.5","tier":"default","n":null,"t":true,"e":"" ,"d":1.5e3}"#
        ),
    ])
    func `Texts in a usage object are masked unless they are words or numbers`(usage: String, kept: String) throws {
        var call = ObservedCall()
        call.body = #"{"usage":\#(usage)}"#.bytes
        #expect(try call.record().rawUsage == kept)
        #expect(kept.utf8.count <= usage.utf8.count)
    }
}
