/// A format in which the metrics can be read.
package enum ExpositionFormat: Sendable, CaseIterable {
    /// The Prometheus text format 0.0.4.
    case text
    /// OpenMetrics 1.0.0.
    case openMetrics
    /// OpenMetrics 0.0.1, of which 1.0.0 is the released version; the text is the same.
    case openMetricsDraft

    /// The media type without parameters.
    var mediaType: (type: String, subtype: String) {
        switch self {
        case .text: ("text", "plain")
        case .openMetrics, .openMetricsDraft: ("application", "openmetrics-text")
        }
    }

    /// The version that stands in the media type.
    var version: String {
        switch self {
        case .text: "0.0.4"
        case .openMetrics: "1.0.0"
        case .openMetricsDraft: "0.0.1"
        }
    }

    /// The version that a client means that names none.
    static func impliedVersion(subtype: String) -> String {
        subtype == ExpositionFormat.text.mediaType.subtype ? "0.0.4" : "0.0.1"
    }

    /// The value of the `Content-Type` header.
    package var contentType: String {
        "\(mediaType.type)/\(mediaType.subtype); version=\(version); charset=utf-8"
    }

    /// Whether the text follows the rules of OpenMetrics.
    var isOpenMetrics: Bool { self != .text }
}
