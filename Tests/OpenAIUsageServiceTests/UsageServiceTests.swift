import OpenAIUsage
import OpenAIUsageLedger
import OpenAIUsageRecorder
import OpenAIUsageService
import OpenAIUsageTestKit
import ServiceLifecycle
import ServiceLifecycleTestKit
import Testing

/// What a program's end makes of calls that are under way.
struct UsageServiceTests {
    /// A wait that ends when the test says so.
    private struct Pace: Sendable {
        let ticks = Watched(0)
        let asked = Watched(0)

        func sleep() async throws {
            let number = asked.update { asked in
                asked += 1
                return asked
            }
            try await withTaskCancellationHandler {
                _ = try await ticks.wait(for: "tick \(number)") { $0 >= number }
                try Task.checkCancellation()
            } onCancel: {
                ticks.update { $0 = .max }
            }
        }

        /// Lets one wait end, and returns when the next has begun.
        func tick() async throws {
            let count = ticks.update { ticks in
                ticks += 1
                return ticks
            }
            _ = try await asked.wait(for: "wait \(count + 1)") { $0 > count }
        }
    }

    @Test
    func `An end that loses records says how many`() async throws {
        let file = try TemporaryLedger()
        var options = LedgerOptions()
        options.hooks.beforeBatch = { throw Unwritable() }
        let ledger = try Ledger(path: file.path, options: options)
        let meter = UsageMeter(ledger: ledger)
        let service = UsageService(meter: meter, ledger: ledger, limit: .milliseconds(50))
        for _ in 0..<3 { try await MeteredCalls.make(meter) }
        let error = await #expect(throws: RecordsLostError.self) {
            try await testGracefulShutdown { trigger in
                trigger.triggerGracefulShutdown()
                try await service.run()
            }
        }
        #expect(error?.count == 3)
        #expect(error?.description.contains("3 records were lost") == true)
    }

    private struct Unwritable: Error {}

    @Test
    func `A call that is long under way has an interim row, and is interrupted by the end`() async throws {
        let file = try TemporaryLedger()
        let ledger = try file.open()
        let meter = UsageMeter(ledger: ledger)
        let pace = Pace()
        let service = UsageService(meter: meter, ledger: ledger, interval: .zero) { _ in try await pace.sleep() }
        let response = try await MeteredCalls.transport(meter).send(MeteredCalls.request)
        try await testGracefulShutdown { trigger in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await service.run() }
                try await pace.tick()
                try await pace.tick()
                await meter.flush()
                #expect(try file.reader().calls(CallsQuery()).map(\.outcome) == [.open])
                trigger.triggerGracefulShutdown()
                try await group.waitForAll()
            }
        }
        #expect(try file.reader().calls(CallsQuery()).map(\.outcome) == [.interrupted])
        #expect(meter.openCalls == 0)
        // The call goes on, and is not recorded again.
        _ = try await response.body.collect(upTo: 10_000)
        #expect(ledger.statistics.captured == 1)
        #expect(try file.reader().calls(CallsQuery()).count == 1)
    }

    @Test(arguments: [true, false])
    func `The ledger is closed by a shutdown and by cancellation`(_ isGraceful: Bool) async throws {
        let file = try TemporaryLedger()
        let ledger = try file.open()
        let meter = UsageMeter(ledger: ledger)
        let service = UsageService(meter: meter, ledger: ledger)
        try await testGracefulShutdown { trigger in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await service.run() }
                try await MeteredCalls.make(meter)
                if isGraceful { trigger.triggerGracefulShutdown() } else { group.cancelAll() }
                try await group.waitForAll()
            }
        }
        #expect(try file.reader().calls(CallsQuery()).map(\.outcome) == [.completed])
        // What comes later is lost and counted.
        try await MeteredCalls.make(meter)
        #expect(ledger.statistics.dropped[.shutdown] == 1)
        // Nobody holds the file any more.
        let next = try file.open()
        await next.close()
    }
}
