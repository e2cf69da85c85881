import Logging
import OpenAIUsage
import OpenAIUsageService
import Synchronization
import Testing

@testable import OpenAIUsageLedger

/// What the log says of a ledger that fails and recovers again and again.
struct LedgerLogTests {
    private final class Lines: Sendable {
        let all = Mutex<[(level: Logger.Level, message: String, repeated: String?)]>([])
    }

    private struct Handler: LogHandler {
        let lines: Lines
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let repeated = event.metadata?["repeated"].map { "\($0)" }
            lines.all.withLock { $0.append((event.level, "\(event.message)", repeated)) }
        }
    }

    private final class Clock: UsageClock {
        let seconds = Mutex<Int64>(0)
        var wallMicroseconds: Int64 { seconds.withLock { $0 * 1_000_000 } }
        var monotonicNanoseconds: Int64 { seconds.withLock { $0 * 1_000_000_000 } }
    }

    private func change(_ kind: LedgerStatusChange.Kind, _ code: LedgerError.Code) -> LedgerStatusChange {
        let trouble = LedgerFault(code: code, description: "It fails.", sinceMicroseconds: 0)
        return LedgerStatusChange(kind: kind, trouble: trouble, durationMicroseconds: 0, remedy: nil, dropped: 0)
    }

    @Test
    func `A kind of failure is told once a minute, with how often it came since`() {
        let lines = Lines()
        let clock = Clock()
        let log = LedgerLog(Logger(label: "test") { _ in Handler(lines: lines) }, clock: clock)
        for second in 0..<150 as Range<Int64> {
            clock.seconds.withLock { $0 = second }
            log.tell(change(.failed, .failed))
            log.tell(change(.recovered, .failed))
        }
        log.tell(change(.failed, .diskFull))
        log.finish()
        let told = lines.all.withLock { $0 }
        #expect(told.map(\.level) == [.error, .notice, .error, .notice, .error, .notice, .error])
        #expect(told.map(\.repeated) == [nil, nil, "59", "59", "59", "59", nil])
        #expect(told[0].message.hasPrefix("The ledger fails: It fails."))
    }
}
