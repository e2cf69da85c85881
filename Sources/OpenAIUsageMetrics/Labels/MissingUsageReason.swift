import OpenAIUsage

/// The reason why the usage of a call is missing although expected, as the `reason` label.
enum MissingUsageReason: String, Sendable, CaseIterable {
    case streamWithoutUsage = "stream_without_usage"
    case notReported = "not_reported"
    case clientDisconnect = "client_disconnect"
    case streamInterrupted = "stream_interrupted"
    case parseError = "parse_error"

    /// Creates the reason; `nil` for a call that has usage, needs none, or failed.
    ///
    /// As in reports, a call whose client left before any answer is one without usage.
    init?(_ record: borrowing CallRecord) {
        guard record.isCounted else { return nil }
        let kind = record.usageState.kind
        switch kind {
        case .reported, .reportedUnterminated, .settled, .error, .notApplicable, .unitsFromRequest, .unitsFromBody:
            return nil
        case .null where record.finish == "queued" || record.finish == "in_progress":
            // A background response reports its usage when it is retrieved later.
            return nil
        case .unparsable: self = .parseError
        case .missing, .null, .cut:
            // A whole answer without usage has none for anybody, whether or not its client stayed.
            guard kind == .cut || record.status == nil else {
                self = record.isStream ? .streamWithoutUsage : .notReported
                return
            }
            switch record.outcome.kind {
            case .clientDisconnected, .abandoned: self = .clientDisconnect
            case .cut, .timeout, .interrupted, .unreachable: self = .streamInterrupted
            default: self = kind == .cut ? .streamInterrupted : .notReported
            }
        }
    }
}
