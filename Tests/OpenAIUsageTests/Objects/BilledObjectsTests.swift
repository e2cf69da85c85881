import OpenAIUsage
import OpenAIUsageTestSupport
import Testing

/// What an object has used is counted by one call, whichever calls show it, in whatever order.
struct BilledObjectsTests {
    /// A call of the conversation about an object, and whether it counts.
    struct Step: Sendable {
        var method = "GET"
        var path: String
        var body: String
        var isStream = false
        var isCounted: Bool
    }

    static func response(_ status: String, _ usage: String = "null") -> String {
        #"{"id":"resp_1","object":"response","created_at":1795424000,"status":"\#(status)","model":"gpt-5.6-sol","#
            + #""service_tier":"default","usage":\#(usage)}"#
    }

    static func batch(_ status: String, _ usage: String, file: String = "null") -> String {
        #"{"id":"batch_1","object":"batch","status":"\#(status)","model":"gpt-4o-mini-2024-07-18","#
            + #""output_file_id":\#(file),"usage":\#(usage)}"#
    }

    static let usage = #"{"input_tokens":10,"output_tokens":5,"total_tokens":15}"#
    static let zero = #"{"input_tokens":0,"output_tokens":0,"total_tokens":0}"#
    static let line =
        #"{"id":"b","response":{"status_code":200,"body":{"id":"chatcmpl-1","model":"gpt-4o-mini-2024-07-18","#
        + #""usage":{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15}}},"error":null}"# + "\n"

    static func turn(_ name: String, _ id: String) -> String {
        #"event: agent.session.turn.\#(name)"# + "\n"
            + #"data: {"type":"agent.session.turn.\#(name)","turn":{"id":"\#(id)","usage":\#(usage)}}"# + "\n\n"
    }

