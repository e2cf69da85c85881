import HTTPTypes
import Hummingbird
import NIOCore
import OpenAIUsageMetrics

/// The responses of the endpoint, and of routers with `expose(_:at:)`.
enum MetricsResponse {
    static func exposition(of metrics: UsageMetrics, for request: Request) -> Response {
        let (type, body) = metrics.exposition(accept: request.headers[values: .accept].joined(separator: ","))
        return response(.ok, type, body)
    }

    static func text(_ status: HTTPResponse.Status, _ text: String) -> Response {
        response(status, "text/plain; charset=utf-8", Array(text.utf8))
    }

    private static func response(_ status: HTTPResponse.Status, _ type: String, _ body: [UInt8]) -> Response {
        Response(
            status: status,
            headers: [
                .contentType: type, .cacheControl: "no-store", .contentLength: String(body.count), .vary: "Accept",
                .xContentTypeOptions: "nosniff",
            ],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: body))
        )
    }
}
