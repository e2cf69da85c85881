import HTTPTypes
import Hummingbird
import NIOCore
import OpenAIUsagePricing

/// An error of the admin plane as JSON, in the shape of the provider's own errors.
struct APIError: Sendable {
    /// The message: what was wrong, and what to do.
    var message: String
    /// The class of the error.
    var type: String
    /// The parameter that is wrong; `nil` if it is none of one.
    var param: String?
    /// The kind of the error, as a fixed word.
    var code: String?

    init(_ message: String, type: String = "invalid_request_error", param: String? = nil, code: String? = nil) {
        self.message = message
        self.type = type
        self.param = param
        self.code = code
    }

    /// The error as one line of JSON.
    var json: String {
        func text(_ value: String?) -> JSONDocument.Value { value.map { .string($0) } ?? .null }
        return JSONDocument.Value.members([
            "error": .members([
                "message": .string(message), "type": .string(type), "param": text(param), "code": text(code),
            ])
        ]).line
    }

    /// The response with the error.
    func response(_ status: HTTPResponse.Status) -> Response {
        let body = ByteBuffer(string: json)
        var headers: HTTPFields = [
            .contentType: "application/json", .cacheControl: "no-store", .contentLength: String(body.readableBytes),
            .vary: "Accept, Accept-Encoding",
        ]
        headers[.xContentTypeOptions] = "nosniff"
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: body))
    }
}
