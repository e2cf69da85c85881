import Foundation
import NIOCore
import NIOPosix
import OpenAIUsageLedger
import OpenAIUsageTestKit
import OpenAIUsageTestSupport
import Synchronization
import Testing

@testable import OpenAIUsageGateway

/// Mixed calls with faults of upstream, client and ledger at random: nobody gets a byte that was not sent, or takes a part
/// for the whole; no record is unaccounted for; memory and descriptors stay flat.
///
/// `OAI_USAGE_CHAOS_SEED` repeats a run, `OAI_USAGE_CHAOS_SECONDS` makes it longer, `OAI_USAGE_CHAOS_RATE` keeps it to so many
/// calls a second.
@Suite(.serialized)
struct ChaosTests {
    private struct Fault: Error {}

    /// The verdicts of all calls.
    private struct Tally: Sendable, CustomStringConvertible {
        var counts: [ChaosClient.Verdict: Int] = [:]
        var wrong: [String] = []
        /// Sound calls that the gateway answered itself.
        var unsound = 0

        var all: Int { counts.values.reduce(0, +) }
        var description: String {
            counts.map { "\($0.key) \($0.value)" }.sorted().joined(separator: ", ") + ", sound but refused \(unsound)"
        }
    }

    private static let environment = ProcessInfo.processInfo.environment
    private static func number(_ name: String) -> Int? { environment["OAI_USAGE_CHAOS_\(name)"].flatMap { Int($0) } }

    private static let lanes = 16
    private static let connectionsPerLoop = 32
    private static let rounds = 5
    /// What memory may grow by between the first round and the last: the allocator's own unrest, and SQLite's.
    private static let growth = 24 << 20

    private let seed = Self.number("SEED").map { UInt64($0) } ?? UInt64.random(in: 0..<1 << 32)
    private let seconds = Self.number("SECONDS")
    private let rate = Self.number("RATE")

    @Test
    func `Faults at random break nothing`() async throws {
        print("chaos: OAI_USAGE_CHAOS_SEED=\(seed)")
        // What is made once in a process is made before anything is measured.
        try await RunningGateway.run(upstream: "http://127.0.0.1:1") { gateway in
            let client = try await gateway.caller()
            #expect(try await client.exchange(RawClient.chat()).status == 502)
            await client.connection.close()
            #expect(try await gateway.ask("/healthz").status == 200)
        }
        let filesBefore = ProcessReading.openFiles
        let upstream = try await ChaosUpstream.start()
        let random = Mutex(SplitMix64(seed: seed))
        let isCalm = Atomic(false)
        var options = LedgerOptions()
        options.capacity = 4_096
        options.hooks.beforeBatch = {
            guard !isCalm.load(ordering: .relaxed) else { return }
            switch random.withLock({ Int.random(in: 0..<100, using: &$0) }) {
            case 0..<3: throw Fault()
            // The disk is slow.
            case 3..<8: usleep(5_000)
            default: break
            }
        }
        // Some records are none that the ledger can take.
        options.hooks.beforeRecord = { _ in
            guard !isCalm.load(ordering: .relaxed) else { return }
            if random.withLock({ Int.random(in: 0..<200, using: &$0) }) == 0 { throw Fault() }
        }
        let configure: (inout GatewayConfiguration) -> Void = {
            $0.workers = 2
            $0.limits.upstreamConnections = Self.connectionsPerLoop
            $0.openRowMilliseconds = 20
            $0.commitDeadlineMilliseconds = 50
            $0.responseTimeoutMilliseconds = 2_000
            $0.drainMilliseconds = 50
            $0.limits.heldBodyBytes = 64 << 10
        }
        try await RunningGateway.run(
            upstream: "http://127.0.0.1:\(upstream.port)",
            options: options,
            configure: configure
        ) { gateway in
            let tally = Watched(Tally())
            var memory: [Int] = []
            var files: [Int] = []
            for round in 1...Self.rounds {
                try await play(round, gateway, tally)
                // The counts agree at any moment.
                let statistics = gateway.ledger.statistics
                let dropped = statistics.dropped.values.reduce(0, +)
                #expect(statistics.captured == statistics.written + dropped + Int64(statistics.queued))
                memory.append(ProcessReading.residentBytes)
                files.append(ProcessReading.openFiles)
                print(
                    "chaos, round \(round): \(tally.value); captured \(statistics.captured), written \(statistics.written),",
                    "dropped \(dropped), queued \(statistics.queued); \((memory.last ?? 0) >> 10) KiB, \(files.last ?? 0) files"
                )
                try #require(tally.value.wrong.isEmpty, "\(tally.value.wrong.prefix(5))")
            }
            isCalm.store(true, ordering: .relaxed)
            try await settle(gateway)
            let statistics = gateway.ledger.statistics
            #expect(statistics.queued == 0)
            #expect(statistics.captured == statistics.written + statistics.dropped.values.reduce(0, +))
            #expect(statistics.dropped.values.reduce(0, +) > 0)
            let result = tally.value
            #expect(result.counts[.identical, default: 0] > result.all / 3)
            #expect(result.counts[.cut, default: 0] > 0 && result.counts[.left, default: 0] > 0)
            #expect((memory.last ?? 0) - memory[0] <= Self.growth, "\(memory)")
            let pools = 2 * Self.connectionsPerLoop * 2 + 4 * Self.lanes
            #expect((files.last ?? 0) <= filesBefore + pools + 64, "\(files)")
        }
        try await upstream.stop()
        try await ProcessReading.wait(for: "the files to be closed") { ProcessReading.openFiles <= filesBefore + 4 }
    }

