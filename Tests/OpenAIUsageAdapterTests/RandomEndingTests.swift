import HTTPTypes
import OpenAIUsage
import OpenAIUsageTestKit
import OpenAIUsageTestSupport
import Testing

/// Many calls at once, each of which ends at a moment that nobody has chosen.
struct RandomEndingTests {
    private enum Plan: CaseIterable, Sendable {
        case readAll, stopAfterOne, stopAtMarker, neverRead, cancel
    }

    private static func run(_ plan: Plan, _ yields: Int, _ transport: any Transport, _ request: Request) async {
        let task = Task {
            let response = try await transport.send(request)
            if plan == .neverRead { return }
            var text = ""
            for try await piece in response.body {
                text += String(decoding: piece, as: UTF8.self)
                if plan == .stopAfterOne || plan == .stopAtMarker && text.contains("[DONE]") { return }
            }
        }
        if plan == .cancel {
            for _ in 0..<yields { await Task.yield() }
            task.cancel()
        }
        _ = await task.result
    }

    @Test(arguments: Client.allCases)
    func `Each call is one record`(client: Client) async throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("\(client): seed \(seed)")
        let server = try await ScriptedUpstream.start(script: { connection in
            while true {
                let message = try await connection.message(.request)
                try await connection.send(Answer.streamHead + Answer.event(1))
                if message.target == "/v1/cut" {
                    await connection.reset()
                    return
                }
                try await connection.send(Answer.usage)
                try await connection.send(Answer.done + Answer.end)
            }
        })
        try await AdapterHarness.run(client, server: server) { harness in
            var generator = SplitMix64(seed: seed)
            let calls = (0..<600).map { _ in
                (
                    plan: Plan.allCases.randomElement(using: &generator) ?? .readAll,
                    isCut: UInt.random(in: 0..<5, using: &generator) == 0,
                    yields: Int.random(in: 0..<400, using: &generator)
                )
            }
            for batch in stride(from: 0, to: calls.count, by: 50) {
                await withTaskGroup(of: Void.self) { group in
                    for call in calls[batch..<batch + 50] {
                        let request = harness.request(.post, call.isCut ? "/v1/cut" : "/v1/chat/completions")
                        group.addTask { await Self.run(call.plan, call.yields, harness.metered, request) }
                    }
                }
            }
            let records = try await harness.sink.wait(for: 600)
            #expect(records.count == 600 && Set(records.map(\.id)).count == 600, "seed \(seed)")
            for record in records where record.outcome == .completed {
                #expect(record.usage.totalTokens == 7, "seed \(seed)")
            }
            let counts = Dictionary(grouping: records, by: \.outcome).mapValues(\.count)
            print("\(client): \(counts.map { "\($0.value) \($0.key)" }.sorted().joined(separator: ", "))")
            #expect(counts[.completed] ?? 0 > 50 && counts[.abandoned] ?? 0 > 50, "seed \(seed)")
        }
    }
}
