import ArgumentParser
import Foundation
import OpenAIUsageGateway
import OpenAIUsageLedger
import OpenAIUsagePricing
import Testing

@testable import oai_usage

struct PriceCommandTests {
    @Test
    func `The flags of a list are read`() throws {
        let command = try #require(
            try OAIUsage.parseAsRoot([
                "prices", "list", "gpt-6", "--kind", "text", "--kind", "image", "--tier", "all", "--on", "2025-06-09",
                "--project", "proj_a", "--prices", "a.json", "--prices", "b.json", "--format", "csv",
            ]) as? PricesListCommand
        )
        #expect(command.text == "gpt-6")
        #expect(command.kind == [.text, .image])
        #expect(command.on?.description == "2025-06-09")
        #expect(command.files.prices == ["a.json", "b.json"])
        #expect(command.output.value == .csv)
    }

    @Test
    func `The flags of repricing are read`() throws {
        let command = try #require(
            try OAIUsage.parseAsRoot([
                "reprice", "--since", "2026-11-01", "--until", "2026-12-01", "--project", "a", "--model", "m",
                "--timezone", "Europe/Paris", "--dry-run", "--admin", "http://127.0.0.1:9/",
            ]) as? RepriceCommand
        )
        let timeZone = try #require(command.selection.timezone?.timeZone)
        let query = try command.selection.query(now: 0, timeZone: timeZone)
        #expect(query.fromMicroseconds == 1_793_487_600_000_000)
        #expect(query.toMicroseconds == 1_796_079_600_000_000)
        #expect(query.filter.values(.project) == ["a"])
        #expect(query.filter.values(.model) == ["m"])
        #expect(query.isDryRun)
        #expect(command.access.admin?.address == GatewayConfiguration.Address(host: "127.0.0.1", port: 9))
    }

    @Test(arguments: [
        ["prices", "list", "--kind", "colour"], ["prices", "list", "--on", "yesterday"], ["prices", "show"],
        ["prices", "list", "--format", "xml"], ["prices", "check"], ["prices", "diff"], ["prices", "import"],
        ["prices", "diff", "a", "b", "c"], ["prices", "explain"], ["prices", "nothing"], ["reprice"],
        ["reprice", "--since", "whenever"], ["reprice", "--since", "1d", "--admin", "nowhere"],
        ["reprice", "--since", "1d", "--format", "jsonl"], ["prices", "import", "a", "--from", "2026-13-01"],
        ["prices", "whatif"], ["prices", "whatif", "--model", "gpt-5.1"], ["prices", "update"],
        ["export", "--format", "xml"], ["export", "--focus-version", "1.3"], ["export", "--columns", "nothing"],
        ["export", "--format", "focus", "--columns", "cost"], ["report", "--format", "focus", "--top", "3"],
    ])
    func `What is not allowed is refused with status 64`(arguments: [String]) {
        #expect {
            _ = try OAIUsage.parseAsRoot(arguments)
        } throws: { error in
            OAIUsage.exitCode(for: error).rawValue == 64 && !OAIUsage.fullMessage(for: error).isEmpty
        }
    }

    @Test(
        arguments: [
            ("127.0.0.1:10464", "127.0.0.1:10464"), ("http://127.0.0.1:1", "127.0.0.1:1"),
            ("http://[::1]:7/", "[::1]:7"),
            (":9", "127.0.0.1:9"), ("https://127.0.0.1:1", nil), ("http://127.0.0.1", nil), ("http://a:1/metrics", nil),
            ("", nil),
        ] as [(String, String?)]
    )
    func `A gateway is named by its address, with or without a scheme`(text: String, address: String?) {
        #expect(AdminArgument(argument: text)?.address.description == address)
    }

    @Test
    func `A range of repricing that ends before it begins is refused`() throws {
        let command = try #require(
            try OAIUsage.parseAsRoot(["reprice", "--since", "1d", "--until", "2d"]) as? RepriceCommand
        )
        #expect(throws: ValidationError.self) {
            try command.selection.query(now: TimestampArgumentTests.now, timeZone: .gmt)
        }
    }

    @Test
    func `A gateway is not told other prices`() async throws {
        let command = try #require(
            try OAIUsage.parseAsRoot(["reprice", "--since", "1d", "--gateway", "--prices", "a.json"]) as? RepriceCommand
        )
        await #expect(throws: ValidationError.self) { try await command.run() }
    }

    @Test
    func `Price files are named by flags, else by the configuration file, as a list or a text`() async throws {
        let path = "/tmp/oai-usage-test-\(UInt64.random(in: 0 ... .max)).json"
        defer { try? FileManager.default.removeItem(atPath: path) }
        for text in [#"{"prices": ["a.json", "b.json"]}"#, #"{"prices": "a.json,b.json"}"#] {
            try text.write(toFile: path, atomically: true, encoding: .utf8)
            let settings = try await Settings(file: path)
            #expect(try PricesOption.parse([]).files(settings) == ["a.json", "b.json"])
            #expect(try PricesOption.parse(["--prices", "c.json"]).files(settings) == ["c.json"])
        }
        try "{}".write(toFile: path, atomically: true, encoding: .utf8)
        #expect(try PricesOption.parse([]).files(try await Settings(file: path)) == [])
    }

    @Test
    func `A price file that cannot be used is named, with what to do`() throws {
        #expect { _ = try PriceFiles.book(["/nonexistent/prices.json"]) } throws: { error in
            "\(error)".contains("/nonexistent/prices.json cannot be read: there is no such file")
        }
        #expect { _ = try PriceFiles.book(["a"], reading: { _ in "{}" }) } throws: { error in
            "\(error)" == "The price file a has 3 mistakes."
        }
        #expect(try PriceFiles.single("builtin").version == PriceBook.bundled.version)
    }
}
