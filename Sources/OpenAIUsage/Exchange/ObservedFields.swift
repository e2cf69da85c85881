package import HTTPTypes

/// The fields of a call's heads that an exchange reads, by their names in lower case: for who hands it nothing else.
///
/// Of a response it also reads all whose names begin with `x-ratelimit-`.
package enum ObservedFields {
    /// Those of a request.
    package static let request = byName(RequestHeadFacts.names.compactMap { HTTPField.Name($0) })

    /// Those of a response.
    package static let response = byName(ResponseHeadFacts.names.compactMap { HTTPField.Name($0) })

    private static func byName(_ names: [HTTPField.Name]) -> [String: HTTPField.Name] {
        Dictionary(uniqueKeysWithValues: names.map { ($0.canonicalName, $0) })
    }
}
