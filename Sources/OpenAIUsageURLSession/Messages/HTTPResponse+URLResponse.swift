import Foundation
import HTTPTypes

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

extension HTTPResponse {
    /// True for a content coding that URLSession decodes without removing the field that names it.
    private static func isDecoded(_ coding: String) -> Bool {
        #if canImport(FoundationNetworking)
        // libcurl fails on a coding that it cannot decode.
        true
        #else
        ["gzip", "x-gzip", "deflate", "br", "identity"].contains(coding)
        #endif
    }

    /// Creates the head of a response of URLSession, with the fields that match the decoded bytes.
    init(_ response: URLResponse) {
        let response = response as? HTTPURLResponse
        self.init(status: Status(code: min(max(response?.statusCode ?? 200, 100), 999)))
        for (name, value) in response?.allHeaderFields ?? [:] {
            guard let name = (name as? String).flatMap({ HTTPField.Name($0) }), let value = value as? String else {
                continue
            }
            headerFields.append(HTTPField(name: name, value: value))
        }
        guard let codings = headerFields[.contentEncoding]?.lowercased() else { return }
        if codings.split(separator: ",").allSatisfy({ Self.isDecoded($0.filter { $0 != " " }) }) {
            headerFields[.contentEncoding] = nil
            headerFields[.contentLength] = nil
        }
    }
}
