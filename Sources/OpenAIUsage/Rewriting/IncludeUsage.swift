/// The rules for requesting usage on behalf of a client: which requests may be rewritten, and what a row notes about
/// it.
package enum IncludeUsage {
    /// Why a stream was not rewritten to report its usage, or how the rewrite went.
    package enum Note: String, Sendable, CaseIterable {
        /// The upstream rejected the option and received the client's own request.
        case refused
        /// The upstream rejected the option a short time ago, so that it was not requested.
        case refusedBefore = "refused-before"
        /// The bodies that were already buffered left no room for this one.
        case notHeld = "not-held"
        /// The client has signed or hashed its request, which another body would invalidate.
        case signed

        /// The name of the note in a record's diagnostics.
        package static let name = "include-usage"
    }

    /// The candidacy of a request for a rewrite, as far as its head determines it.
    package enum Candidacy: Sendable {
        /// The request may be rewritten.
        case candidate
        /// The request is signed and forwarded unchanged.
        ///
        /// If its body asks for a stream without usage, the row says ``Note/signed``.
        case signed
        /// The request is not one to be rewritten.
        case none
    }

    /// The candidacy of a request, as far as its head determines it.
    ///
    /// - Parameters:
    ///   - endpoint: The endpoint of the client's own path.
    ///   - method: The method.
    ///   - contentType: The value of `content-type`.
    ///   - contentEncoding: The value of `content-encoding`.
    ///   - field: Returns the value of a field by its lower-case name; `nil` if there is none.
    /// - Returns: The candidacy.
    package static func candidacy(
        _ endpoint: Endpoint,
        method: String,
        contentType: String?,
        contentEncoding: String?,
        field: (_ name: String) -> String?
    ) -> Candidacy {
        candidacy(
            endpoint,
            isPost: method == "POST",
            // The bodies of these endpoints are JSON whatever their label; anything else stays unchanged.
            isMultipart: contentType?.lowercased().hasPrefix("multipart/") == true,
            isEncoded: contentEncoding != nil
        ) { isSigned(field) }
    }

    /// The candidacy of a request whose head was parsed elsewhere.
    ///
    /// - Parameters:
    ///   - endpoint: The endpoint of the client's own path.
    ///   - isPost: True for the method `POST`.
    ///   - isMultipart: True if `content-type` is a multipart type.
    ///   - isEncoded: True if the body has a content coding.
    ///   - isSigned: Returns true if the body must stay the same, byte for byte.
    /// - Returns: The candidacy.
    @inline(__always)
    package static func candidacy(
        _ endpoint: Endpoint,
        isPost: Bool,
        isMultipart: Bool,
        isEncoded: Bool,
        isSigned: () -> Bool
    ) -> Candidacy {
        guard isPost, !isEncoded, !isMultipart else { return .none }
        guard endpoint.family.reportsUsageOnRequest, endpoint.accounting == .everyCall else { return .none }
        return isSigned() ? .signed : .candidate
    }

    /// True if a request may be rewritten, as far as its head determines it.
    ///
    /// - Parameters:
    ///   - endpoint: The endpoint of the client's own path.
    ///   - method: The method.
    ///   - contentType: The value of `content-type`.
    ///   - contentEncoding: The value of `content-encoding`.
    ///   - field: Returns the value of a field by its lower-case name, for detecting signed requests.
    /// - Returns: False for requests that are forwarded unchanged.
    package static func isCandidate(
        _ endpoint: Endpoint,
        method: String,
        contentType: String?,
        contentEncoding: String?,
        field: (_ name: String) -> String? = { _ in nil }
    ) -> Bool {
        candidacy(
            endpoint,
            method: method,
            contentType: contentType,
            contentEncoding: contentEncoding,
            field: field
        ) == .candidate
    }

    /// The fields that depend on the body's bytes: digests (RFC 9530, RFC 3230, RFC 1864), signatures (RFC 9421), and
    /// the hashes of cloud providers.
    package static let signatureFields = [
        "content-digest", "repr-digest", "digest", "content-md5", "signature", "signature-input",
        "x-amz-content-sha256", "x-content-sha256", "x-acs-content-sha256",
    ]

    /// True for the `authorization` schemes whose credentials depend on the body: those of AWS, of clouds modeled on it
    /// (`ACS3-HMAC-SHA256`, `TC3-HMAC-SHA256`), of draft-cavage-http-signatures, and Hawk.
    private static func isSignature(scheme: Substring) -> Bool {
        let scheme = scheme.uppercased()
        return scheme.hasPrefix("AWS4-") || HeaderText.contains(scheme, "HMAC-") || scheme == "SIGNATURE"
            || scheme == "HAWK"
    }

    /// True if a request's head requires its body to stay the same, byte for byte.
    ///
    /// - Parameter field: Returns the value of a field by its lower-case name; `nil` if there is none.
    /// - Returns: True if another body would invalidate the request.
    package static func isSigned(_ field: (_ name: String) -> String?) -> Bool {
        if let authorization = field("authorization"), !authorization.utf8.starts(with: "Bearer ".utf8),
            isSignature(scheme: Substring(authorization.utf8.prefix { $0 != 0x20 }))
        {
            return true
        }
        return signatureFields.contains { field($0) != nil }
    }

    /// The model under which a rejection is remembered: that of the body, else the deployment in the path.
    package static func model(_ model: String?, target: String) -> String? {
        model ?? Endpoint.deployment(in: target)
    }
}
