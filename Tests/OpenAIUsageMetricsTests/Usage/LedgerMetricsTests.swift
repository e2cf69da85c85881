import OpenAIUsage
import Synchronization
import Testing

@testable import OpenAIUsageMetrics

@Suite("Metrics of the store")
struct LedgerMetricsTests {
    private func snapshot(_ change: (inout LedgerSnapshot) -> Void = { _ in }) -> LedgerSnapshot {
        var snapshot = LedgerSnapshot(
            captured: 100,
            written: 90,
            dropped: [("queue_full", 3), ("disk_full", 2)],
            queued: 5,
            capacity: 1_024,
            errors: [("busy", 7)],
            sizeBytes: 4_096,
            lastWriteTimestampSeconds: 1_795_425_300.5,
            lateReleases: 4
        )
        change(&snapshot)
        return snapshot
    }

    @Test("Without a store nothing is told of it")
    func none() {
        let scrape = Scrape(UsageMetrics(build: BuildInformation(version: "1")))
        #expect(scrape.count("records_captured_total") == 0)
        #expect(scrape.count("records_dropped_total") == 0)
        #expect(scrape.count("record_queue_capacity") == 0)
    }

    @Test("The figures of the store are read at each scrape")
    func figures() {
        let metrics = UsageMetrics(build: BuildInformation(version: "1"))
        let shared = Shared(snapshot())
        metrics.registerLedger { shared.value.withLock { $0 } }
        var scrape = Scrape(metrics)
        #expect(scrape["records_captured_total"] == "100")
        #expect(scrape["records_written_total"] == "90")
        #expect(scrape["records_dropped_total{reason=\"queue_full\"}"] == "3")
        #expect(scrape["records_dropped_total{reason=\"disk_full\"}"] == "2")
        #expect(scrape["records_dropped_total{reason=\"shutdown\"}"] == "0")
        #expect(scrape["record_queue_length"] == "5")
        #expect(scrape["record_queue_capacity"] == "1024")
        #expect(scrape["ledger_errors_total{error=\"busy\"}"] == "7")
        #expect(scrape["ledger_up"] == "1")
        #expect(scrape["ledger_size_bytes"] == "4096")
        #expect(scrape["ledger_last_write_timestamp_seconds"] == "1.7954253005e+09")
        #expect(scrape["ledger_late_releases_total"] == "4")
        let balance = scrape.sum("records_written_total") + scrape.sum("records_dropped_total")
        #expect(scrape.sum("records_captured_total") == balance + scrape.sum("record_queue_length"))
        shared.value.withLock {
            $0.written = 95
            $0.isUp = false
        }
        scrape = Scrape(metrics)
        #expect(scrape["ledger_up"] == "0")
        #expect(scrape["records_written_total"] == "95")
        #expect(metrics.registry.misuses.isEmpty)
    }

    /// A snapshot that a test can change.
    private final class Shared: Sendable {
        let value: Mutex<LedgerSnapshot>

        init(_ snapshot: LedgerSnapshot) {
            value = Mutex(snapshot)
        }
    }

    @Test("A reason that is not one of the contract is counted as other")
    func unknownReason() {
        let metrics = UsageMetrics(build: BuildInformation(version: "1"))
        let snapshot = snapshot { $0.dropped = [("new", 2), ("newer", 3), ("shutdown", 1)] }
        metrics.registerLedger { snapshot }
        let scrape = Scrape(metrics)
        #expect(scrape["records_dropped_total{reason=\"other\"}"] == "5")
        #expect(scrape.sum("records_dropped_total") == 6)
    }

    @Test("The kinds of errors are bounded, and none is lost")
    func errors() {
        let metrics = UsageMetrics(build: BuildInformation(version: "1"))
        let snapshot = snapshot { snapshot in
            snapshot.errors = (0..<100).map { ("error_\($0)", 1) } + [("", 1), ("error_0", 1), ("a\nb", 1)]
        }
        metrics.registerLedger { snapshot }
        let scrape = Scrape(metrics)
        #expect(scrape.count("ledger_errors_total") <= 33)
        #expect(scrape.sum("ledger_errors_total") == 103)
        #expect(scrape["ledger_errors_total{error=\"error_0\"}"] == "2")
    }

    @Test("What is not known is left out")
    func unknown() {
        let metrics = UsageMetrics(build: BuildInformation(version: "1"))
        let snapshot = snapshot { snapshot in
            snapshot.sizeBytes = nil
            snapshot.lastWriteTimestampSeconds = nil
        }
        metrics.registerLedger { snapshot }
        #expect(Scrape(metrics).count("ledger_size_bytes") == 0)
        #expect(Scrape(metrics).count("ledger_last_write_timestamp_seconds") == 0)
    }

    @Test("Transactions are observed")
    func writes() {
        let metrics = UsageMetrics(build: BuildInformation(version: "1"))
        metrics.observeLedgerWrite(seconds: 0.0004)
        metrics.observeLedgerWrite(seconds: 9)
        let scrape = Scrape(metrics)
        #expect(scrape["ledger_write_duration_seconds_bucket{le=\"0.0005\"}"] == "1")
        #expect(scrape["ledger_write_duration_seconds_bucket{le=\"2.0\"}"] == "1")
        #expect(scrape["ledger_write_duration_seconds_count"] == "2")
    }
}
