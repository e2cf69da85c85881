import ArgumentParser
import Foundation
import Logging
import NIOCore
import OpenAIUsageGateway
import OpenAIUsageLedger
import OpenAIUsageMetrics
import Testing
import UnixSignals

@testable import oai_usage

/// Settings by their one name, and what is not a setting.
struct SettingsTests {
    private func refusal(_ text: String) -> String {
        do {
            _ = try ConfigurationFile(text: text, path: "/etc/c.json")
            return ""
        } catch {
            return "\(error)"
        }
    }

    @Test(arguments: [
        ("{\n  \"upstrem\": \"x\"\n}", 2, "Do you mean \"upstream\"?"),
        ("{\"listen\": \"a:1\",\n\n\"up_stream\": \"x\"}", 3, "Do you mean \"upstream\"?"),
        ("{\"responseTimeout\": \"7s\"}", 1, "Do you mean \"response-timeout\"?"),
        ("{\"response\": {\"timeout\": \"7s\"}}", 1, "Do you mean \"response-timeout\"?"),
        ("{\"key\": {\"projects\": \"a=b\"}}", 1, "Do you mean \"key-project\"?"),
        (
            "{\"colour\": 1}", 1,
            "The settings are: access-log, admin, admin-allow-anyone, admin-ca, admin-tls-cert, admin-tls-key, "
        ),
        ("{\"listen\": 8787}", 1, "\"listen\" is a number; it must be host:port"),
        ("{\"include-usage\": \"yes\"}", 1, "it must be true or false"),
        ("{\"workers\": null}", 1, "it must be a number"),
        ("{\"prices\": [1]}", 1, "an array of paths"), ("{\"key-project\": {\"WXYZ\": 7}}", 1, "an object such as"),
        ("[\n]", 1, "A configuration file is an object"),
        ("{\"listen\": \"a:1\",\n\"listen\": \"a:2\"}", 2, "set on line 1"),
        ("{\n\"listen\" 1}", 2, "This is not JSON"), ("", 1, "This is not JSON"),
    ])
    func `What is not a setting is refused with its file and line`(text: String, line: Int, words: String) {
        let message = refusal(text)
        #expect(message.hasPrefix("/etc/c.json:\(line): ") && message.contains(words), "\(message)")
    }

    private func configuration(
        _ file: String = "{}",
        _ environment: [String: String] = [:],
        _ flags: [String] = []
    ) async throws -> (GatewayConfiguration, Logger.Level) {
        let path = FileManager.default.temporaryDirectory.appending(path: "settings-\(UUID()).json").path
        try file.write(toFile: path, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let settings = try await Settings(file: path, environment: environment)
        let options = try GatewayOptions.parse(flags)
        return (try options.configuration(settings), try options.level(settings))
    }

    @Test(arguments: [
        ("{\"workers\": 65}", [:], "\"workers\" is \"65\"; it must be a number from 1 to 64, or \"auto\"."),
        ("{\n\"drain\": \"5 s\"}", [:], ":2: \"drain\" is \"5 s\"; it must be a length of time"),
        (
            "{}", ["OAI_USAGE_DURABILITY": "maybe"],
            "The variable OAI_USAGE_DURABILITY is \"maybe\"; it must be \"committed\""
        ),
        ("{}", ["OAI_USAGE_INCLUDE_USAGE": "maybe"], "it must be true or false."),
        (
            "{\n\"upstream\": \"api.openai.com\"}", [:],
            ":2: \"upstream\": \"api.openai.com\" is none; it must be an http"
        ),
        ("{\"upstream\": \"https://h/v1/chat/completions\"}", [:], "is that of an endpoint (chat.completions)"),
        ("{\"upstream\": \"http://localhost:8787/v1\"}", [:], "it is the gateway's own --listen address"),
        ("{\"upstream\": \"http://127.0.0.1:10464\"}", [:], "it is the gateway's own --admin address"),
        ("{}", ["OAI_USAGE_UPSTREAM": "https://h/v1?key=1"], "The variable OAI_USAGE_UPSTREAM: it has a query"),
        ("{\n\"response-timeout\": \"0s\"}", [:], ":2: \"response-timeout\" is 0"),
        ("{\"connect-timeout\": \"0ms\"}", [:], "is 0, so that every call would fail"),
        ("{\n\"key-project\": \"WXYZ:proj\"}", [:], ":2: \"key-project\": \"WXYZ:proj\" is not KEY=PROJECT"),
        ("{\"key-project\": {\"YZ\": \"proj\"}}", [:], "2 characters are neither"),
    ])
    func `A value that is not allowed is refused, and what is allowed is named`(
        file: String,
        environment: [String: String],
        words: String
    ) async {
        await #expect {
            _ = try await configuration(file, environment)
        } throws: { error in
            "\(error)".contains(words)
        }
    }

