import HTTPTypes
import Hummingbird
import NIOCore
import OpenAIUsagePricing

/// An error of the admin plane, in the format of the API's own errors.
struct APIError: Sendable {
    /// The problem, and how to solve it.
    var message: String
    /// The class of the error.
    var type: String
    /// The invalid parameter; `nil` if the error concerns none.
    var param: String?
    /// A stable code; `nil` for none.
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

    /// Creates a response with the error.
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
