/// The state of the usage that an endpoint should report.
public enum UsageState: String, Sendable, CaseIterable {
    /// The provider reported it.
    case reported
    /// The provider reported it in a last event that lacks its terminating blank line.
    case reportedUnterminated = "reported_unterminated"
    /// A later call on the same object reported it and is counted instead.
    case settled
    /// The provider reported `null`, or an object without a number.
    case null
    /// The response is complete and reports none.
    case missing
    /// The response ended before its usage arrived.
    case cut
    /// The API answered with an error.
    case error
    /// The body is not in the endpoint's format, or no counter of its usage is recognized.
    case unparsable
    /// No usage is expected, as from an endpoint that reports none or for a request that was not sent.
    case notApplicable = "not_applicable"
    /// The billed units are those of the request.
    case unitsFromRequest = "units_from_request"
    /// The billed units are those of the response's body, and are not tokens.
    case unitsFromBody = "units_from_body"
}
