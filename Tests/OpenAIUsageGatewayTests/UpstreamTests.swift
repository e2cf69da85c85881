import OpenAIUsageTestKit
import Testing

@testable import OpenAIUsageGateway

struct UpstreamTests {
    struct Good: Sendable, CustomTestStringConvertible {
        let text: String
        let isEncrypted: Bool
        let host: String
        let port: Int
        let prefix: String
        let authority: String
        var testDescription: String { text }

        init(_ text: String, _ isEncrypted: Bool, _ host: String, _ port: Int, _ prefix: String, _ authority: String) {
            self.text = text
            self.isEncrypted = isEncrypted
            self.host = host
            self.port = port
            self.prefix = prefix
            self.authority = authority
        }
    }

    @Test(arguments: [
        Good("https://api.openai.com", true, "api.openai.com", 443, "", "api.openai.com"),
        Good("https://api.openai.com/", true, "api.openai.com", 443, "", "api.openai.com"),
        Good("HTTPS://api.openai.com", true, "api.openai.com", 443, "", "api.openai.com"),
        Good("https://api.openai.com:443", true, "api.openai.com", 443, "", "api.openai.com"),
        Good("http://localhost:80", false, "localhost", 80, "", "localhost"),
        Good("http://localhost:443", false, "localhost", 443, "", "localhost:443"),
        Good("https://localhost:80", true, "localhost", 80, "", "localhost:80"),
        Good("http://127.0.0.1:8080", false, "127.0.0.1", 8080, "", "127.0.0.1:8080"),
        Good("http://127.0.0.1:65535/", false, "127.0.0.1", 65535, "", "127.0.0.1:65535"),
        Good("http://[::1]:8080/x", false, "::1", 8080, "/x", "[::1]:8080"),
        Good("https://[2001:db8::1]", true, "2001:db8::1", 443, "", "[2001:db8::1]"),
        Good("https://openrouter.ai/api", true, "openrouter.ai", 443, "/api", "openrouter.ai"),
        Good("https://host/a/b//", true, "host", 443, "/a/b", "host"),
        Good("https://host///", true, "host", 443, "", "host"),
    ])
    func addressesThatWork(_ good: Good) throws {
        let upstream = try #require(Upstream(good.text))
        #expect(upstream.isEncrypted == good.isEncrypted)
        #expect(upstream.host == good.host)
        #expect(upstream.port == good.port)
        #expect(upstream.pathPrefix == good.prefix)
        #expect(upstream.authority == good.authority)
        #expect(upstream.description == (good.isEncrypted ? "https://" : "http://") + good.authority + good.prefix)
        #expect(Upstream(upstream.description) == upstream)
    }

    @Test(arguments: [
        "", "api.openai.com", "//api.openai.com", "ftp://api.openai.com", "https:", "https://", "http:///path",
        "https://user:secret@api.openai.com", "https://key@host/v1", "https://host:0", "https://host:65536",
        "https://host:-1", "https://host:+80", "https://host:", "https://host:port", "https://host:80:80",
        "https://host?x=1", "https://host#x", "https://host/?x=1", "https://host/#x", "https://host/a b",
        "https://ho st", "https://h\u{f6}st", "https://[::1", "https://[::1]8080", "https://[]:80", "https://::1",
        "https://host/a\r\nX: y", "https://ho\u{0}st", "https://host\\evil", "https://host/\u{e9}",
    ])
    func addressesThatDoNot(_ text: String) {
        #expect(Upstream(text) == nil)
    }
}
