import Foundation
import NIOCore
import NIOPosix
import Testing

@testable import OpenAIUsageGateway

struct GatewayAnswerTests {
    /// The head's lines and the body.
    private static func parts(_ answer: ByteBuffer) throws -> (head: [String], body: String) {
        let text = String(buffer: answer)
        let mark = try #require(text.range(of: "\r\n\r\n"))
        return (text[..<mark.lowerBound].components(separatedBy: "\r\n"), String(text[mark.upperBound...]))
    }

    @Test(arguments: [
        "plain", "", "with \"quotes\" and \\backslashes\\", "lines\r\nand\ttabs", "nul \u{0} and bell \u{7}",
        "umlaut \u{e4}, flag \u{1f1eb}\u{1f1f7}, separator \u{2028}", "</script>", "{\"error\":null}", "del \u{7f}",
    ])
    func messagesMakeValidJSON(_ message: String) throws {
        let answer = GatewayAnswer.error(
            status: 502,
            code: "upstream_closed",
            message: message,
            callID: "0123",
            connection: .unsaid,
            isBodiless: false
        )
        let (head, body) = try Self.parts(answer)
        let data = Data(body.utf8)
        let document = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let error = try #require(document["error"] as? [String: Any])
        #expect(Set(document.keys) == ["error"] && Set(error.keys) == ["message", "type", "param", "code"])
        // Control characters have no place in a message; everything else comes through as it is.
        let expected = String(String.UnicodeScalarView(message.unicodeScalars.map { $0.value < 0x20 ? " " : $0 }))
        #expect(error["message"] as? String == expected)
        #expect(error["type"] as? String == "oai_usage_gateway_error")
        #expect(error["code"] as? String == "upstream_closed" && error["param"] is NSNull)
        #expect(
            head == [
                "HTTP/1.1 502 Bad Gateway", "Content-Type: application/json", "oai-usage-call-id: 0123",
                "Content-Length: \(data.count)",
            ]
        )
    }

    @Test func aHEADRequestGetsNoBodyAndACallThatIsNoneNoIdentity() throws {
        let answer = GatewayAnswer.error(
            status: 503,
            code: "gateway_overloaded",
            message: "busy",
            callID: nil,
            connection: .close,
            isBodiless: true
        )
        let (head, body) = try Self.parts(answer)
        #expect(body.isEmpty && head[0] == "HTTP/1.1 503 Service Unavailable" && head.last == "Connection: close")
        #expect(head.contains("Retry-After: 1") && !head.contains { $0.hasPrefix("oai-usage-call-id") })
    }

    @Test(arguments: [
        ("GET", "/", true), ("HEAD", "/healthz", true), ("GET", "/healthz?x=1", true), ("POST", "/", false),
        ("GET", "/health", false), ("GET", "/v1/models", false), ("GET", "/healthz/", false),
        ("GET", "http://gateway/healthz", true), ("GET", "http://gateway", true),
    ])
    func loadBalancersAreAnsweredHere(method: String, path: String, isAnswered: Bool) throws {
        let head = try Heads.request(method: method, path: path)
        let answer = GatewayAnswer.toLoadBalancer(head, isShuttingDown: false)
        #expect((answer != nil) == isAnswered)
        guard isAnswered, let answer else { return }
        let (lines, body) = try Self.parts(answer)
        #expect(lines[0] == "HTTP/1.1 200 OK" && body == (method == "HEAD" ? "" : "ok\n"))
        let ending = try Self.parts(try #require(GatewayAnswer.toLoadBalancer(head, isShuttingDown: true)))
        #expect(ending.head[0] == "HTTP/1.1 503 Service Unavailable" && ending.head.contains("Connection: close"))
    }

    static let failures: [(UpstreamFailure, Int, String)] = [
        (.unreachable("refused"), 502, "upstream_unreachable"), (.untrusted("expired"), 502, "upstream_tls_failure"),
        (.connectTimeout, 504, "upstream_connect_timeout"), (.responseTimeout, 504, "upstream_timeout"),
        (.closed, 502, "upstream_closed"), (.malformed("bad"), 502, "upstream_malformed_response"),
        (.overloaded, 503, "gateway_overloaded"),
    ]

    @Test(arguments: failures)
    func eachFailureHasItsStatusAndCode(_ failure: UpstreamFailure, _ status: Int, _ code: String) throws {
        let upstream = try #require(Upstream("https://api.openai.com/v2"))
        #expect(failure.status == status && failure.code == code)
        #expect(failure.message(upstream).contains("https://api.openai.com/v2"))
    }

    @Test func errorsOfNIOAreClassified() {
        #expect(UpstreamFailure(ChannelError.connectTimeout(.seconds(1))) == .connectTimeout)
        #expect(UpstreamFailure(UpstreamFailure.overloaded) == .overloaded)
        guard case .unreachable(let text) = UpstreamFailure(IOError(errnoCode: ECONNREFUSED, reason: "connect")) else {
            Issue.record("A refused connection is not unreachable.")
            return
        }
        #expect(!text.isEmpty && text.count <= 200)
    }
}
