import Foundation

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// The fields that a configuration adds to all requests, which a request's head does not show.
struct HeaderAdditions: Sendable {
    /// The field that is meant for the meter.
    static let tags = "OpenAI-Usage-Tags"

    let fields: [String: String]

    /// Takes a configuration's fields, and takes the one for the meter out of them.
    init(takenFrom configuration: URLSessionConfiguration) {
        var fields: [String: String] = [:]
        var others: [AnyHashable: Any] = [:]
        for (name, value) in configuration.httpAdditionalHeaders ?? [:] {
            guard let text = name as? String, let value = value as? String else {
                others[name] = value
                continue
            }
            fields[text] = value
            if text.lowercased() != Self.tags.lowercased() { others[name] = value }
        }
        self.fields = fields
        if others.count != configuration.httpAdditionalHeaders?.count ?? 0 {
            configuration.httpAdditionalHeaders = others
        }
    }
}
