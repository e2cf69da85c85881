public import OpenAIUsage

extension CallRecord {
    /// A sample of a completed chat call, for tests of sinks, prices and reports.
    ///
    /// Every member can be changed afterwards.
    ///
    /// - Parameters:
    ///   - number: The number of the sample, which makes its identities unique.
    ///   - model: The model that was asked for and served.
    ///   - project: The project.
    ///   - input: The input tokens.
    ///   - output: The output tokens.
    ///   - startedAt: The start of the call.
    ///   - duration: The duration of the call.
    /// - Returns: The record.
    public static func sample(
        _ number: Int = 1,
        model: String = "gpt-4o-mini",
        project: String = "proj_a",
        input: Int64 = 21,
        output: Int64 = 6,
        startedAt: Timestamp = Timestamp(microsecondsSince1970: 1_795_424_101_000_000),
        duration: Duration = .milliseconds(812)
    ) -> CallRecord {
        var record = CallRecord(
            id: CallID(startedAt: startedAt, number: number),
            startedAt: startedAt,
            method: "POST",
            host: "api.openai.com",
            path: "/v1/chat/completions"
        )
        record.client = "OpenAI/Python 3.54.0"
        record.project = project
        record.requestModel = model
        record.model = model
        record.serviceTier = "default"
        record.status = 200
        record.outcome = .completed
        record.finish = "stop"
        record.requestID = "req_\(number)"
        record.responseID = "chatcmpl-\(number)"
        record.usageState = .reported
        record.usageSource = "/usage"
        record.usage[.inputTokens] = input
        record.usage[.outputTokens] = output
        record.usage[.totalTokens] = input + output
        record.rawUsage =
            #"{"prompt_tokens":\#(input),"completion_tokens":\#(output),"total_tokens":\#(input + output)}"#
        record.timing = CallTiming(
            duration: duration,
            timeToHeaders: duration / 2,
            processing: duration / 2 - .milliseconds(10)
        )
        return record
    }
}
