import HTTPTypes
import NIOCore
import NIOPosix
import OpenAIUsage
import OpenAIUsageCurl
import OpenAIUsageTestKit
import OpenAIUsageTestSupport
import OpenAIUsageTesting
import Testing

/// Many calls at a time that end in all manner of ways: one record each, and nothing is left.
struct RandomEndingTests {
    /// What a server and a caller do with a call.
    private struct Plan {
        var pieces: Int
        var pieceLength: Int
        /// Whether the server breaks off, and whether by a reset.
        var breaksOff: Bool
        var resets: Bool
        /// After how many pieces the caller stops, and whether by cancelling.
        var stopsAfter: Int?
        var cancels: Bool
        var upload: Int?

        init(_ generator: inout SplitMix64) {
            pieces = Int.random(in: 0...12, using: &generator)
            pieceLength = [1, 100, 70_000].randomElement(using: &generator) ?? 1
            breaksOff = Int.random(in: 0..<4, using: &generator) == 0
            resets = Bool.random(using: &generator)
            stopsAfter = Int.random(in: 0..<3, using: &generator) == 0 ? Int.random(in: 0...4, using: &generator) : nil
            cancels = Bool.random(using: &generator)
            upload = Bool.random(using: &generator) ? Int.random(in: 0...300_000, using: &generator) : nil
        }

        var path: String { "/\(pieces)/\(pieceLength)/\(breaksOff ? resets ? 2 : 1 : 0)" }
    }

    private static func serve(_ connection: RawConnection) async throws {
        while true {
            let message = try await connection.message(.request)
            let numbers = message.target.split(separator: "/").compactMap { Int($0) }
            try await connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            for index in 0..<numbers[0] {
                let piece = Pattern.bytes(numbers[1], from: index * numbers[1])
                try await connection.send(
                    Array("\(String(piece.count, radix: 16))\r\n".utf8) + piece + Array("\r\n".utf8)
                )
            }
            if numbers[2] == 2 { return await connection.reset() }
            if numbers[2] == 1 { return await connection.close() }
            try await connection.send("0\r\n\r\n")
        }
    }

    /// Makes a call, and returns whether it came to its end.
    private static func call(_ plan: Plan, _ harness: CurlHarness) async throws -> Bool {
        let body = plan.upload.map { Body(PulledBody(length: $0, inPiecesOf: 10_000)) } ?? Body("{}")
        let response = try await harness.metered.send(harness.request(.post, plan.path, body: body))
        var position = 0
        var pieces = 0
        if plan.stopsAfter == 0, !plan.cancels { return false }
        for try await piece in response.body {
            #expect(Pattern.matches(ByteBuffer(bytes: piece), from: position))
            position += piece.count
            pieces += 1
            if pieces == plan.stopsAfter {
                guard plan.cancels else { return false }
                withUnsafeCurrentTask { $0?.cancel() }
            }
        }
        #expect(position == plan.pieces * plan.pieceLength)
        return true
    }

    @Test(arguments: UInt64(0)..<4)
    func `Every call is one record, and no connection or file is left`(seed: UInt64) async throws {
        let before = ProcessReading.openFiles
        try await CurlHarness.run(server: .start(script: Self.serve)) { harness in
            let expected = try await withThrowingTaskGroup(of: [Bool].self) { group in
                for worker in 0..<16 {
                    group.addTask {
                        var generator = SplitMix64(seed: seed << 8 | UInt64(worker))
                        var ends: [Bool] = []
                        for _ in 0..<20 {
                            let plan = Plan(&generator)
                            let task = Task { () -> Bool in (try? await Self.call(plan, harness)) ?? false }
                            if plan.cancels, plan.stopsAfter == 0 { task.cancel() }
                            ends.append(await task.value)
                        }
                        return ends
                    }
                }
                return try await group.reduce(into: [Bool]()) { $0 += $1 }
            }
            try await ProcessReading.wait(for: "all records") { harness.sink.records.count >= expected.count }
            let records = harness.sink.records
            #expect(records.count == expected.count && Set(records.map(\.id)).count == expected.count, "seed \(seed)")
            let completed = records.filter { $0.outcome == .completed }.count
            #expect(completed == expected.filter { $0 }.count, "seed \(seed)")
            #expect(completed > 50 && completed < expected.count - 50)
            await harness.transport.shutDown()
            for connection in harness.server.connections { try await connection.ended() }
        }
        try await ProcessReading.wait(for: "everything to be closed") { ProcessReading.openFiles <= before }
    }
}
