import Dispatch
import Logging
import OpenAIUsageTestKit
import OpenAIUsageTestSupport
import Testing

@testable import OpenAIUsageGateway

struct GatewayLogTests {
    @Test func aKindIsToldOnceAMinuteWithItsCount() async throws {
        let collected = CollectedLog()
        let clock = ManualClock()
        let log = GatewayLog(collected.logger, clock: clock)
        for number in 0..<5 {
            log.tell(.warning, "It failed.", code: "c", upstream: "u:1", metadata: ["call_id": "\(number)"])
        }
        log.tell(.error, "It failed.", code: "d")
        let first = try await collected.lines(2)
        #expect(
            first[0].metadata == ["error_code": "c", "upstream": "u:1", "call_id": "0"] && first[0].level == .warning
        )
        #expect(first[1].metadata == ["error_code": "d"] && first[1].level == .error)
        clock.advance(seconds: 60)
        log.expire()
        let second = try await collected.lines(3)
        #expect(second[2].metadata == ["error_code": "c", "upstream": "u:1", "repeated": "4"])
        #expect(second[2].message == "It failed." && second[2].level == .warning)
        // The count was the line of this minute.
        for _ in 0..<2 { log.tell(.warning, "It failed.", code: "c", upstream: "u:1") }
        log.finish()
        #expect(collected.lines.count == 4 && collected.lines[3].metadata["repeated"] == "2")
    }

    @Test func whatIsBelowTheLevelIsNotCounted() {
        let collected = CollectedLog()
        var logger = collected.logger
        logger.logLevel = .error
        let log = GatewayLog(logger)
        for _ in 0..<3 { log.tell(.warning, "It failed.", code: "c") }
        log.write(.info, "Something.")
        log.finish()
        #expect(collected.lines.isEmpty)
    }

    /// A log that nobody takes lines from holds nobody up, and tells what was lost.
    @Test func aLogThatStandsStillHoldsNothingUp() async throws {
        let (gate, entered) = (DispatchSemaphore(value: 0), Watched(false))
        let lost = Watched(0)
        let isOpen = Watched(false)
        let collected = CollectedLog {
            guard !isOpen.value else { return }
            entered.update { $0 = true }
            gate.wait()
            isOpen.update { $0 = true }
        }
        let log = GatewayLog(collected.logger, capacity: 3) { lost.update { $0 += 1 } }
        log.tell(.warning, "It failed.", code: "0")
        try await entered.wait(for: "the thread of the log") { $0 }
        for number in 1...9 { log.tell(.warning, "It failed.", code: "\(number)") }
        #expect(lost.value == 6 && collected.lines.isEmpty)
        gate.signal()
        log.finish()
        #expect(collected.lines.map { $0.metadata["error_code"] } == ["0", "1", "2", "3", nil])
        #expect(collected.lines.last?.metadata == ["lost": "6"])
    }

    @Test(arguments: [
        ("a\nb\r\t", #"a\nb\r\t"#, #""a\nb\u000d\u0009""#),
        ("\u{1b}[2J", #"\u{1b}[2J"#, #""\u001b[2J""#),
        ("q\"\\", #"q"\"#, #""q\"\\""#),
        ("\u{7f}\u{9b}\u{2028}\u{202e}é", #"\u{7f}\u{9b}\u{2028}\u{202e}é"#, #""\u007f\u009b\u2028\u202eé""#),
    ])
    func nothingInATextEndsALineOrDisturbsATerminal(_ text: String, _ plain: String, _ json: String) {
        #expect(LogText.plain(text) == plain)
        #expect(LogText.json(text) == json)
    }

    /// Failing calls make one line, and the end of the gateway tells how many they were.
    @Test func failingCallsDoNotFloodTheLog() async throws {
        let collected = CollectedLog()
        try await RunningGateway.run(upstream: "http://127.0.0.1:1", logger: collected.logger) { gateway in
            let client = try await gateway.caller()
            for _ in 0..<20 { #expect(try await client.exchange(RawClient.get(), method: "GET").status == 502) }
            await client.connection.close()
        }
        let lines = collected.lines.filter { $0.metadata["error_code"] == "upstream_unreachable" }
        #expect(lines.count == 2 && lines.last?.metadata["repeated"] == "19", "\(collected.lines)")
    }
}
