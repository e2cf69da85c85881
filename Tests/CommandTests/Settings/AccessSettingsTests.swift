import ArgumentParser
import Foundation
import OpenAIUsageGateway
import Testing

@testable import oai_usage

/// Tokens, keys and routes as settings: what is read, and what is refused without being repeated.
struct AccessSettingsTests {
    private static let token = "tok-0123456789abcdef"

    /// A folder with files; `{}` in the texts of a test stands for it.
    private struct Folder: ~Copyable {
        let path: String

        init(_ files: [String: String] = [:]) throws {
            path = FileManager.default.temporaryDirectory.appending(path: "access-\(UUID())").path
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            for (name, text) in files {
                try text.write(toFile: "\(path)/\(name)", atomically: true, encoding: .utf8)
                try mode(name, 0o600)
            }
        }

        deinit { try? FileManager.default.removeItem(atPath: path) }

        func mode(_ name: String, _ mode: Int) throws {
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: "\(path)/\(name)")
        }

        func filled(_ text: String) -> String { text.replacing("{}", with: path) }

        func settings(_ file: String = "{ }", _ environment: [String: String] = [:]) async throws -> Settings {
            try filled(file).write(toFile: "\(path)/config.json", atomically: true, encoding: .utf8)
            return try await Settings(file: "\(path)/config.json", environment: environment)
        }
    }

    private static let files = [
        "tokens": token + "\n", "key": "sk-from-a-file\n", "empty": "", "two words": "sk with blanks", "short": "abc",
    ]

    struct Wrong: Sendable, CustomTestStringConvertible {
        var file = "{ }"
        var environment: [String: String] = [:]
        var flags: [String] = []
        let words: [String]
        var testDescription: String { "\(file) \(environment) \(flags)" }
    }

    @Test(arguments: [
        Wrong(
            flags: ["--listen", "0.0.0.0:8787"],
            words: ["--listen 0.0.0.0:8787", "--client-token-file", "--allow-anyone"]
        ),
        Wrong(file: #"{"listen": "192.0.2.7:1"}"#, words: ["192.0.2.7:1", "--client-token-file"]),
        Wrong(flags: ["--admin", "[::]:1"], words: ["--admin [::]:1", "--admin-token-file", "--admin-allow-anyone"]),
        // The one says nothing about the other.
        Wrong(flags: ["--admin", "[::]:1", "--allow-anyone"], words: ["--admin-token-file"]),
        Wrong(flags: ["--client-token-file", "{}/none"], words: ["--client-token-file", "no file"]),
        Wrong(flags: ["--client-token-file", "{}"], words: ["--client-token-file", "cannot be read"]),
        Wrong(flags: ["--client-token-file", "{}/empty"], words: ["/empty holds no token"]),
        Wrong(flags: ["--client-token-file", "{}/short"], words: ["/short:1", "openssl rand"]),
        Wrong(
            file: "{\n\"admin-token-file\": \"{}/none\"}",
            words: ["config.json:2: \"admin-token-file\"", "no file"]
        ),
        Wrong(
            environment: ["OAI_USAGE_CLIENT_TOKEN_FILE": "/none"],
            words: ["The variable OAI_USAGE_CLIENT_TOKEN_FILE"]
        ),
        Wrong(flags: ["--allowed-host", "http://x"], words: ["--allowed-host", "host.docker.internal"]),
        Wrong(flags: ["--tls-key", "{}/key"], words: ["--tls-key", "--tls-cert"]),
        Wrong(flags: ["--tls-cert", "{}/key"], words: ["/key holds no certificate"]),
        // Routes.
        Wrong(file: #"{"routes": []}"#, words: [":1:", "is an array", "/openrouter/v1"]),
        Wrong(
            file: "{\"routes\": {\n\"/a\": \"https://a\"}}",
            words: ["config.json:2: \"/a\"", "is a string", "upstream"]
        ),
        Wrong(file: "{\"routes\": {\n\"/a\": { }}}", words: ["config.json:2: \"/a\"", "has no \"upstream\""]),
        Wrong(
            file: "{\"routes\": {\"/a\": {\"upstream\": \"https://a\",\n\"keyenv\": \"X\"}}}",
            words: ["config.json:2: \"keyenv\"", "upstream, key-env, key-file, key-header"]
        ),
        Wrong(
            file: #"{"routes": {"/a": {"upstream": "https://a", "key": "sk-secret"}}}"#,
            words: ["\"key\"", "key-env", "key-file"]
        ),
        Wrong(file: #"{"routes": {"/a": {"upstream": 1}}}"#, words: ["\"upstream\" is a number"]),
        Wrong(
            file: #"{"routes": {"/a": {"upstream": "a.example"}}}"#,
            words: ["\"/a\": \"upstream\"", "http or https"]
        ),
        Wrong(
            file: #"{"routes": {"a": {"upstream": "https://a"}}}"#,
            words: ["The route \"a\" must begin with a slash"]
        ),
        Wrong(
            file: "{\"routes\": {\"/a\": {\"upstream\": \"https://a\"},\n\"/a/\": {\"upstream\": \"https://b\"}}}",
            words: ["config.json:2: \"/a/\"", "line 1"]
        ),
        Wrong(
            file: #"{"routes": {"/a": {"upstream": "https://a"}, "/a": {"upstream": "https://b"}}}"#,
            words: ["\"/a\" stands here again"]
        ),
        Wrong(
            file: "{\"routes\": {\"/a\": {\"upstream\": \"https://a\",\n\"key-env\": \"MISSING_KEY\"}}}",
            words: ["config.json:2: \"key-env\"", "the variable MISSING_KEY of the environment is not set"]
        ),
        Wrong(
            file: #"{"routes": {"/a": {"upstream": "https://a", "key-env": "sk-secret"}}}"#,
            words: ["it must be the name of a variable"]
        ),
        Wrong(
            file: #"{"routes": {"/a": {"upstream": "https://a", "key-env": "BAD"}}}"#,
            environment: ["BAD": "sk secret"],
            words: ["\"key-env\"", "has a blank"]
        ),
        Wrong(
            file: #"{"routes": {"/a": {"upstream": "https://a", "key-file": "{}/empty"}}}"#,
            words: ["The key is empty"]
        ),
        Wrong(
            file: #"{"routes": {"/a": {"upstream": "https://a", "key-file": "{}/two words"}}}"#,
            words: ["has a blank"]
        ),
        Wrong(
            file: #"{"routes": {"/a": {"upstream": "https://a", "key-file": "{}/none"}}}"#,
            words: ["\"key-file\"", "no file"]
        ),
        Wrong(
            file: #"{"routes": {"/a": {"upstream": "https://a", "key-file": "{}/key", "key-env": "K"}}}"#,
            words: ["a \"key-env\" and a \"key-file\""]
        ),
        Wrong(
            file: #"{"routes": {"/a": {"upstream": "https://a", "key-file": "{}/key", "key-header": "cookie"}}}"#,
            words: ["\"key-header\" is \"cookie\"", "authorization, api-key, x-api-key"]
        ),
        Wrong(
            file: #"{"routes": {"/a": {"upstream": "https://a", "key-header": "api-key"}}}"#,
            words: ["has a \"key-header\" and no key"]
        ),
        Wrong(
            file: #"{"routes": {"/a": {"upstream": "http://localhost:8787/v1"}}}"#,
            words: ["The route \"/a\" leads back to the gateway", "--listen"]
        ),
        // A key must not get to an upstream that is named elsewhere.
        Wrong(
            file: #"{"routes": {"/": {"upstream": "https://a", "key-file": "{}/key"}}}"#,
            flags: ["--upstream", "https://evil"],
            words: ["\"/\"", "--upstream", "leave one of them out"]
        ),
        Wrong(
            file: #"{"upstream": "https://b", "routes": {"/": {"upstream": "https://a"}}}"#,
            words: ["leave one of them out"]
        ),
        Wrong(environment: ["OAI_USAGE_ROUTES": "{"], words: ["The variable OAI_USAGE_ROUTES, line 1", "not JSON"]),
    ])
    func `What is wrong is told with its place, and no secret with it`(_ wrong: Wrong) async throws {
        let folder = try Folder(Self.files)
        let settings: Settings
        do {
            settings = try await folder.settings(wrong.file, wrong.environment)
        } catch {
            let isFound = wrong.words.allSatisfy { "\(error)".contains($0) }
            #expect(isFound, "\(error)")
            return
        }
        let options = try GatewayOptions.parse(wrong.flags.map { folder.filled($0) })
        do {
            _ = try options.configuration(settings)
            Issue.record("It was taken.")
        } catch {
            let message = "\(error)"
            for word in wrong.words { #expect(message.contains(word), "\(message)") }
            for secret in ["sk-secret", "sk secret", "sk with", "sk-from", Self.token] {
                #expect(!message.contains(secret))
            }
        }
    }

    @Test func `Routes are read with their keys`() async throws {
        let folder = try Folder(Self.files)
        let settings = try await folder.settings(
            """
            {"routes": {
              "/": {"upstream": "https://api.openai.com", "key-env": "OPENAI_API_KEY"},
              "/azure": {"upstream": "https://x.openai.azure.com/openai", "key-file": "{}/key"},
              "/claude/": {"upstream": "https://api.anthropic.com/v1", "key-env": "ANTHROPIC_API_KEY"},
              "/openrouter/v1": {"upstream": "https://openrouter.ai/api/v1", "key-env": "K", "key-header": "X-API-Key"},
              "/ollama": {"upstream": "http://127.0.0.1:11434"}
            }}
            """,
            [
                "OPENAI_API_KEY": "sk-1", "ANTHROPIC_API_KEY": "sk-2", "K": "sk-3\n",
                "HTTPS_PROXY": "http://proxy:3128",
                "NO_PROXY": "openrouter.ai",
            ]
        )
        let (configuration, warnings) = try GatewayOptions.parse([]).configurationWithWarnings(settings)
        #expect(configuration.upstream.description == "https://api.openai.com")
        #expect(configuration.upstreamKey?.field == .authorization)
        #expect(configuration.routes.map(\.prefix) == ["/azure", "/claude", "/openrouter/v1", "/ollama"])
        #expect(configuration.routes.map(\.key?.field) == [.apiKey, .xAPIKey, .xAPIKey, nil])
        #expect(configuration.routes.map { $0.proxy != nil } == [true, true, false, false])
        #expect(warnings.isEmpty)
        var dumped = "\(configuration)"
        dump(configuration, to: &dumped)
        for secret in ["sk-1", "sk-2", "sk-3", "sk-from-a-file"] { #expect(!dumped.contains(secret)) }
    }

    @Test func `Routes may stand in a variable, which goes before the file`() async throws {
        let folder = try Folder()
        let settings = try await folder.settings(
            #"{"routes": {"/a": {"upstream": "https://a"}}}"#,
            ["OAI_USAGE_ROUTES": #"{"/b": {"upstream": "https://b"}}"#]
        )
        #expect(try GatewayOptions.parse([]).configuration(settings).routes.map(\.prefix) == ["/b"])
    }

    @Test func `Files that everyone can read are told`() async throws {
        let folder = try Folder(Self.files)
        let settings = try await folder.settings(
            #"{"client-token-file": "{}/tokens", "routes": {"/a": {"upstream": "https://a", "key-file": "{}/key"}}}"#
        )
        #expect(try GatewayOptions.parse([]).configurationWithWarnings(settings).warnings.isEmpty)
        try folder.mode("tokens", 0o644)
        try folder.mode("key", 0o604)
        let warnings = try GatewayOptions.parse([]).configurationWithWarnings(settings).warnings
        #expect(
            warnings.count == 2
                && warnings.allSatisfy { $0.contains("can be read by everyone") && $0.contains("chmod o-r") }
        )
    }

    @Test func `Access is read from flags, variables and the file`() async throws {
        let folder = try Folder(Self.files)
        let settings = try await folder.settings(
            #"{"listen": "0.0.0.0:1", "admin": "0.0.0.0:2", "client-token-file": "{}/tokens", "admin-allow-anyone": true}"#,
            ["OAI_USAGE_ALLOWED_HOST": "a.example, *.b.example"]
        )
        var configuration = try GatewayOptions.parse([]).configuration(settings)
        #expect(configuration.access.clientTokens?.count == 1 && configuration.access.adminTokens == nil)
        #expect(configuration.access.adminAllowsAnyone && !configuration.access.allowsAnyone)
        #expect(configuration.access.allowedHosts == ["a.example", "*.b.example"])
        configuration = try GatewayOptions.parse(["--allowed-host", "c", "--allowed-host", "d"]).configuration(settings)
        #expect(configuration.access.allowedHosts == ["c", "d"])
        #expect(throws: GatewayError.self) {
            try GatewayOptions.parse(["--no-admin-allow-anyone"]).configuration(settings)
        }
    }

    @Test(
        arguments: [
            ([], [:], nil), ([], ["OAI_USAGE_ADMIN_TOKEN": " tok-of-a-variable\n"], "tok-of-a-variable"),
            (["--admin-token-file", "{}/tokens"], ["OAI_USAGE_ADMIN_TOKEN": "tok-of-a-variable"], token),
            ([], ["OAI_USAGE_ADMIN_TOKEN_FILE": "{}/tokens"], token),
        ] as [([String], [String: String], String?)]
    )
    func `A command finds its token`(
        _ flags: [String],
        _ environment: [String: String],
        _ wanted: String?
    ) async throws {
        let folder = try Folder(Self.files)
        let settings = try await folder.settings("{ }", environment.mapValues { folder.filled($0) })
        let options = try AdminOptions.parse(flags.map { folder.filled($0) })
        #expect(try options.token(settings) == wanted)
        #expect(settings.suspects.isEmpty)
    }

    @Test func `A variable that is not a token is refused and not repeated`() async throws {
        let folder = try Folder()
        let settings = try await folder.settings("{ }", ["OAI_USAGE_ADMIN_TOKEN": "tok of\r\nX: y"])
        #expect {
            _ = try AdminOptions.parse([]).token(settings)
        } throws: {
            "\($0)".contains("OAI_USAGE_ADMIN_TOKEN") && !"\($0)".contains("tok of")
        }
    }
}
