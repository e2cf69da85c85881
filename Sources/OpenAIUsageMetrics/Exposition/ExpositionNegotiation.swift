/// The format chosen for a client's `Accept` header.
///
/// There is always one: a scraper that accepts none of the formats can still read the text format, whereas a 406
/// response would leave it without data.
package struct ExpositionNegotiation: Sendable, Equatable {
    /// The chosen format.
    package let format: ExpositionFormat
    /// The value of the `Content-Type` header.
    package let contentType: String

    /// The formats by preference, for clients that accept several.
    private static let offers: [ExpositionFormat] = [.text, .openMetrics, .openMetricsDraft]
    /// The values of the `escaping` parameter, for names outside the legacy character set; all names here are within
    /// it.
    private static let escapings: Set<String> = ["allow-utf-8", "underscores", "dots", "values"]

    package init(accept: String?) {
        let header = AcceptHeader(accept ?? "")
        let format = header.ranges.lazy.compactMap(Self.offer).first ?? .text
        let asksForEscaping = header.ranges.contains { range in
            range.parameters["escaping"].map(Self.escapings.contains) ?? false
        }
        self.format = format
        // A client that sends the parameter expects one back; its own value is never echoed.
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
