import AsyncHTTPClient
import HTTPTypes
import NIOHTTP1

extension HTTPResponse {
    /// The head of a response of the client, as it belongs to the bytes that the client hands over.
    init(_ response: HTTPClientResponse, isDecoded: Bool) {
        self.init(
            status: Status(
                code: min(max(Int(response.status.code), 100), 999),
                reasonPhrase: response.status.reasonPhrase
            ),
            headerFields: HTTPFields(response.headers)
        )
        guard isDecoded, let coding = headerFields[.contentEncoding]?.lowercased(),
            ["gzip", "deflate"].contains(coding)
        else { return }
        headerFields[.contentEncoding] = nil
        headerFields[.contentLength] = nil
    }

    /// The length of the body, as far as the head tells it.
    func bodyLength(of method: HTTPRequest.Method) -> Int? {
        if method == .head || status == .noContent || status == .notModified { return 0 }
        guard headerFields[.transferEncoding] == nil else { return nil }
        return headerFields[.contentLength].flatMap { Int($0) }.flatMap { $0 >= 0 ? $0 : nil }
    }
}
