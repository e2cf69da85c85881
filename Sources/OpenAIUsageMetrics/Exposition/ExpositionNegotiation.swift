/// The format that a client gets for its `Accept` header.
///
/// There is always one: a scraper that asks for what is not offered can still read the text format, and a status of
/// 406 would only blind it.
package struct ExpositionNegotiation: Sendable, Equatable {
    /// The format.
    package let format: ExpositionFormat
    /// The value of the `Content-Type` header.
    package let contentType: String

    /// The formats by preference, for clients that leave the choice.
    private static let offers: [ExpositionFormat] = [.text, .openMetrics, .openMetricsDraft]
    /// The ways to write names outside of the old character set; all names here are inside of it.
    private static let escapings: Set<String> = ["allow-utf-8", "underscores", "dots", "values"]

    package init(accept: String?) {
        let header = AcceptHeader(accept ?? "")
        let format = header.ranges.lazy.compactMap(Self.offer).first ?? .text
        let asksForEscaping = header.ranges.contains { range in
            range.parameters["escaping"].map(Self.escapings.contains) ?? false
        }
        self.format = format
        // A client that knows the parameter expects it, and the client's own value is never sent back.
        self.contentType = format.contentType + (asksForEscaping ? "; escaping=underscores" : "")
    }

    private static func offer(_ range: AcceptHeader.Range) -> ExpositionFormat? {
        offers.first { offer in
            switch (range.type, range.subtype) {
            case ("*", "*"): true
            case (offer.mediaType.type, "*"): true
            case (offer.mediaType.type, offer.mediaType.subtype):
                offer.version
                    == range.parameters["version"] ?? ExpositionFormat.impliedVersion(subtype: range.subtype)
            default: false
            }
        }
    }
}
