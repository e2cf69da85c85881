import NIOCore
import NIOPosix

/// A TCP connection that sends and receives bytes as they are.
final class RawConnection {
    enum Failure: Error, CustomStringConvertible {
        case endOfStream(String)
        case malformed(String)

        var description: String {
            switch self {
            case .endOfStream(let place): "the connection ended \(place)"
            case .malformed(let what): "malformed: \(what)"
            }
        }
    }

    private final class Collector: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let continuation: AsyncStream<ByteBuffer>.Continuation

        init(_ continuation: AsyncStream<ByteBuffer>.Continuation) {
            self.continuation = continuation
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            continuation.yield(unwrapInboundIn(data))
        }

        func channelInactive(context: ChannelHandlerContext) {
            continuation.finish()
            context.fireChannelInactive()
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }
    }

    let channel: any Channel
    private var iterator: AsyncStream<ByteBuffer>.Iterator
    private(set) var unread = ByteBuffer()

    private init(_ channel: any Channel, _ stream: AsyncStream<ByteBuffer>) {
        self.channel = channel
        iterator = stream.makeAsyncIterator()
    }

    static func open(port: Int, readsAutomatically: Bool = true) async throws -> RawConnection {
        let (stream, continuation) = AsyncStream.makeStream(of: ByteBuffer.self)
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(ChannelOptions.autoRead, value: readsAutomatically)
            .channelOption(ChannelOptions.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Collector(continuation))
                }
            }
            .connect(host: "127.0.0.1", port: port)
            .get()
        return RawConnection(channel, stream)
    }

    func send(_ text: String) async throws {
        try await send(ByteBuffer(string: text))
    }

    func send(_ bytes: ByteBuffer) async throws {
        try await channel.writeAndFlush(bytes).get()
    }

    func setReadsAutomatically(_ isOn: Bool) async throws {
        try await channel.setOption(ChannelOptions.autoRead, value: isOn).get()
    }

    /// Closes the connection, unless the other side did so already.
    func close() async throws {
        do {
            try await channel.close().get()
        } catch ChannelError.alreadyClosed {
            return
        }
    }

    /// Waits for more bytes; `false` at the end of the stream.
    func receive() async -> Bool {
        guard let next = await iterator.next(isolation: #isolation) else { return false }
        unread.writeImmutableBuffer(next)
        return true
    }

    /// Forgets what was received, and returns how many bytes that were.
    func discard() -> Int {
        defer { unread.clear() }
        return unread.readableBytes
    }

    /// Everything until the other side closes.
    func receiveUntilClosed() async -> [UInt8] {
        while await receive() {}
        return take(unread.readableBytes)
    }

    /// The next answer.
    ///
    /// `isComplete` tells whether its body had its promised end.
    func receiveResponse(toHead isHead: Bool = false) async throws -> RawResponse {
        var lines = try await receiveHeadLines()[...]
        guard let statusLine = lines.popFirst() else { throw Failure.malformed("an empty head") }
        let parts = statusLine.split(separator: " ", maxSplits: 2)
        guard parts.count >= 2, parts[0] == "HTTP/1.1", let status = Int(parts[1]) else {
            throw Failure.malformed(statusLine)
        }
        let headers = try lines.map { line in
            guard let colon = line.firstIndex(of: ":") else { throw Failure.malformed(line) }
            return RawResponse.Header(
                name: String(line[..<colon]),
                value: line[line.index(after: colon)...].trimmingPrefix(" ").description
            )
        }
        var response = RawResponse(
            status: status,
            reason: parts.count > 2 ? String(parts[2]) : "",
            headers: headers
        )
        if isHead || status < 200 || status == 204 { return response }
        if response["transfer-encoding"] == "chunked" {
            try await receiveChunks(into: &response)
        } else if let length = response["content-length"].flatMap({ Int($0) }) {
            while unread.readableBytes < length, await receive() {}
            response.body = take(min(length, unread.readableBytes))
            response.isComplete = response.body.count == length
        } else {
            response.body = await receiveUntilClosed()
        }
        return response
    }

    private func receiveHeadLines() async throws -> [String] {
        var lines: [String] = []
        while true {
            let line = try await receiveLine(place: "in a head")
            if line.isEmpty { return lines }
            lines.append(line)
        }
    }

    private func receiveLine(place: String) async throws -> String {
        while true {
            let view = unread.readableBytesView
            if let end = view.firstIndex(of: 0x0A) {
                let bytes = take(end - view.startIndex + 1)
                guard bytes.count >= 2, bytes[bytes.count - 2] == 0x0D else {
                    throw Failure.malformed("a line of HTTP without CR")
                }
                return String(decoding: bytes.dropLast(2), as: UTF8.self)
            }
            guard await receive() else { throw Failure.endOfStream(place) }
        }
    }

    private func receiveChunks(into response: inout RawResponse) async throws {
        response.isComplete = false
        while true {
            let line: String
            do {
                line = try await receiveLine(place: "between chunks")
            } catch Failure.endOfStream {
                return
            }
            guard let size = Int(line, radix: 16) else { throw Failure.malformed("chunk size \(line)") }
            while unread.readableBytes < size + 2, await receive() {}
            let chunk = take(min(size, unread.readableBytes))
            if !chunk.isEmpty { response.chunks.append(chunk) }
            response.body += chunk
            guard chunk.count == size, unread.readableBytes >= 2 else { return }
            guard take(2) == [0x0D, 0x0A] else { throw Failure.malformed("a chunk without its end") }
            if size == 0 {
                response.isComplete = true
                return
            }
        }
    }

    private func take(_ count: Int) -> [UInt8] {
        unread.readBytes(length: count) ?? []
    }
}
