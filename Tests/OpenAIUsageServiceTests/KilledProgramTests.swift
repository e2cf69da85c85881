import Foundation
import HTTPTypes
import OpenAIUsage
import OpenAIUsageLedger
import OpenAIUsagePricing
import OpenAIUsageRecorder
import Testing

/// A program that wraps a client and meters its calls until somebody kills it.
///
/// `Tests/Clients/test_durability.py` starts it, kills it, and looks for the calls that it was told are kept: it prints a line
/// for each.
struct KilledProgramTests {
    private static let environment = ProcessInfo.processInfo.environment
    private static let ledgerPath = environment["OAI_USAGE_KILLED_LEDGER"]
    private static let calls = 16

    /// Prints the call that a record is of as soon as the record outlives the process.
    private struct TellingSink: UsageSink {
        let ledger: Ledger

        func record(_ record: CallRecord) {
            let name = record.clientRequestID ?? ""
            var record = record
            record.cost = PriceBook.bundled.cost(of: record)
            let isKept = ledger.record(record) { outcome in
                if outcome == .written { KilledProgramTests.tell([name]) }
            }
            if isKept { KilledProgramTests.tell([name]) }
        }

        func recordOpen(_ record: CallRecord) { ledger.recordOpen(record, waiter: nil) }
    }

    private static func tell(_ names: [String]) {
        // One short write is never mixed with another's, and nothing is left in a buffer when the process is killed.
        for name in names {
            let line = Array("kept \(name)\n".utf8)
            line.withUnsafeBytes { _ = write(1, $0.baseAddress, $0.count) }
        }
    }

    private static func call(_ meter: UsageMeter, _ name: String) async throws {
        var request = MeteredCalls.request
        request.head.headerFields[.clientRequestID] = name
        _ = try await MeteredCalls.transport(meter).send(request).body.collect(upTo: 10_000)
    }

    @Test(.enabled(if: ledgerPath != nil, "Tests/Clients/test_durability.py runs it"))
    func `A program meters calls until it is killed`() async throws {
        let path = try #require(Self.ledgerPath)
        let journals = Self.environment["OAI_USAGE_KILLED_MODE"] == "journal"
        var options = LedgerOptions()
        options.keepsJournal = journals
        options.busyCount = 4
        options.flushThreshold = 500
        let ledger = try Ledger(path: path, options: options)
        let meter: UsageMeter
        if journals {
            var configuration = ExchangeConfiguration(objects: ledger.objects)
            configuration.identities = ledger.identities
            let sink = TellingSink(ledger: ledger)
            meter = UsageMeter(sink: sink, configuration: configuration)
        } else {
            meter = UsageMeter(ledger: ledger)
        }
        let end = ContinuousClock.now + .seconds(20)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<4 {
                group.addTask {
                    var number = 0
                    while ContinuousClock.now < end {
                        let names = (0..<Self.calls).map { "\(getpid())-\(task)-\(number + $0)" }
                        number += Self.calls
                        for name in names { try await Self.call(meter, name) }
                        guard !journals else { continue }
                        await meter.flush()
                        Self.tell(names)
                    }
                }
            }
            try await group.waitForAll()
        }
        await ledger.close()
    }
}
