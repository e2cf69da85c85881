import OpenAIUsage
import OpenAIUsageTestKit
import Testing

/// What came of a scenario on a path.
struct Observation: Sendable {
    private final class Weak: Sendable {
        nonisolated(unsafe) weak var sink: RowSink?

        init(_ sink: RowSink) { self.sink = sink }
    }

    let row: CallRecord
    let seen: Caller.Seen
    let progress: Progress

    /// Runs a scenario on a path, and expects that it leaves one row and nothing else.
    init(_ scenario: Scenario, on path: CallPath, _ delivery: Delivery = .chunked) async throws {
        let weak: Weak
        (row, seen, progress, weak) = try await Self.run(scenario, path, delivery)
        // Every exchange that is open holds the sink.
        try await ProcessReading.wait(for: "the end of every exchange") { weak.sink == nil }
    }

    private static func run(
        _ scenario: Scenario,
        _ path: CallPath,
        _ delivery: Delivery
    ) async throws -> (CallRecord, Caller.Seen, Progress, Weak) {
        let sink = RowSink()
        let progress = Progress()
        let exchanges = ExchangeConfiguration(
            clock: FixedClock(),
            fingerprinter: KeyFingerprinter(secret: Array("conformance".utf8))
        )
        let upstream =
            path == .closure
            ? nil
            : try await PlayedUpstream.start(
                scenario,
                delivery,
                progress,
                closesOnceRead: PerPath.pathsClosedOnceRead.contains(path)
            )
        let reference = ReferenceTransport(scenario, delivery, progress)
        let setting = CallPath.Setting(
            port: upstream?.port ?? 1,
            patience: scenario.isHurried ? 2 : 300,
            exchanges: exchanges,
            sink: sink,
            memory: reference.closure,
            endMemory: { reference.shutDown() }
        )
        let (row, seen) = try await path.open(setting) { path in
            let seen = try await Caller(scenario: scenario, path: path, progress: progress).call()
            return (try await sink.row(), seen)
        }
        try await upstream?.stop()
        #expect(sink.rows.count == 1)
        return (row, seen, progress, Weak(sink))
    }
}
