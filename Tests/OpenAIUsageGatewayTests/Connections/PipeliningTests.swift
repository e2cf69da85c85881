import NIOCore
import OpenAIUsage
import OpenAIUsageTestKit
import Testing

@testable import OpenAIUsageGateway

/// Clients that send more than one request before they read.
@Suite(.serialized)
struct PipeliningTests {
    private static let size = 5_000_000
    private static let part = 50_000
    private static let count = 50

    /// An upstream that answers the request for `/N` with the byte N, over and over.
    private static func upstream(_ sent: Watched<Int>) async throws -> ScriptedUpstream {
        try await .start(script: { connection in
            while true {
                let request = try await connection.message(.request)
                let number = UInt8(request.target.dropFirst()) ?? 255
                guard request.body.allSatisfy({ $0 == number }) else { throw CancellationError() }
                let head = "HTTP/1.1 200 OK\r\nX-Length: \(request.body.count)\r\nContent-Length: \(size)\r\n\r\n"
                try await connection.send(Array(head.utf8))
                for _ in 0..<(size / part) {
                    try await connection.send(Array(repeating: number, count: part))
                    sent.update { $0 += part }
                }
            }
        })
    }

    private static func request(_ number: Int) -> [UInt8] {
        let length = 1 + number * 97 % 3_000
        let body = Array(repeating: UInt8(number), count: length)
        guard number % 2 == 0 else {
            return Array("PUT /\(number) HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n".utf8)
                + Array("\(String(length, radix: 16))\r\n".utf8) + body + Array("\r\n0\r\n\r\n".utf8)
        }
        return Array("POST /\(number) HTTP/1.1\r\nHost: a\r\nContent-Length: \(length)\r\n\r\n".utf8) + body
    }

    /// The bodies come late: whatever is written at once ends within one.
    @Test(arguments: [[4_000, 9]])
    func fiftyRequestsWithLargeAnswers(_ pieces: [Int]) async throws {
        try await Harness.run(upstream: try await Self.upstream(Watched(0))) { harness in
            let client = try await harness.client()
            let requests = (0..<Self.count).flatMap { Self.request($0) }
            async let sending: Void = client.connection.send(requests, inPiecesOf: pieces)
            for number in 0..<Self.count {
                let head = try await client.connection.take(through: "\r\n\r\n")
                #expect(
                    head.hasPrefix("HTTP/1.1 200 OK\r\nX-Length: \(1 + number * 97 % 3_000)\r\n"),
                    "\(number): \(head)"
                )
                let body = try await client.connection.take(Self.size)
                #expect(body == Array(repeating: UInt8(number), count: Self.size), "\(number)")
            }
            try await sending
            let records = try await harness.recorder.records(Self.count)
            #expect(records.allSatisfy { $0.outcome == .completed })
        }
    }

    /// The answers of a client that does not read stay where they are.
    @Test func aClientThatDoesNotReadHoldsItsOwnAnswersUp() async throws {
        let sent = Watched(0)
        try await Harness.run(upstream: try await Self.upstream(sent)) { harness in
            let client = try await harness.client()
            try await client.connection.setReading(false)
            try await client.connection.send((0..<Self.count).flatMap { Self.request($0) })
            var last = -1
            var quietLooks = 0
            while quietLooks < 5 {
                let now = try await harness.loop.scheduleTask(in: .milliseconds(50)) { sent.value }.futureResult.get()
                quietLooks = now == last && now > 0 ? quietLooks + 1 : 0
                last = now
            }
            #expect(last < 8 * Self.size)
        }
    }
}
