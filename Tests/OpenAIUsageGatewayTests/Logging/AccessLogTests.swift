import Foundation
import OpenAIUsage
import OpenAIUsagePricing
import OpenAIUsageTestKit
import Testing

@testable import OpenAIUsageGateway

struct AccessLogTests {
    private static func record(_ number: Int, path: String = "/v1/chat/completions") -> CallRecord {
        var record = CallRecord(
            id: CallID(rawValue: Int64(number)),
            startedAt: 1_795_424_101_000_000,
            source: .gateway,
            method: "POST",
            host: "api.openai.com",
            path: path
        )
        record.status = 200
        record.outcome = .completed
        record.timing.durationMicroseconds = 1_234_567
        record.requestID = "req_\(number)"
        record.sentBytes = 500
        return record
    }

    private static func lines(_ path: String) throws -> [JSONDocument.Value] {
        let text = try String(contentsOfFile: path, encoding: .utf8)
        #expect(text.isEmpty || text.hasSuffix("\n"))
        return try text.split(separator: "\n").map { try JSONDocument(parsing: String($0)).root.value }
    }

    @Test func aCallIsALineOfJSON() throws {
        let folder = try TemporaryFolder()
        let log = try AccessLog(path: folder.path("access.log"))
        var record = Self.record(1, path: "/v1/a\"b\u{1b}[31m\n")
        record.usage[.inputTokens] = 21
        record.cost.picoUSD = 6_750_000
        log.record(record)
        log.record(Self.record(2))
        log.flush()
        let lines = try Self.lines(folder.path("access.log"))
        #expect(lines.count == 2)
        #expect(lines[0]["time"]?.string == "2026-11-23T08:55:02.234567Z")
        #expect(lines[0]["path"]?.string == "/v1/a\"b\u{1b}[31m\n")
        let text = try String(contentsOfFile: folder.path("access.log"), encoding: .utf8)
        for member in [
            #""status":200"#, #""duration_ms":1234.567"#, #""input_tokens":21"#, #""cost_usd":0.00000675"#,
            #""sent_bytes":500"#, #""outcome":"completed""#, #""request_id":"req_1""#,
        ] { #expect(text.contains(member)) }
        // What is not known is not there.
        #expect(lines[1]["cost_usd"] == nil && lines[1]["error_code"] == nil && lines[1]["output_tokens"] == nil)
    }

    @Test func aFileThatWasMovedIsOpenedAgainWhenToldTo() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("access.log")
        let log = try AccessLog(path: path)
        log.record(Self.record(1))
        log.flush()
        try FileManager.default.moveItem(atPath: path, toPath: path + ".1")
        log.record(Self.record(2))
        log.reopen()
        log.flush()
        log.record(Self.record(3))
        log.flush()
        #expect(try Self.lines(path + ".1").compactMap { $0["request_id"]?.string } == ["req_1", "req_2"])
        #expect(try Self.lines(path).compactMap { $0["request_id"]?.string } == ["req_3"])
    }

    @Test func aFileThatWasRemovedIsMadeAgain() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("access.log")
        let log = try AccessLog(path: path)
        log.record(Self.record(1))
        log.flush()
        try FileManager.default.removeItem(atPath: path)
        log.record(Self.record(2))
        log.flush()
        #expect(try Self.lines(path).compactMap { $0["request_id"]?.string } == ["req_2"])
    }

    @Test func aFileThatCannotBeOpenedAgainIsTold() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("logs")
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        let log = try AccessLog(path: path + "/access.log")
        let troubles = Watched<[AccessLog.Trouble]>([])
        log.observeTrouble { trouble in troubles.update { $0.append(trouble) } }
        try FileManager.default.moveItem(atPath: path, toPath: path + ".old")
        log.reopen()
        log.record(Self.record(1))
        log.flush()
        #expect(troubles.value == [.notReopened(reason: "no such file or directory")])
        #expect(try Self.lines(path + ".old/access.log").count == 1)
    }

    @Test func aFileThatCannotBeOpenedIsAnError() {
        #expect {
            _ = try AccessLog(path: "/proc/none/access.log")
        } throws: { error in
            "\(error)".contains("/proc/none/access.log cannot be opened: no such file or directory")
        }
    }

    @Test func whatThereIsNoRoomForIsCountedAtOnceAndTold() throws {
        let folder = try TemporaryFolder()
        let log = try AccessLog(path: folder.path("access.log"), capacity: 0)
        let (troubles, lost) = (Watched<[AccessLog.Trouble]>([]), Watched(0))
        log.observeTrouble { trouble in troubles.update { $0.append(trouble) } }
        log.observeLoss { lines in lost.update { $0 += lines } }
        for number in 1...3 { log.record(Self.record(number)) }
        #expect(lost.value == 3)
        log.flush()
        let told = troubles.value.map { if case .overflow(let lines) = $0 { lines } else { 0 } }
        #expect(told.reduce(0, +) == 3 && told.allSatisfy { $0 > 0 })
    }

    #if os(Linux)
    @Test func aFullDiskLosesLinesAndTellsHowMany() throws {
        let log = try AccessLog(path: "/dev/full")
        let troubles = Watched<[AccessLog.Trouble]>([])
        log.observeTrouble { trouble in troubles.update { $0.append(trouble) } }
        let lost = Watched(0)
        log.observeLoss { lines in lost.update { $0 += lines } }
        log.record(Self.record(1))
        log.flush()
        #expect(troubles.value == [.refused(lines: 1, reason: "no space left on device")] && lost.value == 1)
    }
    #endif

    @Test func everyCallOfAGatewayHasItsLine() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path("access.log")
        let upstream = try await ScriptedUpstream.answering(Array(DataPlaneTests.ok.utf8))
        try await RunningGateway.run(
            upstream: "http://127.0.0.1:\(upstream.port)",
            accessLog: try AccessLog(path: path)
        ) { gateway in
            let client = try await gateway.caller()
            let key = "Authorization: Bearer sk-very-secret\r\n"
            #expect(try await client.exchange(RawClient.chat(extra: key)).text == "{}")
            let get = RawClient.get("/v1/models?key=sk-secret-too", extra: key)
            #expect(try await client.exchange(get, method: "GET").text == "{}")
            await client.connection.close()
        }
        let lines = try Self.lines(path)
        #expect(lines.compactMap { $0["path"]?.string } == ["/v1/chat/completions", "/v1/models"])
        let sent = DataPlaneTests.ok.utf8.count
        let text = try String(contentsOfFile: path, encoding: .utf8)
        #expect(text.contains("\"sent_bytes\":\(sent)") && !text.contains("secret") && !text.contains("Hi"))
        await upstream.stop()
    }
}
