import CCurl
import OpenAIUsage

extension TransportError {
    /// Creates an error from libcurl's result of a transfer; `nil` if the transfer succeeded.
    ///
    /// - Parameters:
    ///   - code: The result.
    ///   - isAtProxy: True if a proxy has refused to connect.
    ///   - detail: libcurl's error message; it is used only for codes whose message can only be about the connection.
    init?(_ code: CURLcode, isAtProxy: Bool, detail: String) {
        switch code {
        case CURLE_OK: return nil
        case _ where isAtProxy: self.init(.unreachable, Self.text("The proxy makes no connection", code, detail))
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY, CURLE_COULDNT_CONNECT, CURLE_PROXY,
            CURLE_INTERFACE_FAILED:
            self.init(.unreachable, Self.text("No connection could be made", code, detail))
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
            CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS:
            self.init(.unreachable, Self.text("No secure connection could be made", code, detail))
        case CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CRL_BADFILE:
            self.init(
                .failed,
                Self.text(
                    "The certificate authorities cannot be read; see CurlTransportConfiguration.trustRoots",
                    code,
                    detail
                )
            )
        case CURLE_OPERATION_TIMEDOUT:
            self.init(
                .timeout,
                Self.text("No connection was made within CurlTransportConfiguration.connectTimeout", code, detail)
            )
        case CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_GOT_NOTHING, CURLE_PARTIAL_FILE, CURLE_HTTP2, CURLE_HTTP2_STREAM,
            CURLE_WEIRD_SERVER_REPLY, CURLE_UNSUPPORTED_PROTOCOL, CURLE_BAD_CONTENT_ENCODING:
            self.init(.connectionLost, Self.text("The connection ended inside the call", code))
        case CURLE_SEND_FAIL_REWIND:
            self.init(
                .connectionLost,
                "The connection ended inside the call, and its request's body cannot be read a second time."
            )
        case CURLE_URL_MALFORMAT:
            self.init(.invalidRequest, Self.text("The request cannot be sent", code))
        default:
            self.init(.failed, Self.text("The call failed", code))
        }
    }

    private static func text(_ what: String, _ code: CURLcode, _ detail: String = "") -> String {
        "\(what): \(detail.isEmpty ? String(cString: curl_easy_strerror(code)) : detail) (libcurl \(code.rawValue))."
    }
}
