import NIOCore
import NIOHTTP1

/// A response of the gateway's own, in the shape of the API's errors.
enum GatewayErrorBody {
    /// The type of every error that is the gateway's.
    static let type = "oai_usage_gateway_error"

    /// The head and the body of an error.
    static func response(
        status: Int,
        code: String,
        message: String,
        callID: String?,
        allocator: ByteBufferAllocator
    ) -> (head: HTTPResponseHead, body: ByteBuffer) {
        let text = """
            {"error":{"message":"\(escaped(message))","type":"\(type)","param":null,"code":"\(code)"}}
            """
        let body = allocator.buffer(string: text)
        var head = HTTPResponseHead(version: .http1_1, status: .init(statusCode: status))
        head.headers.add(name: "Content-Type", value: "application/json")
        head.headers.add(name: "Content-Length", value: String(body.readableBytes))
        if let callID { head.headers.add(name: "oai-usage-call-id", value: callID) }
        return (head, body)
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case _ where scalar.value < 0x20: result += " "
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
