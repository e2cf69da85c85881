import Foundation
import NIOCore
import NIOHTTP1
import Testing

@testable import OpenAIUsageGateway

struct GatewayErrorBodyTests {
    @Test(arguments: [
        "plain", "", "with \"quotes\" and \\backslashes\\", "lines\r\nand\ttabs", "nul \u{0} and bell \u{7}",
        "umlaut \u{e4}, flag \u{1f1eb}\u{1f1f7}, separator \u{2028}", "</script>", "{\"error\":null}", "del \u{7f}",
    ])
    func messagesMakeValidJSON(_ message: String) throws {
        let (head, body) = GatewayErrorBody.response(
            status: 502,
            code: "upstream_closed",
            message: message,
            callID: "0123",
            allocator: ByteBufferAllocator()
        )
        let data = Data(body.readableBytesView)
        let document = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect(Set(document.keys) == ["error"])
        let error = try #require(document["error"] as? [String: Any])
        #expect(Set(error.keys) == ["message", "type", "param", "code"])
        // Control characters have no place in a message; everything else comes through as it is.
        let expected = String(
            String.UnicodeScalarView(message.unicodeScalars.map { $0.value < 0x20 ? " " : $0 })
        )
        #expect(error["message"] as? String == expected)
        #expect(error["type"] as? String == "oai_usage_gateway_error")
        #expect(error["code"] as? String == "upstream_closed")
        #expect(error["param"] is NSNull)
        #expect(head.status.code == 502)
        #expect(head.headers["content-length"] == [String(data.count)])
        #expect(head.headers["content-type"] == ["application/json"])
        #expect(head.headers["oai-usage-call-id"] == ["0123"])
    }

    @Test func withoutACallThereIsNoIdentity() {
        let (head, _) = GatewayErrorBody.response(
            status: 503,
            code: "gateway_overloaded",
            message: "busy",
            callID: nil,
            allocator: ByteBufferAllocator()
        )
        #expect(!head.headers.contains(name: "oai-usage-call-id"))
        #expect(head.status.code == 503)
    }

    static let failures: [(UpstreamFailure, Int, String)] = [
        (.unreachable("refused"), 502, "upstream_unreachable"),
        (.untrusted("expired"), 502, "upstream_tls_failure"),
        (.connectTimeout, 504, "upstream_connect_timeout"),
        (.responseTimeout, 504, "upstream_timeout"),
        (.closed, 502, "upstream_closed"),
        (.malformed("bad"), 502, "upstream_malformed_response"),
        (.overloaded, 503, "gateway_overloaded"),
    ]

    @Test(arguments: failures)
    func eachFailureHasItsStatusAndCode(_ failure: UpstreamFailure, _ status: Int, _ code: String) throws {
        let upstream = try #require(Upstream("https://api.openai.com/v2"))
        #expect(failure.status == status)
        #expect(failure.code == code)
        #expect(failure.message(upstream).contains("https://api.openai.com/v2"))
    }

    @Test func errorsOfNIOAreClassified() {
        #expect(UpstreamFailure(ChannelError.connectTimeout(.seconds(1))) == .connectTimeout)
        #expect(UpstreamFailure(UpstreamFailure.overloaded) == .overloaded)
        guard case .unreachable(let text) = UpstreamFailure(IOError(errnoCode: ECONNREFUSED, reason: "connect")) else {
            Issue.record("A refused connection is not unreachable.")
            return
        }
        #expect(!text.isEmpty)
        #expect(text.count <= 200)
    }
}
