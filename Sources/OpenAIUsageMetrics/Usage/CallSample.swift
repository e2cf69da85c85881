import OpenAIUsage

/// The metric values of a record, computed before any lock is taken.
struct CallSample: Sendable {
    /// The class of a call's end, as the `outcome` label of durations.
    enum OutcomeClass: String, Sendable, CaseIterable {
        case success
        case error
        case clientDisconnected = "client_disconnected"

        /// The place in the order of cases.
        var number: Int {
            switch self {
            case .success: 0
            case .error: 1
            case .clientDisconnected: 2
            }
        }

        init(_ record: borrowing CallRecord) {
            if record.outcome.isError {
                self = .error
            } else if record.outcome == .clientDisconnected || record.outcome == .abandoned {
                self = .clientDisconnected
            } else {
                self = .success
            }
        }
    }

    let project: String
    let model: String
    /// The requested model, if the endpoint takes one and the provider accepted the call.
    let acceptedModel: String?
    let operation: Endpoint.Operation
    /// The HTTP status, or 0 without a response; `nil` if the status is invalid.
    let code: UInt16?
    let error: ErrorClass?
    let outcome: OutcomeClass
    let isStream: Bool
    /// True if the client's leave and its waiting time were counted when it left.
    let isDisconnectCounted: Bool
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
    /// The savings on the call's input by the cache, in pico-dollars; `nil` if it is unknown.
    let cacheSavings: Int64?
    /// The time at which the response headers were read, in microseconds since 1970.
    let headersReadAt: Int64

    init(_ record: borrowing CallRecord, cacheSavings: Int64? = nil) {
        let timing = record.timing
        project = LabelValue.project(record.project)
        self.cacheSavings = cacheSavings
        outcome = OutcomeClass(record)
        isStream = record.isStream
        isDisconnectCounted = record.isDisconnectCounted
        operation = record.endpoint.operation
        model = LabelValue.model(record.model ?? (operation.isServedByModel ? record.requestModel : nil))
        let status = record.status ?? 0
        code = status == 0 || (100..<600).contains(status) ? UInt16(status) : nil
        error = ErrorClass(record)
        missingUsage = MissingUsageReason(record)
        unpriced = CostReason.labelIndex(of: record.cost)
        isSuccess = (200..<300).contains(status)
        // A request to an endpoint without models may name any model and still succeed.
        isModelServed = isSuccess && (operation.isServedByModel || record.model != record.requestModel)
        acceptedModel = isSuccess && operation.isServedByModel ? record.requestModel.map(LabelValue.model) : nil
        let endedAt = record.startedAtMicroseconds + max(0, timing.durationMicroseconds ?? 0)
        exemplar = record.requestID.flatMap { Exemplar(requestID: $0, value: 1, microseconds: endedAt) }
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
        processing != nil || timeToFirstToken != nil || timePerOutputToken != nil
    }

    private static func timePerOutputToken(_ record: borrowing CallRecord) -> Double? {
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
