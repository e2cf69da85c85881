import Foundation
import OpenAIUsage
import OpenAIUsageTestKit
import Testing

/// Memory and files stay flat however many calls there are.
///
/// `OAI_USAGE_SOAK_CALLS` says how many, over all paths.
@Suite(.serialized)
struct SoakTests {
    private struct Reading: CustomStringConvertible {
        let percent: Int
        let calls: Int
        let rows: Int
        let bytes = ProcessReading.residentBytes
        let files = ProcessReading.openFiles

        var description: String {
            "\(percent) %: \(calls) calls, \(rows) rows, \(bytes >> 10) KiB resident, \(files) files"
        }
    }

    static let paths = [CallPath.closure, .curl, .urlSession, .asyncHTTPClient, .gateway]
    private static let total = ProcessInfo.processInfo.environment["OAI_USAGE_SOAK_CALLS"].flatMap { Int($0) } ?? 500
    private static let concurrency = 8
    /// What memory may grow by between the first fifth and the end: the allocator's own unrest.
    private static let growth = 12 << 20

    @Test(arguments: paths)
    func `Memory and files stay flat`(path: CallPath) async throws {
        let count = Self.total / Self.paths.count / 25 * 25
        // What is made once in a process is made before anything is measured.
        _ = try await soak(path, count: 25)
        let files = ProcessReading.openFiles
        let readings = try await soak(path, count: count)
        try await ProcessReading.wait(for: "the files to be closed") { ProcessReading.openFiles <= files }
        for reading in readings {
            print("soak, \(path.rawValue), \(reading)")
            #expect(reading.rows == reading.calls)
        }
        let first = try #require(readings.first)
        let last = try #require(readings.last)
        #expect(last.bytes - first.bytes <= Self.growth)
    }

    private func soak(_ path: CallPath, count: Int) async throws -> [Reading] {
        let upstream = try await SoakUpstream.start()
        let sink = CountingSink()
        let setting = CallPath.Setting(
            port: upstream.port,
            patience: 300,
            exchanges: ExchangeConfiguration(),
            sink: sink,
            memory: SoakMemory.transport
        )
        let readings = try await path.open(setting) { path in
            var readings: [Reading] = []
            for fifth in 1...5 {
                await makeCalls(count / 5, on: path)
                let calls = fifth * (count / 5)
                try await sink.wait(for: calls)
                readings.append(Reading(percent: fifth * 20, calls: calls, rows: sink.counts.values.reduce(0, +)))
            }
            return readings
        }
        for outcome in Set(SoakCall.allCases.map { PerPath.outcome($0.outcome, on: path) }) {
            let share = SoakCall.allCases.count { PerPath.outcome($0.outcome, on: path) == outcome }
            #expect(sink.counts[outcome] == count / SoakCall.allCases.count * share, "\(outcome)")
        }
        try await upstream.stop()
        return readings
    }

    private func makeCalls(_ count: Int, on path: OpenPath) async {
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<count {
                if number >= Self.concurrency { await group.next() }
                // A task of its own is what a call that is cancelled needs.
                group.addTask { await SoakCall.allCases[number % SoakCall.allCases.count].make(on: path) }
            }
        }
    }
}
