import OpenAIUsage
import OpenAIUsageLedger

/// The text about a call for a ticket to the provider's support: what they ask for, and nothing that is yours.
///
/// It has neither keys, tags, addresses and operations of the caller nor costs.
struct SupportBundle {
    private let records: [CallRecord]

    /// Creates a bundle of the attempts of a call, the oldest first.
    init(_ records: [CallRecord]) {
        self.records = records
    }

    /// The text: a heading, and the facts of each attempt.
    var text: String {
        let count = records.count
        var text = "OpenAI API call, \(count) \(count == 1 ? "attempt" : "attempts"), times in UTC\n"
        for (index, record) in records.enumerated() {
            let facts = Self.facts(record).compactMap { name, value in value.map { (name, $0) } }
            let width = facts.map { $0.0.utf8.count }.max() ?? 0
            text += "\nAttempt \(index + 1)\n"
            for (name, value) in facts {
                text += "  \(name)\(String(repeating: " ", count: width - name.utf8.count))  \(value)\n"
            }
        }
        return text
    }

    private static func facts(_ record: CallRecord) -> [(String, String?)] {
        func time(_ value: Int64?) -> String? { value.map { NumberFormat.time(microseconds: $0) } }
        let end = record.timing.durationMicroseconds.map {
            record.startedAtMicroseconds.addingReportingOverflow($0).partialValue
        }
        return [
            ("x-request-id", record.requestID ?? "none: no response arrived"),
            ("X-Client-Request-Id", record.clientRequestID), ("cf-ray", record.edgeRequestID),
            ("response id", record.responseID), ("organization", record.organization ?? record.requestedOrganization),
            ("project", record.requestedProject ?? (record.project == "default" ? nil : record.project)),
            ("started", TimestampText.utc(record.startedAtMicroseconds)), ("ended", end.map { TimestampText.utc($0) }),
            ("request", "\(record.method) \(record.host)\(record.path)"),
            ("model asked for", record.requestModel), ("model served", record.status == 200 ? record.model : nil),
            ("tier asked for", record.requestedServiceTier), ("tier served", record.serviceTier),
            ("streamed", record.isStream ? "yes" : "no"), ("client", record.client),
            ("status", record.status.map { String($0) }), ("outcome", record.outcome.rawValue),
            ("error", [record.errorType, record.errorCode].compactMap { $0 }.joined(separator: ", ").nonEmpty),
            ("duration", time(record.timing.durationMicroseconds)),
            ("to headers", time(record.timing.timeToHeadersMicroseconds)),
            ("to first token", time(record.timing.timeToFirstTokenMicroseconds)),
            ("openai-processing-ms", time(record.timing.processingMicroseconds)),
            ("input tokens", record.usage.inputTokens.map { NumberFormat.count($0) }),
            ("output tokens", record.usage.outputTokens.map { NumberFormat.count($0) }),
            ("rate limits", limits(record)),
        ]
    }

    private static func limits(_ record: CallRecord) -> String? {
        (record.rateLimits?.windows ?? []).map { resource, window in
            let remaining = window.remaining.map { NumberFormat.count($0) } ?? "?"
            return "\(resource) \(remaining) of \(window.limit.map { NumberFormat.count($0) } ?? "?") left"
        }.joined(separator: ", ").nonEmpty
    }
}

extension String {
    /// The text, or `nil` if it is empty.
    fileprivate var nonEmpty: String? { isEmpty ? nil : self }
}
