import NIOCore
import OpenAIUsage
import OpenAIUsageTestKit
import OpenAIUsageTestSupport
import Testing

@testable import OpenAIUsageGateway

/// Many calls whose sides end at random places: each has one record, and nobody sees a byte that was not sent.
struct RandomEndingTests {
    enum Way: CaseIterable, Sendable { case stay, close, reset }

    /// What happens in one call, all of it told by a seed.
    struct Plan: Sendable {
        let seed: UInt64
        let isStream: Bool
        let isChunked: Bool
        let request: [UInt8]
        let response: [UInt8]
        let body: [UInt8]
        /// Whether the upstream answers before it has read the request.
        let isEarly: Bool
        /// How many bytes are sent of the request, and of the response.
        let requestLength: Int
        let responseLength: Int
        /// How many bytes the client reads before it goes.
        let readLength: Int
        let clientWay: Way
        let upstreamWay: Way
        let pieces: [Int]

        init(seed: UInt64) {
            self.seed = seed
            var generator = SplitMix64(seed: seed)
            func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &generator) < percent }
            isStream = chance(50)
            isChunked = isStream || chance(50)
            isEarly = chance(15)
            let payload = String(repeating: "p", count: Int.random(in: 0...3_000, using: &generator))
            let path = isStream ? "/v1/chat/completions" : "/v1/x"
            request = Array(
                RawClient.post(
                    path,
                    #"{"stream":true,"stream_options":{"include_usage":true},"x":"\#(payload)"}"#,
                    extra: "X-Plan: \(seed)\r\n"
                ).utf8
            )
            var text = ""
            for number in 0..<Int.random(in: 0...20, using: &generator) {
                text +=
                    isStream ? "data: {\"choices\":[{\"delta\":{\"content\":\"\(number)\"}}]}\n\n" : "line \(number)\n"
            }
            if isStream { text += "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":1}}\n\ndata: [DONE]\n\n" }
            body = Array(text.utf8)
            let type = isStream ? "text/event-stream" : "text/plain"
            var wire = "HTTP/1.1 200 OK\r\nContent-Type: \(type)\r\n"
            if isChunked {
                wire += "Transfer-Encoding: chunked\r\n\r\n"
                var rest = Substring(text)
                while !rest.isEmpty {
                    let piece = rest.prefix(Int.random(in: 1...300, using: &generator))
                    rest = rest.dropFirst(piece.count)
                    wire += "\(String(piece.utf8.count, radix: 16))\r\n\(piece)\r\n"
                }
                wire += "0\r\n\r\n"
            } else {
                wire += "Content-Length: \(text.utf8.count)\r\n\r\n\(text)"
            }
            response = Array(wire.utf8)
            requestLength = chance(80) ? request.count : Int.random(in: 0...request.count, using: &generator)
            responseLength = chance(60) ? response.count : Int.random(in: 0...response.count, using: &generator)
            clientWay = Way.allCases.randomElement(using: &generator) ?? .stay
            readLength = clientWay == .stay ? .max : Int.random(in: 0...response.count, using: &generator)
            // An upstream that stays although it has not sent everything is one that hangs.
            upstreamWay = Way.allCases.randomElement(using: &generator) ?? .stay
            pieces = (0..<5).map { _ in Int.random(in: 100...1_500, using: &generator) }
        }

        var description: String { "seed \(seed)" }
    }

    private static func end(_ connection: RawConnection, _ way: Way) async throws {
        switch way {
        case .stay: break
        case .close: await connection.close()
        case .reset: await connection.reset()
        }
    }

    /// Plays the upstream of whatever call comes on a connection.
    @Sendable private static func play(_ connection: RawConnection) async throws {
        while true {
            let head = try await connection.take(through: "\r\n\r\n")
            guard let line = head.split(separator: "\r\n").first(where: { $0.hasPrefix("X-Plan: ") }),
                let seed = UInt64(line.dropFirst(8))
            else { return await connection.close() }
            let plan = Plan(seed: seed)
            if !plan.isEarly { _ = try await connection.take(plan.bodyLength) }
            try await connection.send(Array(plan.response.prefix(plan.responseLength)), inPiecesOf: plan.pieces)
            guard plan.upstreamWay == .stay else { return try await end(connection, plan.upstreamWay) }
            if plan.isEarly { _ = try await connection.take(plan.bodyLength) }
        }
    }

    /// Plays the client of a call, and checks what it has seen.
    private static func call(_ plan: Plan, _ harness: Harness) async throws {
        let client = try await harness.client()
        do {
            try await client.connection.send(Array(plan.request.prefix(plan.requestLength)), inPiecesOf: plan.pieces)
        } catch {
            // An early end of the other side is part of the game.
        }
        if plan.requestLength < plan.request.count || plan.clientWay != .stay {
            let length = plan.readLength
            if plan.requestLength == plan.request.count {
                _ = try? await client.connection.receive("some bytes") { received in
                    received.bytes.count >= length
                        || (try? RawMessage.parse(received.bytes, .response(to: "POST"), isEnded: false)) != nil
                }
            }
            try await end(client.connection, plan.clientWay == .stay ? .close : plan.clientWay)
            return
        }
        let message = try? await client.response()
        let received = client.connection.unread.bytes
        if let message {
            if message.status == 200 {
                #expect(message.body == plan.body, "\(plan.description)")
                #expect(plan.responseLength == plan.response.count, "\(plan.description)")
            } else {
                #expect([502, 504].contains(message.status), "\(plan.description)")
            }
        } else {
            // What has come is the start of what was sent.
            let (isPrefix, text) = isStart(received, of: plan)
            #expect(isPrefix, "\(plan.description): \(text)")
        }
        await client.connection.close()
    }

    private static func isStart(_ bytes: [UInt8], of plan: Plan) -> (Bool, String) {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let headEnd = bytes.range(of: Array("\r\n\r\n".utf8)) else { return (bytes.isEmpty, text) }
        var seen: [UInt8] = []
        var rest = bytes[headEnd.upperBound...]
        if plan.isChunked {
            while let line = rest.range(of: Array("\r\n".utf8)) {
                let size = Int(String(decoding: rest[..<line.lowerBound], as: UTF8.self), radix: 16) ?? 0
                seen += rest[line.upperBound...].prefix(size)
                rest = rest[line.upperBound...].dropFirst(size + 2)
            }
        } else {
            seen = Array(rest)
        }
        return (plan.body.starts(with: seen), text)
    }

    @Test(arguments: [UInt64(1), 2, 3, 4], [GatewayConfiguration.Durability.committed, .buffered])
    func everyCallEndsOnceAndNobodySeesWhatWasNotSent(
        _ seed: UInt64,
        _ durability: GatewayConfiguration.Durability
    ) async throws {
        let configure: (inout GatewayConfiguration) -> Void = {
            $0.durability = durability
            $0.limits.upstreamConnections = 6
            $0.openRowMilliseconds = 5
            $0.responseTimeoutMilliseconds = 400
            $0.drainMilliseconds = 30
            $0.limits.heldBodyBytes = 1_000
        }
        try await Harness.run(upstream: .start(script: Self.play), configure: configure) { harness in
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for lane in 0..<5 {
                    tasks.addTask {
                        for turn in 0..<12 {
                            try await Self.call(Plan(seed: seed &* 1_000 &+ UInt64(lane * 100 + turn)), harness)
                        }
                    }
                }
                try await tasks.waitForAll()
            }
            let state = try await harness.recorder.wait(for: "all to end") { $0.started == $0.ended }
            #expect(state.records.count == state.started)
            #expect(state.started > 30)
        }
    }
}

extension RandomEndingTests.Plan {
    /// The length of the request's body.
    fileprivate var bodyLength: Int {
        request.count - (request.range(of: Array("\r\n\r\n".utf8))?.upperBound ?? 0)
    }
}
