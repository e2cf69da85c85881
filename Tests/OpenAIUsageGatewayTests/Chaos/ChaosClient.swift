import OpenAIUsageTestKit

/// A client that makes calls by their plans on one connection, as long as that lives, and judges what it gets.
struct ChaosClient {
    /// What a call came to.
    enum Verdict: Hashable, Sendable {
        /// The response is what the upstream has sent, byte for byte.
        case identical
        /// The response is an error of the gateway's own.
        case refused
        /// The response is cut off, and what came of it is the start of what was sent.
        case cut
        /// The client went away.
        case left
        /// Something came that nobody has sent, or an end that was none.
        case wrong(String)
    }

    let port: Int
    private var connection: RawConnection?

    init(port: Int) {
        self.port = port
    }

    /// Makes a call, on the connection of the last if that is still open.
    mutating func call(_ plan: ChaosPlan) async throws -> Verdict {
        let connection: RawConnection
        if let open = self.connection, open.unread.end == nil {
            connection = open
        } else {
            await self.connection?.close()
            connection = try await RawConnection.connect(to: port)
        }
        self.connection = nil
        if case .leavesWithinRequest(let length, let isReset) = plan.clientFault {
            try? await connection.send(Array(plan.request.prefix(length)), inPiecesOf: plan.pieces)
            return await leave(connection, isReset)
        }
        // An early end of the other side is part of the game.
        try? await connection.send(plan.request, inPiecesOf: plan.pieces)
        switch plan.clientFault {
        case .leavesWithinResponse(let length, let isReset):
            _ = try? await connection.receive("some bytes") { received in
                received.bytes.count >= length
                    || (try? RawMessage.parse(received.bytes, .response(to: "POST"), isEnded: false)) != nil
            }
            return await leave(connection, isReset)
        case .halfCloses: try? await connection.closeOutput()
        case .none, .leavesWithinRequest: break
        }
        let (verdict, isOpen) = try await judge(connection, plan)
        // What is answered before it is read to its end may cost the connection.
        if isOpen, plan.clientFault == .none, !plan.isEarly {
            self.connection = connection
        } else {
            await connection.close()
        }
        return verdict
    }

    mutating func close() async {
        await connection?.close()
        connection = nil
    }

    private func leave(_ connection: RawConnection, _ isReset: Bool) async -> Verdict {
        if isReset { await connection.reset() } else { await connection.close() }
        return .left
    }

    private func judge(_ connection: RawConnection, _ plan: ChaosPlan) async throws -> (Verdict, isOpen: Bool) {
        let message: RawMessage?
        do {
            message = try await connection.message(.response(to: "POST"))
        } catch {
            // A wait that came to its limit is a call that hangs.
            guard connection.unread.end != nil else { throw error }
            message = nil
        }
        let left = connection.unread
        guard let message else { return (Self.judge(part: left.bytes, plan), false) }
        let isOpen = message.framing != .close && !message["connection"].contains("close")
        return (Self.judge(message, left, plan), isOpen)
    }

    private static func judge(_ message: RawMessage, _ left: RawConnection.Received, _ plan: ChaosPlan) -> Verdict {
        if message.text.contains("oai_usage_gateway_error") {
            return [502, 503, 504, 408, 400].contains(message.status) ? .refused : .wrong("\(message.startLine)")
        }
        // The end of the connection is the end of the response only if it is not a reset.
        if message.framing == .close, left.end == .reset {
            return plan.body.starts(with: message.body) ? .cut : .wrong("cut with bytes that nobody sent")
        }
        guard plan.isMine(status: message.status, requestID: message["x-request-id"]) else {
            return .wrong("somebody else's response: \(message.startLine) \(message["x-request-id"])")
        }
        guard message.body == plan.body else { return .wrong("\(message.body.count) bytes for \(plan.body.count)") }
        guard left.bytes.isEmpty else { return .wrong("bytes behind the response") }
        switch plan.upstreamFault {
        case .none, .strays, .closesBehind: return .identical
        // All of the content may have come without the end of its framing.
        case .cuts, .stalls, .closes, .resets, .garbles: return .wrong("whole, though it was cut off")
        }
    }

    /// Judges what came of a response that is not whole.
    private static func judge(part bytes: [UInt8], _ plan: ChaosPlan) -> Verdict {
        guard let end = bytes.range(of: Array("\r\n\r\n".utf8)) else { return .cut }
        let head = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).lowercased()
        var rest = bytes[end.upperBound...]
        var content: [UInt8] = []
        if head.contains("transfer-encoding: chunked") {
            while let line = rest.range(of: Array("\r\n".utf8)) {
                let size = Int(String(decoding: rest[..<line.lowerBound], as: UTF8.self), radix: 16) ?? 0
                content += rest[line.upperBound...].prefix(size)
                rest = rest[line.upperBound...].dropFirst(size + 2)
            }
        } else {
            content = Array(rest)
        }
        // Of an event that was cut off nobody can say whether the client would have got it.
        return plan.body.starts(with: content) || plan.bodyWithUsage.starts(with: content)
            ? .cut : .wrong("cut with bytes that nobody sent")
    }
}
