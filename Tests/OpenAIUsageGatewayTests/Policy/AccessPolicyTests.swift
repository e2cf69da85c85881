import NIOCore
import Testing

@testable import OpenAIUsageGateway

/// The verdicts on requests: who gets in, by what, and what never gets out.
struct AccessPolicyTests {
    private static let token = "tok-0123456789abcdef"
    private static let own = AccessPolicy.Route(ownsKey: true, hasPrefix: true)
    private static let passing = AccessPolicy.Route(ownsKey: false, hasPrefix: true)

    private static func policy(tokens: Bool = true, listen: String = "127.0.0.1") throws -> AccessPolicy {
        AccessPolicy(
            hosts: HostRule(listen: .init(host: listen, port: 8787), allowed: ["gateway"]),
            tokens: tokens ? try AccessTokens(text: "other-token-of-others\n" + token, place: "t") : nil
        )
    }

    private func code(_ verdict: AccessPolicy.Verdict) -> String? {
        if case .refused(let refusal) = verdict { return refusal.code }
        return nil
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let fields: [(String, String)]
        /// The credential of the row, or the code of the refusal, on a route with a key and on one without.
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
            if case .refused(let refusal) = verdict {
                #expect(!refusal.message.contains(Self.token) && !refusal.message.contains("wrong"))
                #expect(refusal.event == .unauthorized)
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
        guard case .refused(let refusal) = try Self.policy().judge(head, .init()) else {
            Issue.record("It was let in.")
            return
        }
        #expect(refusal.status == 421 && refusal.code == "host_not_allowed" && refusal.event == .hostRefused)
        #expect(host == nil || refusal.message.contains("--allowed-host"))
    }

    @Test func `The message about a name says what to do about it`() throws {
        let policy = try Self.policy()
        for (host, words) in [
            ("host.docker.internal:8787", "--allowed-host host.docker.internal"), ("evil!name", "--allowed-host NAME"),
        ] {
            let head = try Heads.request(host: host)
            guard case .refused(let refusal) = policy.judge(head, .init()) else { continue }
            #expect(refusal.message.contains(words), "\(refusal.message)")
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
