import Foundation
import NIOCore
import OpenAIUsageTestSupport
import Testing

@testable import OpenAIUsageGateway

/// The verdicts on requests: who gets in, by what, and what never gets out.
struct AccessPolicyTests {
    private static let token = "tok-0123456789abcdef"
    private static let own = AccessPolicy.Route(ownsKey: true, hasPrefix: true)
    private static let passing = AccessPolicy.Route(ownsKey: false, hasPrefix: true)

    private static let adminToken = "operator-token-of-this-gateway"

    private static func policy(
        tokens: Bool = true,
        listen: String = "127.0.0.1",
        adminTokens: Bool = false
    ) throws -> AccessPolicy {
        AccessPolicy(
            hosts: HostRule(listen: .init(host: listen, port: 8787), allowed: ["gateway"]),
            tokens: tokens ? try AccessTokens(text: "other-token-of-others\n" + token, place: "t") : nil,
            adminTokens: adminTokens ? try AccessTokens(text: adminToken, place: "a") : nil,
            admin: .init(host: "127.0.0.1", port: 10464)
        )
    }

    /// An operator's request on the clients' port would take its token to the upstream.
    @Test(
        arguments: [
            ([("Authorization", "Bearer \(adminToken)")], "/api/v1/report", true),
            ([("api-key", adminToken)], "/v1/chat/completions", true),
            ([("X-Anything", adminToken)], "/v1/models", true),
            ([], "/v1/models?token=\(adminToken)", true), ([], "/v1/models?\(adminToken)", true),
            ([], "/v1/\(adminToken)/models", true), ([], "/v1/%6f\(adminToken.dropFirst())", true),
            ([("Authorization", "Basic " + Data("u:\(adminToken)".utf8).base64EncodedString())], "/", true),
            ([("Authorization", "Basic " + Data("\(adminToken):".utf8).base64EncodedString())], "/", true),
            ([("Authorization", "Token token=\"\(adminToken)\"")], "/", true),
            ([("Cookie", "a=b; token=\(adminToken)")], "/", true), ([("User-Agent", "X/\(adminToken)")], "/", true),
            ([("OpenAI-Usage-Tags", "team=\(adminToken)")], "/", true),
            ([("Sec-WebSocket-Protocol", "realtime, \(adminToken)")], "/", true),
            ([("X-Other", "x\(adminToken)")], "/", false), ([("X-Other", "\(adminToken.dropLast())")], "/", false),
            ([("OpenAI-Usage-Token", adminToken)], "/v1/models", false),
            ([("Authorization", "Bearer sk-client")], "/api/v1/chat/completions", false),
        ] as [([(String, String)], String, Bool)]
    )
    func `An operator's token does not go to the upstream`(
        _ fields: [(String, String)],
        _ path: String,
        _ isRefused: Bool
    ) throws {
        let head = try Heads.request(fields, path: path)
        let policy = try Self.policy(tokens: false, adminTokens: true)
        #expect(code(policy.judge(head, Self.passing)) == (isRefused ? "admin_request_misdirected" : nil))
        #expect(code(try Self.policy(tokens: false).judge(head, Self.passing)) == nil)
    }

