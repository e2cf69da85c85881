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
        switch record.usageState.kind {
        case .reported, .reportedUnterminated, .settled, .error, .notApplicable, .unitsFromRequest, .unitsFromBody:
            return nil
        case .missing: self = record.isStream ? .streamWithoutUsage : .notReported
        case .null:
            // A background response reports its usage when it is retrieved later.
            if record.finish == "queued" || record.finish == "in_progress" { return nil }
            self = record.isStream ? .streamWithoutUsage : .notReported
        case .cut:
            let isClient = record.outcome == .clientDisconnected || record.outcome == .abandoned
            self = isClient ? .clientDisconnect : .streamInterrupted
        case .unparsable: self = .parseError
        }
    }
}
