import NIOCore
import Testing

@testable import OpenAIUsageGateway

/// Token files as people, editors and orchestrators write them.
struct AccessTokensTests {
    private static let token = "tok-0123456789abcdef"

    private func contains(_ text: String, _ candidate: String) throws -> Bool {
        let tokens = try AccessTokens(text: text, place: "/etc/tokens")
        return ByteBuffer(string: candidate).withUnsafeReadableBytes { tokens.contains($0) }
    }

    @Test(arguments: [
        token, token + "\n", token + "\r\n", "\u{feff}" + token + "\n", "  " + token + "\t\n\n",
        "# comment\n\n" + token,
        "another-token-of-somebody\n" + token + "\n#" + token + "x\n",
    ])
    func `A token is a line, whatever ends it`(_ text: String) throws {
        #expect(try contains(text, Self.token))
        for wrong in ["", Self.token + "x", String(Self.token.dropLast()), Self.token.uppercased(), Self.token + "\n"] {
            #expect(try !contains(text, wrong))
        }
    }

    @Test(arguments: [
        ("", "holds no token"), ("\n# nothing\n", "holds no token"), ("short", "/etc/tokens:1: "),
        ("\n\nalice: \(token)", "/etc/tokens:3: "), ("tokén-0123456789abcdef", "/etc/tokens:1: "),
        (String(repeating: "x", count: 513), "512"),
        ((0...1_024).map { "token-number-\($0 + 10_000)" }.joined(separator: "\n"), "/etc/tokens:1025: "),
    ])
    func `What is not a token is told by its line and not repeated`(_ text: String, _ words: String) {
        #expect {
            _ = try AccessTokens(text: text, place: "/etc/tokens")
        } throws: { error in
            let message = "\(error)"
            return message.contains(words) && !message.contains("short.") && !message.contains("alice")
                && !message.contains(Self.token) && !message.contains("xxxx")
        }
    }

    @Test(
        arguments: [
            ("sk-key\n", UpstreamKey.Field.authorization, "Authorization: Bearer sk-key\r\n"),
            (" \u{feff}sk-key", .apiKey, nil), ("\u{feff}sk-key\r\n", .apiKey, "api-key: sk-key\r\n"),
            ("sk-key", .xAPIKey, "x-api-key: sk-key\r\n"), ("", .authorization, nil), (" \n", .authorization, nil),
            ("sk\r\nX-Injected: 1", .authorization, nil), ("sk key", .apiKey, nil), ("schlüssel", .apiKey, nil),
        ] as [(String, UpstreamKey.Field, String?)]
    )
    func `A key is one word, and is never shown`(_ text: String, _ field: UpstreamKey.Field, _ line: String?) throws {
        guard let line else {
            #expect {
                _ = try UpstreamKey(text, field: field)
            } throws: {
                !"\($0)".contains("sk") || "\($0)".contains("blank")
            }
            return
        }
        let key = try UpstreamKey(text, field: field)
        #expect(key.line == line)
        for shown in ["\(key)", String(reflecting: key)] { #expect(!shown.contains("sk-key")) }
    }

    @Test(arguments: [
        ("https://api.openai.com", UpstreamKey.Field.authorization), ("https://x.openai.azure.com/openai", .apiKey),
        ("https://X.Services.AI.Azure.com", .apiKey), ("https://api.anthropic.com/v1", .xAPIKey),
        ("https://openai.azure.com.evil.example", .authorization), ("https://openrouter.ai/api/v1", .authorization),
    ])
    func `The field of a key is its provider's`(_ upstream: String, _ field: UpstreamKey.Field) throws {
        #expect(UpstreamKey.Field(for: try #require(Upstream(upstream))) == field)
    }
}