    @Test(arguments: [
        (["--head-size", "0"], "--head-size is 0; it must be from 1KiB to 16MiB."),
        (["--head-size", "1GiB"], "--head-size is 1GiB; it must be from 1KiB to 16MiB."),
        (["--head-fields", "7"], "--head-fields is 7; it must be from 8 to 10000."),
        (["--max-connections", "0"], "--max-connections is 0; it must be from 1 to 1000000."),
        (["--max-connections-per-address", "0"], "--max-connections-per-address is 0"),
        (["--max-upstream-connections", "0"], "--max-upstream-connections is 0; it must be from 1 to 1000000."),
        (["--max-waiting-calls", "1000001"], "--max-waiting-calls is 1000001; it must be from 0 to 1000000."),
        (["--held-bodies", "1"], "--held-bodies is 1; it must be from 64KiB to 1024GiB."),
        (["--drain-size", "0"], "--drain-size is 0"), (["--max-drains", "0"], "--max-drains is 0"),
        (["--head-timeout", "0s"], "--head-timeout is 0"), (["--body-timeout", "0ms"], "--body-timeout is 0"),
        (["--write-timeout", "31d"], "--write-timeout is longer than 30d"),
        (["--keep-alive", "1000000000w"], "--keep-alive is longer than 30d"),
        (["--drain", "1000000000w"], "--drain is longer than 30d"),
    ])
    func `A limit that makes no sense is refused where it stands`(flags: [String], words: String) async {
        await #expect {
            _ = try await configuration("{}", [:], flags)
        } throws: { error in
            "\(error)".contains(words)
        }
        let name = String(flags[0].dropFirst(2))
        await #expect {
            _ = try await configuration("{\n\"\(name)\": \"\(flags[1])\"}")
        } throws: { error in
            "\(error)".contains(":2: \"\(name)\" is ")
        }
        let variable = "OAI_USAGE_" + name.uppercased().replacing("-", with: "_")
        await #expect {
            _ = try await configuration("{}", [variable: flags[1]])
        } throws: { error in
            "\(error)".contains("The variable \(variable) is ")
        }
    }

    @Test
    func `Every limit has a setting`() async throws {
        let flags = [
            "--head-size", "32KiB", "--head-fields", "100", "--head-timeout", "1s", "--body-timeout", "2s",
            "--write-timeout", "3s", "--keep-alive", "4s", "--max-connections", "5", "--max-connections-per-address",
            "6",
            "--held-bodies", "7MiB", "--drain-size", "8MB", "--max-drains", "9",
            "--max-upstream-connections", "10", "--max-waiting-calls", "11",
        ]
        var expected = GatewayLimits()
        expected.headBytes = 32 << 10
        expected.headFields = 100
        expected.headMilliseconds = 1_000
        expected.bodyMilliseconds = 2_000
        expected.writeMilliseconds = 3_000
        expected.keepAliveMilliseconds = 4_000
        expected.connections = 5
        expected.connectionsPerAddress = 6
        expected.heldBodyBytes = 7 << 20
        expected.disconnectBytes = 8_000_000
        expected.disconnects = 9
        expected.upstreamConnections = 10
        expected.waitingCalls = 11
        #expect(try await configuration("{}", [:], flags).0.limits == expected)
        let file = "{\"head-size\": 32768, \"max-drains\": 9, \"keep-alive\": \"4s\"}"
        let limits = try await configuration(file).0.limits
        #expect(limits.headBytes == 32 << 10 && limits.disconnects == 9 && limits.keepAliveMilliseconds == 4_000)
    }

    @Test
    func `Workers may be one a core`() async throws {
        #expect(try await configuration("{}", [:], ["--workers", "auto"]).0.workers == System.coreCount)
        #expect(try await configuration("{\"workers\": \"auto\"}").0.workers == System.coreCount)
        #expect(try await configuration("{\"workers\": 3}").0.workers == 3)
    }

    /// A setting that is not asked for through ``Settings`` would be missing in what a check prints.
    @Test
    func `Every setting is traced to its variable`() async throws {
        let tokens = FileManager.default.temporaryDirectory.appending(path: "tokens-\(UUID())").path
        try (String(repeating: "t", count: 32) + "\n").write(toFile: tokens, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: tokens) }
        let webhook = tokens + "-webhook"
        try "https://hooks.example/x\n".write(toFile: webhook, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: webhook) }
        var values = [
            "access-log": "/a.log", "admin": "127.0.0.1:1", "admin-allow-anyone": "true", "admin-tls-cert": "/ac.pem",
            "admin-tls-key": "/ak.pem", "admin-token-file": tokens,
            "allow-anyone": "true", "allowed-host": "a.example", "body-timeout": "1s",
            "budget": "a=5/day", "budget-digest": "day", "budget-webhook-file": webhook,
            "budget-webhook-format": "slack", "client-token-file": tokens, "connect-timeout": "2s", "drain": "3s",
            "drain-size": "4KiB", "durability": "fsync", "head-fields": "50", "head-size": "6KiB", "head-timeout": "7s",
            "held-bodies": "8MiB", "include-usage": "false", "keep": "400d",
            "keep-alive": "9s", "keep-size": "10GB", "key-project": "WXYZ=a",
            "ledger": "/l.db", "listen": "127.0.0.1:2", "log-format": "json", "log-level": "error",
            "max-connections": "10", "max-connections-per-address": "11", "max-drains": "12",
            "max-upstream-connections": "16", "max-waiting-calls": "17", "metrics-created": "true",
            "metrics-gen-ai": "true",
            "metrics-keys": "true", "metrics-label-sets": "18", "metrics-models": "19", "metrics-projects": "20",
            "metrics-tag": "team", "prices": "/p.json",
            "response-timeout": "13s", "routes": #"{"/a": {"upstream": "https://a"}}"#, "shutdown-timeout": "14s",
            "tls-cert": "/c.pem", "tls-key": "/k.pem", "upstream": "https://h", "upstream-ca": "/ca.pem",
            "workers": "3", "write-timeout": "15s",
        ]
        #expect(Set(values.keys) == Set(Setting.ofGateway.map(\.name)))
        let environment = Dictionary(
            uniqueKeysWithValues: Setting.ofGateway.map { ($0.variable, values[$0.name] ?? "") }
        )
        let settings = try await Settings(
            file: nil,
            environment: environment.merging(["HOME": "/nonexistent"]) { first, _ in first }
        )
        let options = try GatewayOptions.parse([])
        _ = try options.configurationWithWarnings(settings, readsCertificate: false)
        // There are no such files, but they were asked for.
        #expect(throws: (any Error).self) { try options.access.certificate(settings) }
        #expect(throws: (any Error).self) { try options.access.adminCertificate(settings) }
        _ = (try options.level(settings), try options.format(settings), options.accessLog(settings))
        var ledgerOptions = LedgerOptions()
        try options.retention.apply(settings, to: &ledgerOptions)
        #expect(ledgerOptions.keep == .seconds(400 * 86_400) && ledgerOptions.keepBytes == 10_000_000_000)
        _ = (settings.ledger(nil), try PricesOption.parse([]).files(settings))
        let limits = try options.metrics.limits(settings)
        #expect(limits.labelSets == 18 && limits.models == 19 && limits.projects == 20 && limits.tags == ["team"])
        #expect(limits.includesKeys && limits.includesCreationTimes)
        let watch = try options.budgets.watch(settings).settings
        #expect(watch.budgets.map(\.name) == ["a"] && watch.digest == .day && watch.send != nil)
        // What routes hold is nobody's business.
        values["routes"] = "/a"
        for row in SettingsReport(settings).rows {
            #expect(row.value == values[row.name] && row.origin == Setting.named(row.name)?.variable)
        }
    }

    @Test
    func `The report tells every setting, where it comes from, and no secret`() async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "settings-\(UUID()).json").path
        try "{\n\"drain\": \"1s\",\n\"max-drains\": 9}".write(toFile: path, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let settings = try await Settings(
            file: path,
            environment: ["OAI_USAGE_LOG_LEVEL": "debug", "SSL_CERT_FILE": "/ca.pem", "OAI_USAGE_DRAIN": ""]
        )
        let options = try GatewayOptions.parse([
            "--keep-alive", "90000ms", "--no-include-usage", "--key-project", "WXYZ=proj_a", "--access-log",
            "/a/sk-abcdef",
        ])
        _ = try options.configuration(settings)
        _ = (
            try options.level(settings), try options.format(settings), options.accessLog(settings), settings.ledger(nil)
        )
        let other = SettingsReport.Row(name: "(proxy)", value: "http://user:secret@proxy", origin: "environment")
        let report = SettingsReport(settings, others: [other])
        func row(_ name: String) -> [String] {
            report.rows.filter { $0.name == name }.flatMap { [$0.value, $0.origin] }
        }
        #expect(report.rows.map(\.name) == Setting.ofGateway.map(\.name) + ["(proxy)"])
        #expect(row("drain") == ["1s", "\(path):2"] && row("max-drains") == ["9", "\(path):3"])
        #expect(
            row("log-level") == ["debug", "OAI_USAGE_LOG_LEVEL"] && row("upstream-ca") == ["/ca.pem", "SSL_CERT_FILE"]
        )
        #expect(
            row("keep-alive") == ["90s", "--keep-alive"] && row("include-usage") == ["false", "--no-include-usage"]
        )
        #expect(
            row("key-project") == ["WXYZ=proj_a", "--key-project"]
                && row("access-log") == ["/a/sk-***", "--access-log"]
        )
        #expect(row("upstream") == ["https://api.openai.com", "default"] && row("head-size") == ["64KiB", "default"])
        #expect(row("prices") == ["-", "default"] && row("(proxy)") == ["http://***@proxy", "environment"])
        #expect(!report.text(width: nil).contains("secret") && report.text(width: nil).hasSuffix("environment\n"))
    }

    @Test
    func `A password in the upstream's address is refused and not repeated`() async {
        for (flags, variables) in [
            (["--upstream", "https://user:secret@host"], [:]), ([], ["OAI_USAGE_UPSTREAM": "https://user:secret@host"]),
        ] {
            await #expect {
                _ = try await configuration("{}", variables, flags)
            } throws: { error in
                let text = GatewayOptions.fullMessage(for: error) + "\(error)"
                return text.contains("leave it out") && !text.contains("secret")
            }
        }
    }

    @Test
    func `Every flag of the gateway is a setting by its own name`() {
        let help = OAIUsage.helpMessage(for: GatewayCommand.self)
        let flags = Set(help.matches(of: /--(?:no-)?([a-z-]+)/).map { String($0.output.1) })
            .subtracting(["help", "version", "config", "check"])
        // Routes are an object, which no flag could hold.
        let settings = Setting.ofGateway.filter(\.hasFlag).map(\.name)
        #expect(flags.count >= 15 && flags.symmetricDifference(settings) == [])
    }

    @Test
    func `Flags win over variables, and variables over the file`() async throws {
        let file = """
            {"include-usage": false, "log-level": "debug", "workers": 2, "key-project": {"WXYZ": "a"}, "drain": "1s",
             "upstream-ca": "/file.pem", "prices": ["a.json"], "connect-timeout": "2s", "shutdown-timeout": "3s"}
            """
        var (configuration, level) = try await configuration(file)
        #expect(!configuration.includesUsage && level == .debug && configuration.workers == 2)
        #expect(configuration.projectsByKey == ["WXYZ": "a"] && configuration.trustRoots == "/file.pem")
        #expect(configuration.connectTimeoutMilliseconds == 2_000 && configuration.shutdownMilliseconds == 3_000)
        let environment = [
            "OAI_USAGE_INCLUDE_USAGE": "true", "OAI_USAGE_LOG_LEVEL": "error",
            "OAI_USAGE_KEY_PROJECT": "ABCD=b, #5F2C9A=d",
            "OAI_USAGE_UPSTREAM_CA": "/variable.pem", "OAI_USAGE_DRAIN": "",
        ]
        (configuration, level) = try await self.configuration(file, environment)
        #expect(configuration.includesUsage && level == .error && configuration.drainMilliseconds == 1_000)
        #expect(
            configuration.projectsByKey == ["ABCD": "b", "5f2c9a": "d"] && configuration.trustRoots == "/variable.pem"
        )
        (configuration, level) = try await self.configuration(
            file,
            environment,
            ["--no-include-usage", "--log-level", "trace", "--upstream-ca", "/flag.pem"]
        )
        #expect(!configuration.includesUsage && level == .trace && configuration.trustRoots == "/flag.pem")
    }

    @Test
    func `The environment's certificates and proxies count as for curl`() async throws {
        let environment = [
            "SSL_CERT_FILE": "/cert.pem", "SSL_CERT_DIR": "/certs", "HTTPS_PROXY": "http://user:secret@proxy:3128",
            "NO_PROXY": "localhost",
        ]
        var (configuration, _) = try await configuration("{}", environment)
        #expect(configuration.trustRoots == "/cert.pem" && configuration.trustFolder == "/certs")
        #expect(configuration.proxy?.description == "http://proxy:3128")
        (configuration, _) = try await self.configuration("{}", environment, ["--upstream-ca", "/mine.pem"])
        #expect(configuration.trustRoots == "/mine.pem" && configuration.trustFolder == nil)
        (configuration, _) = try await self.configuration("{}", environment, ["--upstream", "https://localhost:1"])
        #expect(configuration.proxy == nil)
        (configuration, _) = try await self.configuration("{}", environment, ["--upstream", "http://host"])
        #expect(configuration.proxy == nil && configuration.trustRoots == nil)
    }

    @Test
    func `The file may be named by a variable, and mistyped variables are told`() async throws {
        await #expect(throws: CommandFailure.self) {
            _ = try await Settings(file: nil, environment: [Settings.fileVariable: "/nonexistent/c.json"])
        }
        let settings = try await Settings(
            file: nil,
            environment: [
                "OAI_USAGE_UPSTRAEM": "x", "OAI_USAGE_BINARY": "x", "OAI_USAGE_LEDGER": "x", "HOME": "/nonexistent",
            ]
        )
        #expect(settings.suspects.count == 1 && settings.suspects[0].contains("Do you mean OAI_USAGE_UPSTREAM?"))
    }

    @Test
    func `The first signal to end waits, the second does not`() {
        var reaction = SignalReaction()
        let actions = [UnixSignal.sighup, .sigterm, .sighup, .sigint].map { reaction.receive($0) }
        #expect(actions == [.reload, .shutDown, .nothing, .end(status: 130)])
    }

    @Test
    func `Errors of libraries are shown in words of this program`() throws {
        do {
            try FileManager.default.createDirectory(atPath: "/proc/none/x", withIntermediateDirectories: true)
        } catch {
            let text = "\(ErrorMessage.explained(error))"
            #expect(text.hasPrefix("/proc/none") && !text.contains("NSCocoa") && !text.contains("Error Domain"))
        }
        let failure = CommandFailure("As it is.")
        #expect("\(ErrorMessage.explained(failure))" == "As it is.")
    }
}

/// Budgets in a variable, whose commas separate budgets and the values of a condition.
struct BudgetListTests {
    @Test(arguments: [
        (["a=5/day", "b=6/month"], ["a=5/day", "b=6/month"]),
        (["a=5/day project=x", "y", "b=6/month"], ["a=5/day project=x,y", "b=6/month"]),
        ([], []), (["what"], ["what"]),
    ])
    func `Commas within a budget do not end it`(_ parts: [String], _ texts: [String]) {
        #expect(BudgetsOption.joined(parts) == texts)
    }
}
