import NIOCore

/// Finds the text messages of a WebSocket's server in the bytes that pass.
///
/// A message is assembled up to a size limit; a longer one passes unread.
struct WebSocketMeter {
    /// The maximum size of a message that is read, in bytes.
    static let messageBound = 8 << 20

    private var reader = WebSocketFrameReader(from: .server)
    private var message = ByteBuffer()
    private var isTooLong = false
    private var isBroken = false

    /// Processes bytes that pass.
    ///
    /// - Parameters:
    ///   - bytes: The bytes from the server.
    ///   - receive: Called with each complete text message.
    /// - Returns: True once the server has sent its Close frame.
    mutating func read(_ bytes: ByteBuffer, _ receive: (ByteBuffer) -> Void) -> Bool {
        guard !isBroken else { return false }
        var index = 0
        while true {
            switch bytes.withUnsafeReadableBytes({ reader.next($0, from: &index) }) {
            case .text(let range, let isFirst, let isLast):
                take(
                    bytes.getSlice(at: bytes.readerIndex + range.lowerBound, length: range.count),
                    isFirst,
                    isLast,
                    receive
                )
            case .other, .close: break
            case .needsMore: return reader.isClosed
            case .failed:
                // A malformed frame passes all the same; nothing after it can be read.
                isBroken = true
                return false
            }
        }
    }

    private mutating func take(_ piece: ByteBuffer?, _ isFirst: Bool, _ isLast: Bool, _ receive: (ByteBuffer) -> Void) {
        guard let piece else { return }
        if isFirst {
            isTooLong = false
            if isLast { return receive(piece) }
            message.clear()
        }
        if message.readableBytes + piece.readableBytes > Self.messageBound {
            isTooLong = true
            message = ByteBuffer()
        }
        guard !isTooLong else { return }
        message.writeImmutableBuffer(piece)
        guard isLast else { return }
        receive(message)
        if message.capacity > 64 << 10 { message = ByteBuffer() } else { message.clear() }
    }
}
