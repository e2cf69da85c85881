import Foundation
import HTTPTypes

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

extension HTTPResponse {
    /// The codings that URLSession takes off by itself while it leaves the field that names them.
    private static func isDecoded(_ coding: String) -> Bool {
        #if canImport(FoundationNetworking)
        // libcurl fails on a coding that it cannot take off.
        true
        #else
        ["gzip", "x-gzip", "deflate", "br", "identity"].contains(coding)
        #endif
    }

    /// The head of a response of URLSession, as it belongs to the bytes that URLSession hands over.
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
