import OpenAIUsage
import Testing

/// Lists show objects that others have used: what was not counted yet is missing, and never nothing.
struct ObjectListTests {
    private static func batch(_ id: String, status: String = "completed", tokens: Int = 15) -> String {
        #"{"id":"\#(id)","object":"batch","status":"\#(status)","model":"gpt-4o-mini","output_file_id":"file-\#(id)","#
            + #""usage":{"input_tokens":\#(tokens),"output_tokens":0,"total_tokens":\#(tokens)}}"#
    }

    private static func list(_ objects: String...) -> String {
        #"{"object":"list","data":[\#(objects.joined(separator: ","))],"first_id":"a","last_id":"b","has_more":false}"#
    }

    private func record(_ path: String, _ body: String, _ objects: BilledObjects) throws -> CallRecord {
        var call = ObservedCall()
        call.method = "GET"
        call.path = path
        call.body = body.bytes
        call.objects = objects
        return try call.record()
    }

    @Test
    func `A list with batches that were not counted lacks their usage, until each was shown alone`() throws {
        let objects = BilledObjects()
        let list = Self.list(Self.batch("batch_1"), Self.batch("batch_2"), Self.batch("batch_3", tokens: 0))
        var shown = try record("/v1/batches?limit=20", list, objects)
        #expect(shown.usageState == .missing && shown.isCounted && shown.usage.isEmpty && shown.responseID == nil)
        #expect(try record("/v1/batches/batch_1", Self.batch("batch_1"), objects).isCounted)
        shown = try record("/v1/batches", list, objects)
        #expect(shown.usageState == .missing)
        // The lines of its output tell what the batch has used, too.
        let line =
            #"{"response":{"body":{"id":"c","model":"m","usage":{"prompt_tokens":9,"completion_tokens":6}}}}"# + "\n"
        #expect(try record("/v1/files/file-batch_2/content", line, objects).isCounted)
        shown = try record("/v1/batches", list, objects)
        #expect(shown.usageState == .notApplicable && shown.isCounted && shown.outcome == .completed)
        // To list them has counted nothing: the second one stays counted once.
        #expect(try !record("/v1/batches/batch_1", Self.batch("batch_1"), objects).isCounted)
    }

    static let lists: [(path: String, object: String, state: UsageState)] = [
        ("/v1/batches", batch("b", status: "in_progress"), .notApplicable),
        ("/v1/batches", batch("b", status: "cancelled"), .missing),
        ("/v1/batches", #"{"id":"b","status":"completed","usage":null}"#, .notApplicable),
        ("/v1/fine_tuning/jobs", #"{"id":"ftjob-1","status":"succeeded","trained_tokens":4000}"#, .missing),
        ("/v1/fine_tuning/jobs", #"{"id":"ftjob-1","status":"running","trained_tokens":null}"#, .notApplicable),
        ("/v1/videos", #"{"id":"video_1","status":"completed","seconds":"8","size":"720x1280"}"#, .missing),
        ("/v1/videos", #"{"id":"video_1","status":"failed","seconds":"8"}"#, .notApplicable),
        ("/v1/videos", #"{"id":"video_1","status":"in_progress","seconds":"8"}"#, .notApplicable),
        ("/v1/threads/t/runs", #"{"id":"run_1","status":"completed","usage":{"total_tokens":5}}"#, .missing),
        (
            "/v1/evals/e/runs", #"{"id":"evalrun_1","status":"completed","per_model_usage":[{"total_tokens":5}]}"#,
            .missing
        ),
        ("/v1/batches", "", .notApplicable),
    ]

    @Test(arguments: lists)
    func `An object counts as used when its usage is final`(path: String, object: String, state: UsageState) throws {
        let objects = BilledObjects()
        let record = try record(path, Self.list(object), objects)
        #expect(record.usageState == state && record.isCounted && record.outcome == .completed)
    }

    @Test
    func `A list that was refused lacks nothing`() throws {
        var call = ObservedCall()
        call.method = "GET"
        call.path = "/v1/batches"
        call.status = 401
        call.body = #"{"error":{"message":"m","type":"invalid_request_error","code":"invalid_api_key"}}"#.bytes
        let record = try call.record()
        #expect(record.usageState == .notApplicable && record.outcome == .error)
        #expect(record.errorCode == "invalid_api_key")
    }
}
