import Foundation
import HTTPTypes
import OpenAIUsage
import OpenAIUsageURLSession

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// `URLSession.metered(by:)`, called in the words of a transport.
struct SessionLine: Transport {
    private let session: MeteredURLSession

    init(_ session: MeteredURLSession) {
        self.session = session
    }

    func send(_ request: Request, context: CallContext) async throws -> Response {
        let head = request.head
        guard let url = URL(string: "http://\(head.authority ?? "")\(head.path ?? "/")") else {
            throw TransportError(.invalidRequest, "The request has no URL.")
        }
        var foreign = URLRequest(url: url)
        foreign.httpMethod = head.method.rawValue
        foreign.httpBody = request.body?.bytes.map { Data($0) }
        for field in head.headerFields { foreign.addValue(field.value, forHTTPHeaderField: field.name.rawName) }
        let (body, response) = try await session.bytes(for: foreign)
        return Response(head: HTTPResponse(status: .init(code: response.statusCode)), body: body)
    }
}
