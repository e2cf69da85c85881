import OpenAIUsageLedger
import OpenAIUsageTestSupport
import Synchronization
import Testing

@testable import oai_usage

struct WorkProgressTests {
    private static let second: Int64 = 1_000_000_000

    @Test
    func `A terminal is shown a line after two seconds, ten times a second at most`() {
        var pace = WorkProgress.Pace(isTerminal: true)
        #expect(pace.step(at: 5) == .none)
        #expect(pace.step(at: 5 + 2 * Self.second - 1) == .none)
        #expect(pace.step(at: 5 + 2 * Self.second) == .rewrite)
        #expect(pace.step(at: 5 + 2 * Self.second + 99_000_000) == .none)
        #expect(pace.step(at: 5 + 2 * Self.second + 100_000_000) == .rewrite)
        #expect(pace.seconds(at: 5 + 3 * Self.second) == 3)
        let tells = pace.end(at: 5 + 3 * Self.second)
        #expect(tells)
    }

    @Test
    func `A log gets a line every ten seconds at most, and a last one of long work alone`() {
        let clock = ManualClock()
        let lines = Mutex<[String]>([])
        let progress = WorkProgress("Copying", "Copied", "pages", clock: clock, isTerminal: false) { line in
            lines.withLock { $0.append(line) }
        }
        progress.show(1, 10)
        progress.show(10, 10)
        #expect(lines.withLock { $0.isEmpty })
        for second in 0..<25 {
            progress.show(Int64(second) * 1_000, 30_000)
            clock.advance(seconds: 1)
        }
        progress.show(30_000, 30_000)
        #expect(
            lines.withLock { $0 } == [
                "Copying: 2,000 of 30,000 pages (6 %)", "Copying: 12,000 of 30,000 pages (40 %)",
                "Copying: 22,000 of 30,000 pages (73 %)", "Copied: 30,000 pages in 25 s.",
            ]
        )
    }

    @Test
    func `Pruning is told in sentences, and read back from a gateway's answer`() throws {
        var report = PruneReport(
            json: #"{"before":"2026-11-23T00:00:00Z","calls":0,"in_flight_calls":0,"returned_bytes":0,"free_bytes":0}"#
        )
        var found = try #require(report)
        #expect(PruneFormat.sentences(found) == ["No calls before 2026-11-23T00:00:00Z."])
        found.calls = 1_200
        found.firstMicroseconds = found.beforeMicroseconds - 86_400_000_000
        found.lastMicroseconds = found.beforeMicroseconds - 1
        found.inFlight = 1
        found.returnedBytes = 12_340_000
        found.freeBytes = 2_000
        found.needsCompacting = true
        report = PruneReport(json: found.json)
        #expect(report == found)
        let sentences = PruneFormat.sentences(found)
        #expect(
            sentences[0]
                == "1,200 calls from 2026-11-22T00:00:00Z to 2026-11-22T23:59:59Z were removed; their sums stay."
        )
        #expect(sentences[1] == "1 call still open; they stay." && sentences[2] == "12.3 MB were given back.")
        #expect(sentences[3].contains("oai-usage ledger compact"))
        #expect(PruneReport(json: "{}") == nil)
    }
}
