import OpenAIUsage
import OpenAIUsageLedger

/// The facts of a call that the live view shows.
struct TopCall: Sendable, Equatable {
    /// The dimension of the table of groups.
    enum Grouping: String, CaseIterable {
        case project, model, endpoint, key
    }

    var id: CallID
    var startedAt: Int64
    var project: String
    /// The served model, without the date of a snapshot.
    var model: String?
    var endpoint: String
    var key: String?
    var status: Int?
    var outcome: Outcome
    var errorCode: String?
    var requestID: String?
    var durationMicroseconds: Int64?
    var costPicoUSD: Int64?
    /// True if the call has no complete price.
    var isUnpriced = false
    /// True if the usage of the call is missing although expected.
    var isWithoutUsage = false

    /// The end of the call in microseconds since 1970; its start if the duration is not known.
    var endedAt: Int64 { startedAt.addingReportingOverflow(durationMicroseconds ?? 0).partialValue }

    /// True if the call failed, as reports count it.
    var isError: Bool {
        switch outcome {
        case .error, .cut, .timeout, .unreachable: true
        default: false
        }
    }

    /// Returns the value in a dimension; `nil` if there is none.
    func name(_ grouping: Grouping) -> String? {
        switch grouping {
        case .project: project
        case .model: model
        case .endpoint: endpoint
        case .key: key
        }
    }
}

extension TopCall {
    /// Creates the facts from a record.
    init(_ record: CallRecord) {
        self.init(
            id: record.id,
            startedAt: record.startedAtMicroseconds,
            project: record.project,
            model: (record.model ?? record.requestModel).map { ModelAlias.alias(of: $0) },
            endpoint: record.endpoint.name,
            key: record.key?.description,
            status: record.status,
            outcome: record.outcome,
            errorCode: record.errorCode ?? record.errorType,
            requestID: record.requestID,
            durationMicroseconds: record.timing.durationMicroseconds,
            costPicoUSD: record.cost.picoUSD
        )
        isUnpriced = [.unpriced, .partial].contains(record.cost.status)
        isWithoutUsage = [.null, .missing, .cut, .unparsable].contains(record.usageState)
    }
}
