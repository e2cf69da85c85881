import NIOCore

/// The body of an answer.
enum ReplyBody {
    case none
    /// The whole body, sent with its length.
    case bytes(ByteBuffer)
    /// Parts created on demand, `length` bytes in total.
    case parts(any FrameSource, length: Int)
    /// The events of a stream.
    case events(any FrameSource)

    /// The number of bytes; `nil` for a stream.
    var length: Int? {
        switch self {
        case .none: 0
        case .bytes(let buffer): buffer.readableBytes
        case .parts(_, let length): length
        case .events: nil
        }
    }

    /// Creates a body from frames that refer to `text`.
    init(frames: [Frame], text: AnswerText) {
        if frames.count == 1, let only = frames.first, only.text.isEmpty, only.tail.readableBytes == 0 {
            self = .bytes(only.head)
        } else {
            self = .parts(FrameList(frames, text: text), length: frames.reduce(0) { $0 + $1.byteCount })
        }
    }

    /// Creates a body from a JSON object, in the layout of plain answers.
    static func json(
        text: AnswerText = AnswerText.empty,
        capacity: Int = 1024,
        _ members: (inout JSONWriter) -> Void
    ) -> ReplyBody {
        var writer = JSONWriter(into: ByteBufferAllocator().buffer(capacity: capacity), isPretty: true, text: text)
        writer.object(members)
        return ReplyBody(frames: writer.finish(), text: text)
    }
}
