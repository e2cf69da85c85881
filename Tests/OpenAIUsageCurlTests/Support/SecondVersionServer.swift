import OpenAIUsageTestKit

/// A server of HTTP/2 that sends back the body of every request.
///
/// It understands no more than it needs: it reads frames, not the names and values in them, and answers with status 200.
struct SecondVersionServer {
    struct Malformed: Error {}

    private struct Frame {
        static let endOfStream: UInt8 = 1
        static let endOfHeaders: UInt8 = 4

        var kind: UInt8
        var flags: UInt8
        var stream: UInt32
        var payload: [UInt8]

        var bytes: [UInt8] {
            [UInt8(payload.count >> 16), UInt8(payload.count >> 8 & 0xff), UInt8(payload.count & 0xff), kind, flags]
                + Self.bytes(stream) + payload
        }

        static func bytes(_ number: UInt32) -> [UInt8] {
            [UInt8(number >> 24), UInt8(number >> 16 & 0xff), UInt8(number >> 8 & 0xff), UInt8(number & 0xff)]
        }
    }

    private let connection: RawConnection
    /// Whether each stream is reset inside its body.
    private let resets: Bool

    init(_ connection: RawConnection, resets: Bool = false) {
        self.connection = connection
        self.resets = resets
    }

    /// Serves until the connection ends.
    func serve() async throws {
        guard try await connection.take(24) == Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) else { throw Malformed() }
        try await send(Frame(kind: 4, flags: 0, stream: 0, payload: []))
        var bodies: [UInt32: [UInt8]] = [:]
        while true {
            let frame = try await receive()
            switch frame.kind {
            case 0:
                bodies[frame.stream, default: []] += frame.payload
                // The windows of the connection and of the stream are opened again by what has come.
                if !frame.payload.isEmpty {
                    for stream in [0, frame.stream] {
                        let length = Frame.bytes(UInt32(frame.payload.count))
                        try await send(Frame(kind: 8, flags: 0, stream: stream, payload: length))
                    }
                }
            case 4 where frame.flags & 1 == 0: try await send(Frame(kind: 4, flags: 1, stream: 0, payload: []))
            case 6 where frame.flags & 1 == 0:
                try await send(Frame(kind: 6, flags: 1, stream: 0, payload: frame.payload))
            default: break
            }
            if frame.kind <= 1, frame.flags & Frame.endOfStream != 0 {
                try await answer(frame.stream, bodies.removeValue(forKey: frame.stream) ?? [])
            }
        }
    }

    private func answer(_ stream: UInt32, _ body: [UInt8]) async throws {
        // The eighth entry of the table of fields is the status 200.
        try await send(Frame(kind: 1, flags: Frame.endOfHeaders, stream: stream, payload: [0x88]))
        if resets {
            try await send(Frame(kind: 0, flags: 0, stream: stream, payload: Array("some".utf8)))
            return try await send(Frame(kind: 3, flags: 0, stream: stream, payload: Frame.bytes(2)))
        }
        // The client's window is far wider than what is sent here.
        var rest = body[...]
        while !rest.isEmpty {
            try await send(Frame(kind: 0, flags: 0, stream: stream, payload: Array(rest.prefix(16_384))))
            rest = rest.dropFirst(16_384)
        }
        try await send(Frame(kind: 0, flags: Frame.endOfStream, stream: stream, payload: []))
    }

    private func send(_ frame: Frame) async throws { try await connection.send(frame.bytes) }

    private func receive() async throws -> Frame {
        let head = try await connection.take(9)
        let length = Int(head[0]) << 16 | Int(head[1]) << 8 | Int(head[2])
        let stream = head[5...].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } & 0x7fff_ffff
        return Frame(kind: head[3], flags: head[4], stream: stream, payload: try await connection.take(length))
    }
}
