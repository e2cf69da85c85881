import NIOCore
import Testing

@testable import OpenAIUsageGateway

/// The names that a listener may be called by.
struct HostRuleTests {
    private func allows(
        _ host: String,
        listen: String = "127.0.0.1",
        allowed: [String] = []
    ) -> Bool {
        let rule = HostRule(listen: .init(host: listen, port: 8787), allowed: allowed)
        return ByteBuffer(string: host).withUnsafeReadableBytes { rule.allows($0) }
    }

    @Test(arguments: [
        "localhost", "localhost:8787", "LocalHost:1", "localhost.", "localhost.:80", "127.0.0.1", "127.0.0.1:8787",
        "127.1.2.3:8787", "[::1]", "[::1]:8787", "[0:0:0:0:0:0:0:1]:8787", "[::ffff:127.0.0.1]:8787", "localhost:",
    ])
    func `A loopback listener is called by the names of its machine`(_ host: String) { #expect(allows(host)) }

    @Test(
        arguments: [
            "", ":8787", "evil.example", "evil.example:8787", "localhost.evil.example", "evil.localhost", "localhostx",
            "127.0.0.1.evil.example", "127.0.0.1.nip.io:8787", "xlocalhost", "localhost@evil", "localhost:80@evil",
            "127.0.0.1x", "128.0.0.1", "10.0.0.1", "[::2]", "::1", "[::1", "[::1]x", "host.docker.internal", "0.0.0.0",
            "localhost:8787:1", "localhost,evil", "localhost evil", "127.0.0.1:", "2130706433", "127.1", "0x7f.0.0.1",
        ].filter { $0 != "127.0.0.1:" }
    )
    func `A name that could be made to resolve to this machine is none of them`(_ host: String) {
        #expect(!allows(host))
    }

    @Test(arguments: [
        ("host.docker.internal:8787", ["host.docker.internal"], true),
        ("HOST.docker.internal.", ["Host.Docker.Internal"], true), ("docker.internal", ["host.docker.internal"], false),
        ("a.example.com", ["*.example.com"], true), ("a.b.example.com:1", ["*.example.com"], true),
        ("example.com", ["*.example.com"], false), ("aexample.com", ["*.example.com"], false),
        ("anything.at.all", ["*"], true), ("", ["*"], true), ("192.0.2.1:8787", ["192.0.2.1"], true),
        ("[2001:db8::1]:8787", ["[2001:db8::1]"], true), ("[2001:db8::1]", ["2001:db8::1"], true),
        ("localhost", ["gateway.example"], true),
    ])
    func `Other names are allowed by the setting`(_ host: String, _ allowed: [String], _ isAllowed: Bool) {
        #expect(allows(host, allowed: allowed) == isAllowed)
    }

    @Test(arguments: ["0.0.0.0", "::", "192.0.2.1", "gateway.example"])
    func `A listener that others reach is called by any name unless some are listed`(_ listen: String) {
        #expect(allows("whatever.example", listen: listen))
        #expect(!allows("whatever.example", listen: listen, allowed: ["gateway.example"]))
        #expect(allows("gateway.example:443", listen: listen, allowed: ["gateway.example"]))
        #expect(allows("127.0.0.1:8787", listen: listen, allowed: ["gateway.example"]))
    }

    @Test(arguments: [
        ("http://localhost:3000", true), ("https://127.0.0.1", true), ("http://evil.example", false), ("null", false),
        ("", false), ("localhost", false), ("file://", false), ("http://localhost.evil.example", false),
    ])
    func `Pages are told apart by their origin`(_ origin: String, _ isAllowed: Bool) {
        let rule = HostRule(listen: .init(host: "localhost", port: 8787), allowed: [])
        #expect(rule.allows(origin: origin, authority: "localhost:8787") == isAllowed)
    }

    @Test(arguments: [
        ("http://gateway.example:8787", "gateway.example:8787", true),
        ("http://gateway.example", "GATEWAY.example", true),
        ("http://evil.example", "gateway.example:8787", false), ("http://localhost:3000", "gateway.example", false),
        ("null", "gateway.example", false), ("http://gateway.example", nil, false),
    ])
    func `A listener that is called by any name allows its own pages`(
        _ origin: String,
        _ authority: String?,
        _ isAllowed: Bool
    ) {
        let open = HostRule(listen: .init(host: "0.0.0.0", port: 8787), allowed: [])
        #expect(open.allows(origin: origin, authority: authority) == isAllowed)
        let wanted = HostRule(listen: .init(host: "0.0.0.0", port: 8787), allowed: ["*"])
        #expect(wanted.allows(origin: origin, authority: authority))
    }

    @Test(arguments: [
        ("http://host", false), ("host:80", false), ("host/path", false), ("", false), ("*.", false), ("a b", false),
        ("host", true), ("*.host", true), ("*", true), ("::1", true), ("[::1]", true), ("a_b-c.d", true),
    ])
    func `What is not a name is found before the start`(_ text: String, _ isName: Bool) throws {
        #expect(HostRule.isName(text) == isName)
        var configuration = GatewayConfiguration(upstream: try #require(Upstream("https://api.openai.com")))
        configuration.access.allowedHosts = [text]
        if isName {
            try configuration.validateAccess()
        } else {
            #expect(throws: GatewayError.self) { try configuration.validateAccess() }
        }
    }

    @Test(arguments: [
        ("127.0.0.1", true), ("127.9.9.9", true), ("localhost", true), ("::1", true), ("0.0.0.0", false), ("::", false),
        ("192.168.1.2", false), ("gateway.example", false), ("localhost.example", false),
    ])
    func `Only a loopback listener is open without a word`(_ host: String, _ isLoopback: Bool) throws {
        var configuration = GatewayConfiguration(upstream: try #require(Upstream("https://api.openai.com")))
        configuration.listen.host = host
        let check = { [configuration] in try configuration.validateAccess() }
        guard !isLoopback else { return try check() }
        #expect {
            try check()
        } throws: {
            "\($0)".contains("--client-token-file") && "\($0)".contains("--allow-anyone") && "\($0)".contains(host)
        }
        configuration.access.allowsAnyone = true
        try configuration.validateAccess()
        configuration.access.allowsAnyone = false
        configuration.access.clientTokens = try AccessTokens(text: "0123456789abcdef", place: "t")
        try configuration.validateAccess()
        // The other listener is judged by itself.
        configuration.admin.host = host
        #expect {
            try configuration.validateAccess()
        } throws: {
            "\($0)".contains("--admin-token-file") && "\($0)".contains("--admin-allow-anyone")
        }
    }
}
