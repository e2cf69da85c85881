import AsyncHTTPClient
import HTTPTypes
import NIOCore
import NIOHTTP1
import OpenAIUsage

extension HTTPClientRequest {
    /// Checks a request and converts it.
    ///
    /// - Throws: `TransportError.Code.invalidRequest`.
    init(_ request: Request) throws(TransportError) {
        let head = request.head
        self.init(url: try RequestTarget(head).url)
        method = HTTPMethod(rawValue: head.method.rawValue)
        for field in head.headerFields.endToEnd { headers.add(name: field.name.rawName, value: field.value) }
        let length = try request.bodyLength()
        guard let body = request.body else { return }
        if let bytes = body.bytes {
            self.body = .bytes(ByteBuffer(bytes: bytes))
        } else {
            self.body = .stream(SentBody(base: body), length: length.map { .known(Int64($0)) } ?? .unknown)
        }
    }
}
