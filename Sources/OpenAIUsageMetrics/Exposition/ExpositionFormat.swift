/// An exposition format.
package enum ExpositionFormat: Sendable, CaseIterable {
    /// The Prometheus text format 0.0.4.
    case text
    /// OpenMetrics 1.0.0.
    case openMetrics
    /// OpenMetrics 0.0.1, the draft of 1.0.0; the text is identical.
    case openMetricsDraft

    /// The media type without parameters.
    var mediaType: (type: String, subtype: String) {
        switch self {
        case .text: ("text", "plain")
        case .openMetrics, .openMetricsDraft: ("application", "openmetrics-text")
        }
    }

    /// The `version` parameter of the media type.
    var version: String {
        switch self {
        case .text: "0.0.4"
        case .openMetrics: "1.0.0"
        case .openMetricsDraft: "0.0.1"
        }
    }

    /// Returns the version that a media range without a `version` parameter means.
    static func impliedVersion(subtype: String) -> String {
        subtype == ExpositionFormat.text.mediaType.subtype ? "0.0.4" : "0.0.1"
    }

    /// The value of the `Content-Type` header.
    package var contentType: String {
        "\(mediaType.type)/\(mediaType.subtype); version=\(version); charset=utf-8"
    }

    /// True if the text follows the OpenMetrics rules.
    var isOpenMetrics: Bool { self != .text }
}
