/// The rules of asking for usage on behalf of a client: which requests may be made to ask, and what a row says of it.
package enum IncludeUsage {
    /// Why a stream was not made to tell its usage, or how that went.
    package enum Note: String, Sendable, CaseIterable {
        /// The upstream refused, and got the client's own request.
        case refused
        /// The upstream refused a short time ago, so that it was not asked.
        case refusedBefore = "refused-before"
        /// The bodies that were held already left no room to hold this one.
        case notHeld = "not-held"

        /// The name under which a record's diagnostics hold the note.
        package static let name = "include-usage"
    }

    /// True if a request may be made to ask, as far as its head tells.
    ///
    /// - Parameters:
    ///   - endpoint: The endpoint of the client's own path.
    ///   - method: The method.
    ///   - contentType: The value of `content-type`.
    ///   - contentEncoding: The value of `content-encoding`.
    /// - Returns: False for requests that are passed on as they came.
    package static func isCandidate(
        _ endpoint: Endpoint,
        method: String,
        contentType: String?,
        contentEncoding: String?
    ) -> Bool {
        guard method == "POST", contentEncoding == nil else { return false }
        guard endpoint.meter == .chat || endpoint.meter == .completions, endpoint.accounting == .everyCall else {
            return false
        }
        // The bodies of these endpoints are JSON whatever they are labelled; what is no JSON is not changed.
        return contentType?.lowercased().hasPrefix("multipart/") != true
    }

    /// The model that a refusal is remembered by: the body's, else the deployment that the path names.
    package static func model(_ model: String?, target: String) -> String? {
        model ?? Endpoint.deployment(in: target)
    }
}
