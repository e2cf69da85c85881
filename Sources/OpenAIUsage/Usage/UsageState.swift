/// What became of the usage that an endpoint should report.
public enum UsageState: String, Sendable, CaseIterable {
    /// The provider reported it.
    case reported
    /// The provider reported it in a last event that lacks its end.
    case reportedUnterminated = "reported_unterminated"
    /// A later call told it, of the same object; that call is counted.
    case settled
    /// The provider said `null`, or an object without a number.
    case null
    /// The response is complete and has none.
    case missing
    /// The response ended before it could come.
    case cut
    /// The API answered with an error.
    case error
    /// The body is not what the endpoint promises, or its usage has no counter that is understood.
    case unparsable
    /// The endpoint has none.
    case notApplicable = "not_applicable"
    /// What is billed stands in the request.
    case unitsFromRequest = "units_from_request"
    /// What is billed stands in the body, in other units than tokens.
    case unitsFromBody = "units_from_body"
}
