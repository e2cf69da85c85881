import ArgumentParser
import Foundation
import OpenAIUsage
import OpenAIUsageGateway
import OpenAIUsageLedger
import Testing

@testable import oai_usage

struct ArgumentTests {
    @Test
    func `A report's flags are read`() throws {
        let command = try #require(
            try OAIUsage.parseAsRoot([
                "report", "--project", "a", "--project", "b", "--since", "7d", "--by", "project,tag:team,day",
                "--timezone", "Europe/Paris", "--format", "csv", "--tag", "x=1", "--strict",
            ]) as? ReportCommand
        )
        #expect(try command.selection.selection(now: 0, timeZone: .gmt).filter.values(.project) == ["a", "b"])
        #expect(try command.selection.selection(now: 0, timeZone: .gmt).filter.values(.tag("x")) == ["1"])
        #expect(command.options.by.dimensions.map(\.description) == ["project", "tag:team", "day"])
        #expect(command.format == .csv)
        #expect(command.strict)
    }

    @Test(arguments: [
        ["report", "--by", "colour"], ["report", "--format", "xml"], ["calls", "--limit", "-1"],
        ["calls", "--outcome", "great"], ["gateway", "--durability", "maybe"], ["gateway", "--workers", "0"],
        ["gateway", "--head-size", "64 KiB"],
        ["gateway", "--log-format", "xml"],
        ["gateway", "--upstream", "api.openai.com"], ["simulate", "--seed", "-1"], ["show"], ["demo", "--calls", "0"],
        ["report", "--tag", "team"], ["nothing"], ["report", "--by", "project,project"],
        ["simulate", "--processing-ms", "9-3"], ["simulate", "--processing-ms", "x"],
        ["report", "--since", "1d", "--until", "2d"], ["calls", "--since", "2026-11-02", "--until", "2026-11-01"],
        ["simulate", "--processing-ms", "-1"], ["simulate", "--processing-ms", "1-2-3"],
    ])
    func `What is not allowed is refused with status 64, and what is allowed is named`(arguments: [String]) {
        #expect {
            _ = try OAIUsage.parseAsRoot(arguments)
        } throws: { error in
            OAIUsage.exitCode(for: error).rawValue == 64 && !OAIUsage.fullMessage(for: error).isEmpty
        }
    }

    @Test(arguments: [("20", 20...20), ("5-40", 5...40), ("0", 0...0)])
    func `The simulator is told how long it takes`(argument: String, range: ClosedRange<Int>) throws {
        let command = try OAIUsage.parseAsRoot(["simulate", "--processing-ms", argument])
        #expect((command as? SimulateCommand)?.processingMs.range == range)
    }

    @Test
    func `A key's project is read from the flag`() async throws {
        let options = try GatewayOptions.parse(["--key-project", "WXYZ=proj_a", "--drain", "0s"])
        let settings = try await Settings(file: nil)
        let configuration = try options.configuration(settings)
        #expect(configuration.projectsByKey == ["WXYZ": "proj_a"])
        #expect(configuration.drainMilliseconds == 0)
        let wrong = try GatewayOptions.parse(["--key-project", "WXYZ"])
        #expect(throws: ValidationError.self) { try wrong.configuration(settings) }
    }

    @Test
    func `Flags win over the configuration file`() async throws {
        let path = "/tmp/oai-usage-test-\(UInt64.random(in: 0 ... .max)).json"
        try #"{"listen": "127.0.0.1:1", "response-timeout": "7s", "durability": "buffered"}"#
            .write(toFile: path, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let settings = try await Settings(file: path)
        let configuration = try GatewayOptions.parse(["--durability", "fsync"]).configuration(settings)
        #expect(configuration.listen.port == 1)
        #expect(configuration.responseTimeoutMilliseconds == 7_000)
        #expect(configuration.durability == .fsync)
        await #expect(throws: CommandFailure.self) { try await Settings(file: path + ".absent") }
    }
}
