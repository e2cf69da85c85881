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
        /// The client has signed or hashed its request, which another body would make invalid.
        case signed

        /// The name under which a record's diagnostics hold the note.
        package static let name = "include-usage"
    }

    /// The answers to the question if a request may be made to ask, as far as its head tells.
    package enum Candidacy: Sendable {
        /// It may.
        case candidate
        /// It could, but it is signed: it is passed on as it came. If its body turns out to ask for a stream without its
        /// usage, the row says ``Note/signed``.
        case signed
        /// It is none that streams chats.
        case none
    }

    /// The candidacy of a request, as far as its head tells.
    ///
    /// - Parameters:
    ///   - endpoint: The endpoint of the client's own path.
    ///   - method: The method.
    ///   - contentType: The value of `content-type`.
    ///   - contentEncoding: The value of `content-encoding`.
    ///   - field: The value of any field, by its name in lower case; `nil` if it is not there.
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
            // The bodies of these endpoints are JSON whatever they are labelled; what is no JSON is not changed.
            isMultipart: contentType?.lowercased().hasPrefix("multipart/") == true,
            isEncoded: contentEncoding != nil
        ) { isSigned(field) }
    }

    /// The candidacy of a request whose head was parsed elsewhere.
    ///
    /// - Parameters:
    ///   - endpoint: The endpoint of the client's own path.
    ///   - isPost: True for the method `POST`.
    ///   - isMultipart: True if `content-type` names a form of several parts.
    ///   - isEncoded: True if the body has a content coding.
    ///   - isSigned: Tells if the head says that its body must stay as it is.
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

    /// True if a request may be made to ask, as far as its head tells.
    ///
    /// - Parameters:
    ///   - endpoint: The endpoint of the client's own path.
    ///   - method: The method.
    ///   - contentType: The value of `content-type`.
    ///   - contentEncoding: The value of `content-encoding`.
    ///   - field: The value of any field, by its name in lower case, which tells whether the request is signed.
    /// - Returns: False for requests that are passed on as they came.
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

    /// The fields that say what the body's bytes are: digests (RFC 9530, RFC 3230, RFC 1864), signatures (RFC 9421), and
    /// the hashes of clouds.
    package static let signatureFields = [
        "content-digest", "repr-digest", "digest", "content-md5", "signature", "signature-input",
        "x-amz-content-sha256", "x-content-sha256", "x-acs-content-sha256",
    ]

    /// The schemes of `authorization` whose credentials are made of the body: those of AWS, of other clouds after it
    /// (`ACS3-HMAC-SHA256`, `TC3-HMAC-SHA256`), of builder-cavage-http-signatures, and Hawk.
    private static func isSignature(scheme: Substring) -> Bool {
        let scheme = scheme.uppercased()
        return scheme.hasPrefix("AWS4-") || HeaderText.contains(scheme, "HMAC-") || scheme == "SIGNATURE"
            || scheme == "HAWK"
    }

    /// True if a request's head says that its body must stay as it is, byte for byte.
    ///
    /// - Parameter field: The value of any field, by its name in lower case; `nil` if it is not there.
    /// - Returns: True if another body would make the request invalid.
    package static func isSigned(_ field: (_ name: String) -> String?) -> Bool {
        if let authorization = field("authorization"), !authorization.utf8.starts(with: "Bearer ".utf8),
            isSignature(scheme: Substring(authorization.utf8.prefix { $0 != 0x20 }))
        {
            return true
        }
        return signatureFields.contains { field($0) != nil }
    }

    /// The model that a refusal is remembered by: the body's, else the deployment that the path names.
    package static func model(_ model: String?, target: String) -> String? {
        model ?? Endpoint.deployment(in: target)
    }
}
