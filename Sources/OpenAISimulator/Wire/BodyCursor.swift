import NIOCore

/// The bytes of a body as they go on the wire, one write at a time, with its pauses and interruptions.
struct BodyCursor {
    /// The next step of an answer's body.
    enum Step {
        /// Send bytes; the last ones complete the answer.
        case send(ByteBuffer, isLast: Bool)
        /// Wait for the pause between chunks.
        case pause
        /// End a body that ends with the connection.
        case end
        /// Close the connection within the body.
        case cut
    }

    private static let largestWrite = 64 * 1024

    private let framing: HeadEncoder.Framing
    private let delivery: Reply.Delivery
    /// The number of body bytes after which the connection is closed; `nil` for no limit.
    private let byteCut: Int?
    private var source: any FrameSource
    private var frame: Frame?
    private var offset = 0
    private var finishedFrames = 0
    private var isPauseDue = false
    private var isFinished = false

    /// The number of body bytes returned so far, without transfer coding.
    private(set) var sentBytes = 0

    /// Creates a cursor at the start of a body.
    init(_ body: ReplyBody, framing: HeadEncoder.Framing, delivery: Reply.Delivery) {
        self.framing = framing
        self.delivery = delivery
        switch body {
        case .none: source = FrameList([], text: .empty)
        case .bytes(let buffer): source = FrameList([Frame(head: buffer)], text: .empty)
        case .parts(let frames, _), .events(let frames): source = frames
        }
        if let length = body.length {
            // A plain body that would end there anyway is complete.
            let cut = [delivery.cutAfterBytes, delivery.cutAfterChunks].compactMap(\.self).min()
            byteCut = cut.flatMap { $0 < length ? $0 : nil }
        } else {
            byteCut = delivery.cutAfterBytes
        }
    }

    private var isStream: Bool {
        if case .length = framing { false } else { true }
    }

    /// Returns the next step.
    mutating func next() -> Step {
        if let byteCut, sentBytes >= byteCut { return .cut }
        if frame == nil {
            if isStream, let cut = delivery.cutAfterChunks, finishedFrames >= cut { return .cut }
            guard let next = source.nextFrame() else { return ending() }
            frame = next
            offset = 0
        }
        if isPauseDue {
            isPauseDue = false
            return .pause
        }
        return slice()
    }

    private mutating func ending() -> Step {
        guard case .chunked = framing, !isFinished else { return .end }
        isFinished = true
        return .send(ByteBuffer(string: "0\r\n\r\n"), isLast: true)
    }

    private mutating func slice() -> Step {
        guard let frame else { return .end }
        let total = frame.byteCount
        var count = min(total - offset, delivery.split ?? BodyCursor.largestWrite)
        if let byteCut { count = min(count, byteCut - sentBytes) }
        var buffer = ByteBufferAllocator().buffer(capacity: count + 16)
        let isChunked = if case .chunked = framing { true } else { false }
        // A slice of a split frame is a chunk of its own; without `split` the frame is one chunk, even if it is cut.
        if isChunked, delivery.split != nil || offset == 0 {
            buffer.writeString(String(delivery.split == nil ? total : count, radix: 16))
            buffer.writeStaticString("\r\n")
        }
        write(frame, offset..<offset + count, to: &buffer)
        offset += count
        sentBytes += count
        let isFrameFinished = offset == total
        if isChunked, delivery.split != nil || isFrameFinished { buffer.writeStaticString("\r\n") }
        if isFrameFinished {
            self.frame = nil
            finishedFrames += 1
        }
        if delivery.chunkDelayMilliseconds > 0 {
            isPauseDue = isStream ? isFrameFinished : delivery.split != nil
        }
        if case .length(let length) = framing { return .send(buffer, isLast: sentBytes == length) }
        return .send(buffer, isLast: false)
    }

    private func write(_ frame: Frame, _ range: Range<Int>, to buffer: inout ByteBuffer) {
        let textStart = frame.head.readableBytes
        let tailStart = textStart + frame.text.count
        if let head = overlap(range, 0..<textStart) {
            buffer.writeBytes(frame.head.readableBytesView.dropFirst(head.lowerBound).prefix(head.count))
        }
        if let text = overlap(range, textStart..<tailStart) {
            let start = frame.text.lowerBound - textStart
            source.text.write(start + text.lowerBound..<start + text.upperBound, to: &buffer)
        }
        if let tail = overlap(range, tailStart..<frame.byteCount) {
            buffer.writeBytes(frame.tail.readableBytesView.dropFirst(tail.lowerBound - tailStart).prefix(tail.count))
        }
    }

    private func overlap(_ first: Range<Int>, _ second: Range<Int>) -> Range<Int>? {
        let overlap = first.clamped(to: second)
        return overlap.isEmpty ? nil : overlap
    }
}
