import OpenAIUsage

extension CallRecord {
    /// 2026-11-23T09:15:00Z, the start of every sample.
    static let sampleStart: Int64 = 1_795_425_300_000_000

    /// A completed call, changed by the closure.
    static func sample(
        _ endpoint: String = "chat.completions",
        change: (inout CallRecord) -> Void = { _ in }
    ) -> CallRecord {
        var record = CallRecord(
            id: CallID(rawValue: 1),
            startedAt: sampleStart,
            source: .gateway,
            method: "POST",
            host: "api.openai.com",
            path: "/v1"
        )
        record.endpoint = Endpoint(named: endpoint)
        record.project = "proj_a"
        record.requestModel = "gpt-4o-mini"
        record.model = "gpt-4o-mini-2024-07-18"
        record.status = 200
        record.outcome = .completed
        record.usageState = .reported
        change(&record)
        return record
    }

    /// A call that failed.
    static func failure(
        _ status: Int?,
        _ outcome: Outcome = .error,
        type: String? = nil,
        code: String? = nil
    ) -> CallRecord {
        sample {
            $0.status = status
            $0.outcome = outcome
            $0.errorType = type
            $0.errorCode = code
            $0.usageState = .error
        }
    }
}
