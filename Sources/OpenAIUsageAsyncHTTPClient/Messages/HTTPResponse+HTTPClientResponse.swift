import AsyncHTTPClient
import HTTPTypes
import NIOHTTP1

extension HTTPResponse {
    /// Creates the head of a response of AsyncHTTPClient, with the fields that match the delivered bytes.
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
}