    static let conversations: [[Step]] = [
        // A response that was complete at once is shown again, and resumed as a stream.
        [
            Step(method: "POST", path: "/v1/responses", body: response("completed", usage), isCounted: true),
            Step(path: "/v1/responses/resp_1", body: response("completed", usage), isCounted: false),
            Step(
                path: "/v1/responses/resp_1?stream=true",
                body: "event: response.completed\ndata: {\"type\":\"response.completed\",\"response\":"
                    + response("completed", usage) + "}\n\n",
                isStream: true,
                isCounted: false
            ),
        ],
        // One in the background is polled until it is complete, and then once more.
        [
            Step(method: "POST", path: "/v1/responses", body: response("queued"), isCounted: true),
            Step(path: "/v1/responses/resp_1", body: response("queued"), isCounted: false),
            Step(path: "/v1/responses/resp_1", body: response("in_progress"), isCounted: false),
            Step(path: "/v1/responses/resp_1", body: response("incomplete", usage), isCounted: true),
            Step(path: "/v1/responses/resp_1", body: response("incomplete", usage), isCounted: false),
            Step(
                method: "POST",
                path: "/v1/responses/resp_1/cancel",
                body: response("incomplete", usage),
                isCounted: false
            ),
        ],
        // One that was made elsewhere counts when it is first seen.
        [
            Step(path: "/v1/responses/resp_1", body: response("completed", usage), isCounted: true),
            Step(path: "/v1/responses/resp_1", body: response("completed", usage), isCounted: false),
        ],
        // A batch shows zeros and sums that grow before it is complete; its file says the same once more.
        [
            Step(method: "POST", path: "/v1/batches", body: batch("validating", zero), isCounted: false),
            Step(path: "/v1/batches/batch_1", body: batch("in_progress", usage), isCounted: false),
            Step(path: "/v1/batches/batch_1", body: batch("completed", usage, file: #""file-9""#), isCounted: true),
            Step(path: "/v1/files/file-9/content", body: line, isCounted: false),
            Step(path: "/v1/batches/batch_1", body: batch("completed", usage, file: #""file-9""#), isCounted: false),
        ],
        [
            Step(path: "/v1/files/file-9/content", body: line + line, isCounted: true),
            Step(path: "/v1/files/file-9/content", body: line + line, isCounted: false),
            Step(path: "/v1/batches/batch_1", body: batch("completed", usage, file: #""file-9""#), isCounted: false),
        ],
        // A run, by its stream and by itself.
        [
            Step(
                method: "POST",
                path: "/v1/threads/t/runs",
                body:
                    "event: thread.run.completed\ndata: {\"id\":\"run_1\",\"status\":\"completed\",\"model\":\"gpt-4o\","
                    + "\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":5,\"total_tokens\":15}}\n\n"
                    + "event: done\ndata: [DONE]\n\n",
                isStream: true,
                isCounted: true
            ),
            Step(
                path: "/v1/threads/t/runs/run_1",
                body: #"{"id":"run_1","status":"completed","usage":{"prompt_tokens":10,"completion_tokens":5}}"#,
                isCounted: false
            ),
        ],
        [
            Step(
                method: "POST",
                path: "/v1/threads/t/runs",
                body: #"{"id":"run_2","status":"queued","usage":null}"#,
                isCounted: true
            ),
            Step(
                method: "POST",
                path: "/v1/threads/t/runs/run_2/submit_tool_outputs",
                body: #"{"id":"run_2","status":"queued","usage":null}"#,
                isCounted: false
            ),
            Step(
                path: "/v1/threads/t/runs/run_2",
                body: #"{"id":"run_2","status":"failed","usage":{"prompt_tokens":10,"completion_tokens":5}}"#,
                isCounted: true
            ),
        ],
        // A video tells its length before it is made.
        [
            Step(
                method: "POST",
                path: "/v1/videos",
                body: #"{"id":"video_1","status":"queued","model":"sora-2","seconds":"8","size":"720x1280"}"#,
                isCounted: true
            ),
            Step(
                path: "/v1/videos/video_1",
                body: #"{"id":"video_1","status":"in_progress","model":"sora-2","seconds":"8","size":"720x1280"}"#,
                isCounted: false
            ),
            Step(
                path: "/v1/videos/video_1",
                body: #"{"id":"video_1","status":"completed","model":"sora-2","seconds":"8","size":"720x1280"}"#,
                isCounted: true
            ),
            Step(
                path: "/v1/videos/video_1",
                body: #"{"id":"video_1","status":"completed","model":"sora-2","seconds":"8","size":"720x1280"}"#,
                isCounted: false
            ),
        ],
        // A session's sum grows; its turns count, each once.
        [
            Step(
                path: "/v1/agents/sessions/s",
                body: #"{"id":"s","status":"idle","usage":\#(usage)}"#,
                isCounted: false
            ),
            Step(
                path: "/v1/agents/sessions/s/events",
                body: turn("completed", "t1") + turn("failed", "t2"),
                isStream: true,
                isCounted: true
            ),
            Step(
                path: "/v1/agents/sessions/s/events",
                body: turn("completed", "t1") + turn("failed", "t2"),
                isStream: true,
                isCounted: false
            ),
            Step(
                path: "/v1/agents/sessions/s/turns/t2",
                body: #"{"id":"t2","status":"failed","usage":\#(usage)}"#,
                isCounted: false
            ),
        ],
        // Stored completions are never made anew.
        [
            Step(
                path: "/v1/chat/completions/chatcmpl-1",
                body: #"{"id":"chatcmpl-1","model":"gpt-4o","usage":{"prompt_tokens":10,"completion_tokens":5}}"#,
                isCounted: false
            )
        ],
    ]

    static func call(_ step: Step, _ objects: BilledObjects) -> ObservedCall {
        var call = ObservedCall()
        call.method = step.method
        call.path = step.path
        call.objects = objects
        let isLines = step.path.hasSuffix("/content")
        let type = step.isStream ? "text/event-stream" : isLines ? "application/octet-stream" : "application/json"
        call.fields = [("content-type", type)]
        call.body = step.body.bytes
        return call
    }

    @Test(arguments: conversations.indices)
    func `Of all calls that show an object one counts`(index: Int) throws {
        let objects = BilledObjects()
        for (number, step) in Self.conversations[index].enumerated() {
            let record = try Self.call(step, objects).record()
            #expect(record.isCounted == step.isCounted, "step \(number) \(step.path) \(record.usageState)")
            #expect(record.outcome == .completed)
        }
    }

    @Test
    func `Of turns that are shown again only the new ones count`() throws {
        let objects = BilledObjects()
        func events(_ turns: [String]) throws -> CallRecord {
            let body = turns.map { Self.turn("completed", $0) }.joined()
            let step = Step(path: "/v1/agents/sessions/s/events", body: body, isStream: true, isCounted: true)
            return try Self.call(step, objects).record()
        }
        #expect(try events(["a", "b", "a"]).usage.inputTokens == 20)
        let resumed = try events(["a", "b", "c"])
        #expect(resumed.isCounted && resumed.usage.inputTokens == 10 && resumed.rawUsage == Self.usage)
        #expect(try events(["a", "b", "c"]).isCounted == false)
    }

    @Test
    func `The call that counts knows what only the creating one was told`() throws {
        let objects = BilledObjects()
        let configuration = ExchangeConfiguration(clock: ManualClock())
        var created = Self.call(
            Step(method: "POST", path: "/v1/responses", body: Self.response("queued"), isCounted: true),
            objects
        )
        created.configuration = configuration
        created.tags = ["team": "search"]
        created.requestFields = [("OpenAI-Project", "proj_a"), ("X-Client-Request-Id", "mine-1")]
        created.requestBody =
            #"{"model":"gpt-5.6","background":true,"service_tier":"auto","background_options":{"completion_window":"8h"}}"#
            .bytes
        let first = try created.record()
        #expect(first.requestOptions == ["background": "true"] && first.resolvedCall == nil)
        var shows = Self.call(
            Step(path: "/v1/responses/resp_1", body: Self.response("completed", Self.usage), isCounted: true),
            objects
        )
        shows.configuration = configuration
        let shown = try shows.record()
        #expect(shown.resolvedCall == first.id && shown.operationID == "mine-1")
        #expect(shown.backgroundWindow == "8h" && shown.requestModel == "gpt-5.6" && shown.model == "gpt-5.6-sol")
        #expect(shown.requestedServiceTier == "auto" && shown.serviceTier == "default")
        #expect(shown.project == "proj_a" && shown.tags == ["team": "search"])
        #expect(shown.objectCreatedAtMicroseconds == 1_795_424_000_000_000)
    }

    @Test
    func `A container is paid for by started 20 minutes, whichever calls use it`() throws {
        let objects = BilledObjects()
        let clock = ManualClock()
        func use(_ containers: [String]) throws -> Int64? {
            let items = containers.map {
                #"{"type":"code_interpreter_call","status":"completed","container_id":"\#($0)"}"#
            }
            var call = ObservedCall()
            call.path = "/v1/responses"
            call.configuration = ExchangeConfiguration(clock: clock)
            call.objects = objects
            call.body =
                (#"{"id":"resp_\#(clock.wallMicroseconds)","status":"completed","output":[\#(items.joined(separator: ","))],"#
                + #""tools":[{"type":"code_interpreter","container":{"memory_limit":"4g"}}],"usage":\#(Self.usage)}"#)
                .bytes
            return try call.record().toolCalls["container.4g"]
        }
        #expect(try use(["cntr_a", "cntr_a", "cntr_b"]) == 2)
        clock.advance(microseconds: 19 * 60_000_000)
        #expect(try use(["cntr_a", "cntr_c"]) == 1)
        clock.advance(microseconds: 60_000_000)
        #expect(try use(["cntr_a", "cntr_b", "cntr_c"]) == 2)
    }

    @Test
    func `The oldest objects make room for newer ones`() throws {
        let objects = BilledObjects(capacity: 8)
        func show(_ number: Int) throws -> Bool {
            let body = Self.response("completed", Self.usage).replacing("resp_1", with: "resp_\(number)")
            return try Self.call(Step(path: "/v1/responses/resp_\(number)", body: body, isCounted: true), objects)
                .record().isCounted
        }
        for number in 0..<9 { #expect(try show(number)) }
        #expect(try !show(8) && !show(1))
        #expect(try show(0))
    }

    @Test
    func `Failed calls count no object`() throws {
        let objects = BilledObjects()
        var call = Self.call(
            Step(path: "/v1/responses/resp_1", body: Self.response("completed", Self.usage), isCounted: true),
            objects
        )
        call.status = 500
        _ = try call.record()
        call.status = 200
        #expect(try call.record().isCounted)
    }
}
