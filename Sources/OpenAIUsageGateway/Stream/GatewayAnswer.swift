import NIOCore

/// A response that the gateway generates itself, as the bytes to send.
enum GatewayAnswer {
    /// The `type` of every error that the gateway generates.
    static let errorType = "oai_usage_gateway_error"

    /// Creates an error response in the API's format.
    ///
    /// - Parameters:
    ///   - status: The status.
    ///   - code: The error code.
    ///   - message: A sentence for a person.
    ///   - callID: The identity of the call; `nil` if the request is not a call.
    ///   - connection: The `Connection` field.
    ///   - isBodiless: True for the response to a `HEAD` request.
    /// - Returns: The head and the body.
    static func error(
        status: Int,
        code: String,
        message: String,
        callID: String?,
        connection: ResponseRewrite.Connection,
        isBodiless: Bool
    ) -> ByteBuffer {
        let body = """
            {"error":{"message":"\(escaped(message))","type":"\(errorType)","param":null,"code":"\(code)"}}
            """
        var fields = "Content-Type: application/json\r\n"
        if let callID { fields += "oai-usage-call-id: \(callID)\r\n" }
        if status == 503 { fields += "Retry-After: 1\r\n" }
        if status == 401 { fields += "WWW-Authenticate: Bearer realm=\"oai-usage gateway\"\r\n" }
        return response(status, fields, body, connection, isBodiless)
    }

    /// Creates the response to a load balancer's health probe on the listener for clients.
    ///
    /// No API call has these paths. The upstream is not involved, and no row is recorded. During a graceful shutdown the status
    /// is 503.
    ///
    /// - Parameters:
    ///   - request: The head of the request.
    ///   - isShuttingDown: True during a graceful shutdown.
    /// - Returns: The head and the body; `nil` if the request is a call.
    static func toLoadBalancer(_ request: RequestHead, isShuttingDown: Bool) -> ByteBuffer? {
        guard request.method == .get || request.method == .head, request.path.count <= 4_096 else { return nil }
        let isHealth = request.withBytes(request.path) { bytes in
            let path = bytes.prefix { $0 != UInt8(ascii: "?") }
            return path.isEmpty || path.elementsEqual("/".utf8) || path.elementsEqual("/healthz".utf8)
        }
        guard isHealth, request.upgrade == nil else { return nil }
        return response(
            isShuttingDown ? 503 : 200,
            "Content-Type: text/plain; charset=utf-8\r\nCache-Control: no-store\r\n",
            isShuttingDown ? "shutting down\n" : "ok\n",
            !request.keepsAlive || isShuttingDown ? .close : request.isHTTP10 ? .keepAlive : .unsaid,
            request.method == .head
        )
    }

    private static func response(
        _ status: Int,
        _ fields: String,
        _ body: String,
        _ connection: ResponseRewrite.Connection,
        _ isBodiless: Bool
    ) -> ByteBuffer {
        var text = "HTTP/1.1 \(status) \(reason(status))\r\n\(fields)Content-Length: \(body.utf8.count)\r\n"
        switch connection {
        case .unsaid: break
        case .close: text += "Connection: close\r\n"
        case .keepAlive: text += "Connection: keep-alive\r\n"
        }
        return ByteBuffer(string: text + "\r\n" + (isBodiless ? "" : body))
    }

    private static func reason(_ status: Int) -> String {
        switch status {
        case 200: "OK"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 408: "Request Timeout"
        case 413: "Content Too Large"
        case 414: "URI Too Long"
        case 421: "Misdirected Request"
        case 431: "Request Header Fields Too Large"
        case 501: "Not Implemented"
        case 502: "Bad Gateway"
        case 503: "Service Unavailable"
        case 504: "Gateway Timeout"
        case 505: "HTTP Version Not Supported"
        default: "Error"
        }
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