    @Test(arguments: [
        ("application/vnd.oai-usage.mergeable, application/json", true), ("application/vnd.oai-usage.command", true),
        ("application/json", false), ("*/*", false),
    ])
    func `A command's request on the clients' port names the other one`(_ accept: String, _ isRefused: Bool) throws {
        let head = try Heads.request([("Accept", accept), ("Authorization", "Bearer of-another-gateway")])
        let verdict = try Self.policy(tokens: false).judge(head, .init())
        guard isRefused else { return #expect(code(verdict) == nil) }
        guard case .refused(let rejection) = verdict else {
            Issue.record("It was let in.")
            return
        }
        #expect(rejection.status == 421 && rejection.code == "admin_request_misdirected")
        #expect(rejection.message.contains("127.0.0.1:10464"))
    }

    private func code(_ verdict: AccessPolicy.Verdict) -> String? {
        if case .refused(let rejection) = verdict { return rejection.code }
        return nil
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let fields: [(String, String)]
        /// The credential of the row, or the code of the rejection, on a route with a key and on one without.
        let own: String
        let passing: String
        var testDescription: String { fields.map { "\($0.0): \($0.1)" }.joined(separator: ", ") }
    }

    private static let cases = [
        Case(fields: [], own: "missing_gateway_token", passing: "missing_gateway_token"),
        Case(fields: [("Authorization", "Bearer \(token)")], own: token, passing: "missing_gateway_token"),
        Case(fields: [("authorization", "bearer   \(token)")], own: token, passing: "missing_gateway_token"),
        Case(fields: [("api-key", token)], own: token, passing: "missing_gateway_token"),
        Case(fields: [("X-Api-Key", token)], own: token, passing: "missing_gateway_token"),
        Case(fields: [("x-goog-api-key", token)], own: token, passing: "missing_gateway_token"),
        Case(
            fields: [("Sec-WebSocket-Protocol", "realtime, openai-insecure-api-key.\(token)")],
            own: token,
            passing: "missing_gateway_token"
        ),
        Case(fields: [("OpenAI-Usage-Token", token)], own: token, passing: token),
        Case(fields: [("OpenAI-Usage-Token", "Bearer \(token)")], own: token, passing: token),
        Case(
            fields: [("OpenAI-Usage-Token", token), ("Authorization", "Bearer sk-mine")],
            own: token,
            passing: "sk-mine"
        ),
        Case(fields: [("OpenAI-Usage-Token", token), ("x-api-key", "sk-mine")], own: token, passing: "sk-mine"),
        Case(
            fields: [
                ("Sec-WebSocket-Protocol", "realtime, openai-usage-token.\(token), openai-insecure-api-key.sk-mine")
            ],
            own: token,
            passing: "sk-mine"
        ),
        Case(
            fields: [("Authorization", "Bearer wrong")],
            own: "invalid_gateway_token",
            passing: "missing_gateway_token"
        ),
        Case(fields: [("Authorization", "Bearer")], own: "invalid_gateway_token", passing: "missing_gateway_token"),
        Case(
            fields: [("Authorization", "Basic \(token)")],
            own: "invalid_gateway_token",
            passing: "missing_gateway_token"
        ),
        Case(fields: [("OpenAI-Usage-Token", "wrong")], own: "invalid_gateway_token", passing: "invalid_gateway_token"),
        // One that is wrong where only a token belongs is not made up for elsewhere.
        Case(
            fields: [("OpenAI-Usage-Token", "wrong"), ("Authorization", "Bearer \(token)")],
            own: "invalid_gateway_token",
            passing: "invalid_gateway_token"
        ),
        // A proxy on the way may have added credentials of its own.
        Case(
            fields: [("Authorization", "Bearer x"), ("api-key", token)],
            own: token,
            passing: "missing_gateway_token"
        ),
        // What would be sent on to the upstream.
        Case(
            fields: [("OpenAI-Usage-Token", token), ("Authorization", "Bearer \(token)")],
            own: token,
            passing: "gateway_token_misplaced"
        ),
        Case(
            fields: [("OpenAI-Usage-Token", token), ("api-key", token)],
            own: token,
            passing: "gateway_token_misplaced"
        ),
        Case(
            fields: [("OpenAI-Usage-Token", token), ("Ocp-Apim-Subscription-Key", token)],
            own: "gateway_token_misplaced",
            passing: "gateway_token_misplaced"
        ),
        Case(
            fields: [("OpenAI-Usage-Token", token), ("Sec-WebSocket-Protocol", "openai-insecure-api-key.\(token)")],
            own: token,
            passing: "gateway_token_misplaced"
        ),
    ]

    @Test(arguments: cases)
    func `Tokens are found where they may stand`(_ test: Case) throws {
        let policy = try Self.policy()
        for (route, wanted) in [(Self.own, test.own), (Self.passing, test.passing)] {
            let head = try Heads.request(test.fields, path: "/azure/v1/models")
            let verdict = policy.judge(head, route)
            if case .admitted(let credential) = verdict {
                #expect(credential == wanted)
            } else {
                #expect(code(verdict) == wanted)
            }
            if case .refused(let rejection) = verdict {
                #expect(!rejection.message.contains(Self.token) && !rejection.message.contains("wrong"))
                #expect(rejection.event == .unauthorized)
            }
        }
    }

    @Test(arguments: [
        ("/a?api-key=sk-x", "key_in_query"), ("/a?x=1&API_KEY=sk-x", "key_in_query"),
        ("/a?api%2Dkey=x", "key_in_query"),
        ("/a?access_token=x", "key_in_query"), ("/a?keys=x", nil), ("/a?api-version=2026-01-01", nil),
        ("/api-key", nil),
    ])
    func `A key in the query is for no other upstream`(_ path: String, _ wanted: String?) throws {
        let head = try Heads.request([("OpenAI-Usage-Token", Self.token)], path: path)
        #expect(code(try Self.policy().judge(head, Self.own)) == wanted)
        #expect(code(try Self.policy(tokens: false).judge(head, Self.own)) == wanted)
        #expect(code(try Self.policy(tokens: false).judge(head, Self.passing)) == nil)
    }

    @Test(arguments: ["/a?x=\(token)", "/a?y&x=tok%2D0123456789abcdef"])
    func `A token in the query is misplaced`(_ path: String) throws {
        let head = try Heads.request([("OpenAI-Usage-Token", Self.token)], path: path)
        #expect(code(try Self.policy().judge(head, Self.passing)) == "gateway_token_misplaced")
    }

    /// Requests with the token and other secrets in any places, written in any way that a parser lets through: whatever the
    /// verdict, no upstream gets a token, and none gets a client's key where the gateway has one.
    @Test(arguments: 0..<8)
    func `Nothing that is not the upstream's gets to it`(_ seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let policy = try Self.policy()
        let key = try UpstreamKey(
            "route-secret",
            field: UpstreamKey.Field.allCases.randomElement(using: &random) ?? .apiKey
        )
        let names = [
            "Authorization", "api-key", "X-API-Key", "x-goog-api-key", "OpenAI-Usage-Token", "Cookie",
            "Proxy-Authorization",
            "Sec-WebSocket-Protocol", "X-Custom", "OpenAI_Usage_Token", "Ocp-Apim-Subscription-Key",
        ]
        let forms = [
            "{}", "Bearer {}", "bearer\t{}", "BEARER   {} ", "realtime, openai-insecure-api-key.{}",
            "openai-usage-token.{}",
            "OpenAI-Insecure-API-Key.{},realtime", ",, openai-usage-token.{} ,,realtime",
        ]
        var admitted = 0
        for _ in 0..<500 {
            let fields = (0..<Int.random(in: 1...4, using: &random)).map { _ in
                let name = names.randomElement(using: &random) ?? ""
                let form = forms.randomElement(using: &random) ?? ""
                let secret = Bool.random(using: &random) ? Self.token : "client-secret"
                let cased =
                    Bool.random(using: &random)
                    ? name : Bool.random(using: &random) ? name.uppercased() : name.lowercased()
                return (cased, form.replacing("{}", with: secret))
            }
            let path =
                ["/azure/v1/x", "/azure/v1/x?y=\(Self.token)", "/azure/v1/x?a=b"].randomElement(using: &random) ?? "/"
            let head = try Heads.request(fields, path: path)
            for route in [Self.own, Self.passing] {
                guard case .admitted = policy.judge(head, route) else { continue }
                admitted += 1
                let credentials = UpstreamCredentials(key: route.ownsKey ? key : nil, proxy: nil)
                var rewrite = RequestRewrite()
                (rewrite.added, rewrite.dropped) = credentials.exchange(for: head)
                var written = ByteBuffer()
                HeadWriter.write(head, to: RequestRoute(authority: "upstream"), rewrite, into: &written)
                let text = String(buffer: written)
                // What is not a credential by its name or form is the client's own affair, unless it is the token itself.
                let isToken = text.split(whereSeparator: { " ,\t\r\n=".contains($0) }).contains { $0 == Self.token }
                #expect(!isToken, "\(fields) \(text)")
                #expect(text.contains("route-secret") == route.ownsKey)
                guard route.ownsKey else { continue }
                for name in ["authorization", "api-key", "x-api-key", "x-goog-api-key", "cookie", "openai-usage-token"]
                {
                    let lines = text.lowercased().split(separator: "\r\n").filter { $0.hasPrefix(name + ":") }
                    #expect(lines.allSatisfy { !$0.contains("client-secret") && !$0.contains(Self.token) }, "\(text)")
                }
            }
        }
        #expect(admitted > 50)
    }

    @Test(arguments: [
        ("/azure/../admin", true), ("/azure/./x", true), ("/azure/%2e%2e/x", true), ("/azure/%2E./x", true),
        ("/azure/..%2fx", true), ("/azure/..;a=b/x", true), ("/azure/..\\x", true), ("/azure/x/..", true),
        ("/azure/%252e%252e/x", false), ("/azure/...", false), ("/azure/a..b", false), ("/azure/v1.0/x?y=/../z", false),
        ("/azure/gpt-4.1", false),
    ])
    func `No path leads out of a route`(_ path: String, _ isRefused: Bool) throws {
        let head = try Heads.request(path: path)
        let policy = try Self.policy(tokens: false)
        #expect((code(policy.judge(head, Self.own)) == "bad_request_target") == isRefused)
        #expect((code(policy.judge(head, Self.passing)) == "bad_request_target") == isRefused)
        #expect(code(policy.judge(head, .init())) == nil)
    }

    @Test(arguments: [nil, "evil.example", "127.0.0.1.nip.io:8787"])
    func `A name that is not the gateway's is refused before anything else`(_ host: String?) throws {
        let head = try Heads.request(
            [("OpenAI-Usage-Token", Self.token)],
            version: host == nil ? "1.0" : "1.1",
            host: host
        )
        guard case .refused(let rejection) = try Self.policy().judge(head, .init()) else {
            Issue.record("It was let in.")
            return
        }
        #expect(rejection.status == 421 && rejection.code == "host_not_allowed" && rejection.event == .hostRefused)
        #expect(host == nil || rejection.message.contains("--allowed-host"))
    }

    @Test func `The message about a name says what to do about it`() throws {
        let policy = try Self.policy()
        for (host, words) in [
            ("host.docker.internal:8787", "--allowed-host host.docker.internal"), ("evil!name", "--allowed-host NAME"),
        ] {
            let head = try Heads.request(host: host)
            guard case .refused(let rejection) = policy.judge(head, .init()) else { continue }
            #expect(rejection.message.contains(words), "\(rejection.message)")
        }
    }

    /// A page of any site can have a browser send simple requests, and open WebSockets.
    @Test(arguments: [
        ("http://evil.example", false), ("null", false), ("http://localhost:3000", true), ("https://gateway", true),
    ])
    func `Pages from elsewhere do not spend by the gateway's key`(_ origin: String, _ isAllowed: Bool) throws {
        let head = try Heads.request([("Origin", origin), ("Content-Type", "text/plain")])
        let open = try Self.policy(tokens: false)
        #expect((code(open.judge(head, Self.own)) == nil) == isAllowed)
        // With a key of its own the page spends its own money.
        #expect(code(open.judge(head, Self.passing)) == nil)
        // With a token it was let in by whoever gave it one.
        let authorized = try Heads.request([("Origin", origin), ("Authorization", "Bearer \(Self.token)")])
        #expect(code(try Self.policy().judge(authorized, Self.own)) == nil)
    }

    @Test(
        arguments: [
            ([("Authorization", "Bearer sk-a")], nil), ([("api-key", "sk-a")], nil), ([], nil),
            ([("x-api-key", "sk-a")], "sk-a"),
            ([("x-goog-api-key", "sk-a")], "sk-a"),
            ([("Sec-WebSocket-Protocol", "realtime, openai-insecure-api-key.sk-a")], "sk-a"),
        ] as [([(String, String)], String?)]
    )
    func `A key is known by its fingerprint wherever it stands`(
        _ fields: [(String, String)],
        _ credential: String?
    ) throws {
        let head = try Heads.request(fields)
        #expect(try Self.policy(tokens: false).judge(head, .init()) == .admitted(credential: credential))
    }
}