    /// Makes the calls of a round.
    private func play(_ round: Int, _ gateway: RunningGateway, _ tally: Watched<Tally>) async throws {
        let port = try #require(gateway.addresses.calls.split(separator: ":").last.flatMap { Int($0) })
        let start = NIODeadline.now()
        let end = seconds.map { start + .seconds(Int64($0 / Self.rounds)) }
        let count = 40
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for lane in 0..<Self.lanes {
                tasks.addTask {
                    var client = ChaosClient(port: port)
                    var turn = 0
                    while end.map({ NIODeadline.now() < $0 }) ?? (turn < count) {
                        try await pace(turn, since: start)
                        let number = (round << 40) + (lane << 32) + turn
                        let plan = ChaosPlan(seed: seed &+ UInt64(number))
                        let verdict = try await client.call(plan)
                        tally.update { tally in
                            if case .wrong(let reason) = verdict {
                                tally.wrong.append("\(plan.description): \(reason)")
                            }
                            if plan.isSound, verdict == .cut { tally.wrong.append("\(plan.description): cut by us") }
                            if plan.isSound, verdict == .refused { tally.unsound += 1 }
                            tally.counts[verdict, default: 0] += 1
                        }
                        turn += 1
                    }
                    await client.close()
                }
            }
            try await tasks.waitForAll()
        }
    }

    /// Waits until a lane's next call is due.
    private func pace(_ turn: Int, since start: NIODeadline) async throws {
        guard let rate else { return }
        let due = start + .nanoseconds(Int64(turn) * Int64(Self.lanes) * 1_000_000_000 / Int64(rate))
        guard due > NIODeadline.now() else { return }
        try await MultiThreadedEventLoopGroup.singleton.next().scheduleTask(deadline: due) {}.futureResult.get()
    }

    /// Waits until no call is open and every record is written.
    private func settle(_ gateway: RunningGateway) async throws {
        for _ in 0..<1_000 {
            let open = try await gateway.ask("/metrics").text.split(separator: "\n").filter {
                ($0.hasPrefix("oai_usage_calls_in_flight") || $0.hasPrefix("oai_usage_gateway_waiting_calls "))
                    && !$0.hasSuffix(" 0")
            }
            guard !open.isEmpty else { return await gateway.ledger.flush() }
            try await MultiThreadedEventLoopGroup.singleton.next().scheduleTask(in: .milliseconds(10)) {}.futureResult
                .get()
        }
        Issue.record("Calls are open though nobody waits for any.")
    }
}
