import HTTPTypes
import Hummingbird
import NIOCore
import OpenAIUsageMetrics

/// The responses of the endpoint, and of routers with `expose(_:at:)`.
enum MetricsResponse {
    /// Returns the metrics in the format that a request accepts, or the status 503 if too many are being written.
    ///
    /// - Throws: A `CancellationError` if the client has left before it was its turn.
    static func exposition(of metrics: UsageMetrics, for request: Request) async throws -> Response {
        guard metrics.gate.enter() else {
            metrics.countRejectedScrape()
            var refusal = text(
                .serviceUnavailable,
                "As many scrapes are being answered as may be at once; scrape less often.\n"
            )
            refusal.headers[.retryAfter] = "1"
            return refusal
        }
        defer { metrics.gate.leave() }
        let accept = request.headers[values: .accept].joined(separator: ",")
        let acceptEncoding = request.headers[values: .acceptEncoding].joined(separator: ",")
        let scrape = try await metrics.scrapeAside(accept: accept, acceptEncoding: acceptEncoding)
        var response = response(.ok, scrape.contentType, scrape.body)
        if let coding = scrape.contentEncoding { response.headers[.contentEncoding] = coding }
        return response
    }

    static func text(_ status: HTTPResponse.Status, _ text: String) -> Response {
        response(status, "text/plain; charset=utf-8", Array(text.utf8))
    }

    private static func response(_ status: HTTPResponse.Status, _ type: String, _ body: [UInt8]) -> Response {
        Response(
            status: status,
            headers: [
                .contentType: type, .cacheControl: "no-store", .contentLength: String(body.count),
                .vary: "Accept, Accept-Encoding",
                .xContentTypeOptions: "nosniff",
            ],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: body))
        )
    }
}
