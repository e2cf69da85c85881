import Foundation

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// The fields that a configuration adds to all requests; a `URLRequest` does not contain them.
struct AdditionalHeaders: Sendable {
    /// The field with the tags, for the meter only.
    static let tags = "OpenAI-Usage-Tags"

    let fields: [String: String]

    /// Reads the additional fields of a configuration, and removes the one for the meter from it.
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
