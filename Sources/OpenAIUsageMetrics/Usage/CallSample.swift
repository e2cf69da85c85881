import OpenAIUsage

/// The metric values of a record, computed before any lock is taken.
struct CallSample: Sendable {
    let project: String
    let model: String
    /// The requested model, if the endpoint takes one and the provider accepted the call.
    let acceptedModel: String?
    let operation: Endpoint.Operation
    /// The HTTP status, or 0 without a response; `nil` if the status is invalid.
    let code: UInt16?
    let error: ErrorClass?
    let missingUsage: MissingUsageReason?
    /// The index in ``CostReason/labels`` of the reason why the cost is not fully known; `nil` if there is none.
    let unpriced: Int?
    /// True if the provider accepted the call, which confirms the names in it.
    let isSuccess: Bool
    /// True if the provider confirmed the model.
    let isModelServed: Bool
    /// The exemplar for counters; `nil` if the provider sent no valid request ID.
    let exemplar: Exemplar?
    let duration: Double?
    let processing: Double?
    let gatewayOverhead: Double?
    /// The time to the response headers minus the provider's processing time, in seconds.
    let upstreamOverhead: Double?
    /// The time to the first content of a stream, in seconds.
    let timeToFirstToken: Double?
    /// The time after the first content of a completed stream, per further output token, in seconds.
    let timePerOutputToken: Double?
    /// The time at which the response headers were read, in microseconds since 1970.
    let headersReadAt: Int64

    init(_ record: CallRecord) {
        let timing = record.timing
        project = LabelValue.project(record.project)
        model = LabelValue.model(record.model)
        operation = record.endpoint.operation
        let status = record.status ?? 0
        code = status == 0 || (100..<600).contains(status) ? UInt16(status) : nil
        error = ErrorClass(record)
        missingUsage = MissingUsageReason(record)
        unpriced = CostReason.labelIndex(of: record.cost)
        isSuccess = (200..<300).contains(status)
        // A request to an endpoint without models may name any model and still succeed.
        isModelServed = isSuccess && (operation.isServedByModel || record.model != record.requestModel)
        acceptedModel = isSuccess && operation.isServedByModel ? record.requestModel.map(LabelValue.model) : nil
        exemplar = record.requestID.flatMap { requestID in
            Exemplar(
                requestID: requestID,
                value: 1,
                microseconds: record.startedAtMicroseconds + max(0, timing.durationMicroseconds ?? 0)
            )
        }
        duration = Self.seconds(timing.durationMicroseconds)
        processing = Self.seconds(timing.processingMicroseconds)
        gatewayOverhead = Self.seconds(timing.gatewayMicroseconds)
        if let headers = timing.timeToHeadersMicroseconds, let processing = timing.processingMicroseconds {
            upstreamOverhead = Self.seconds(max(0, headers - processing))
        } else {
            upstreamOverhead = nil
        }
        timeToFirstToken = record.isStream ? Self.seconds(timing.timeToFirstTokenMicroseconds) : nil
        timePerOutputToken = Self.timePerOutputToken(record)
        headersReadAt =
            record.startedAtMicroseconds + max(0, timing.timeToHeadersMicroseconds ?? timing.durationMicroseconds ?? 0)
    }

    /// True if there is a value for the latency families by model.
    var hasLatency: Bool {
        duration != nil || processing != nil || timeToFirstToken != nil || timePerOutputToken != nil
    }

    private static func timePerOutputToken(_ record: CallRecord) -> Double? {
        guard record.isStream, record.outcome == .completed, let tokens = record.usage.outputTokens, tokens > 1,
            let duration = record.timing.durationMicroseconds, let first = record.timing.timeToFirstTokenMicroseconds,
            duration >= first
        else { return nil }
        return Double(duration - first) / 1e6 / Double(tokens - 1)
    }

    private static func seconds(_ microseconds: Int64?) -> Double? {
        guard let microseconds, microseconds >= 0 else { return nil }
        return Double(microseconds) / 1e6
    }
}
