import NIOCore

/// The chunks of a streamed chat or legacy completion.
///
/// A request for usage changes only the `usage` members and adds the usage chunk; every other byte stays the same.
struct ChatStream: FrameSource {
    /// The endpoint that answers.
    enum Style: Sendable {
        case chat, completion
    }

    private enum Step {
        case role(choice: Int)
        case delta(piece: Int, choice: Int)
        case finish(choice: Int)
        case usage, error, done, end
    }

    private let style: Style
    private let generation: Generation
    private let options: StreamOptions
    /// The common beginning of every chunk.
    private let opening: ByteBuffer
    private var index = 0

    var text: AnswerText { generation.text }

    /// Creates a stream.
    init(_ generation: Generation, style: Style, options: StreamOptions) {
        self.style = style
        self.generation = generation
        self.options = options
        var opening = ByteBufferAllocator().buffer(capacity: 256)
        opening.writeStaticString("data: {\"id\":")
        switch style {
        case .chat:
            opening.writeJSONString(generation.identifier("chatcmpl-", digits: 29))
            opening.writeStaticString(",\"object\":\"chat.completion.chunk\",\"created\":")
        case .completion:
            opening.writeJSONString(generation.identifier("cmpl-", digits: 24))
            opening.writeStaticString(",\"object\":\"text_completion\",\"created\":")
        }
        opening.writeDecimal(generation.created)
        opening.writeStaticString(",\"model\":")
        opening.writeJSONString(generation.model)
        if style == .chat {
            opening.writeStaticString(",\"service_tier\":")
            opening.writeJSONString(generation.tier)
            opening.writeStaticString(",\"system_fingerprint\":")
            opening.writeJSONString(generation.fingerprint)
        }
        opening.writeStaticString(",\"choices\":[")
        self.opening = opening
    }

    mutating func nextFrame() -> Frame? {
        let step = step(at: index)
        if case .end = step { return nil }
        index += 1
        return frame(for: step)
    }

    private func step(at position: Int) -> Step {
        var position = position
        let choices = generation.choiceCount
        if options.includesUsage, generation.usageComesFirst {
            if position == 0 { return .usage }
            position -= 1
        }
        if style == .chat {
            if position < choices { return .role(choice: position) }
            position -= choices
        }
        let pieces = options.failsMidstream ? (text.pieceCount + 1) / 2 : text.pieceCount
        if position < pieces * choices {
            return .delta(piece: position / choices, choice: position % choices)
        }
        position -= pieces * choices
        if options.failsMidstream { return position == 0 ? .error : .end }
        if position < choices { return .finish(choice: position) }
        position -= choices
        if options.includesUsage, !generation.usageComesFirst {
            if position == 0 { return .usage }
            position -= 1
        }
        return position == 0 ? .done : .end
    }

    private func frame(for step: Step) -> Frame {
        switch (step, style) {
        case (.role(let choice), _):
            return chunk(choice: choice, padding: 0) { buffer in
                buffer.writeStaticString("\"delta\":{\"role\":\"assistant\",\"content\":\"\",\"refusal\":null},")
                buffer.writeStaticString("\"logprobs\":null,\"finish_reason\":null}")
            }
        case (.delta(let piece, let choice), .chat):
            return textChunk(
                piece: piece,
                before: { buffer in
                    writeIndex(choice, to: &buffer)
                    buffer.writeStaticString("\"delta\":{\"content\":\"")
                },
                after: { buffer in
                    buffer.writeStaticString("\"},\"logprobs\":null,\"finish_reason\":null}")
                    writeEnd(padding: UInt64(piece * generation.choiceCount + choice) + 1, to: &buffer)
                }
            )
        case (.delta(let piece, let choice), .completion):
            return textChunk(
                piece: piece,
                before: { $0.writeStaticString("{\"text\":\"") },
                after: { buffer in
                    buffer.writeStaticString("\",\"index\":")
                    buffer.writeDecimal(choice)
                    buffer.writeStaticString(",\"logprobs\":null,\"finish_reason\":null}")
                    writeEnd(padding: nil, to: &buffer)
                }
            )
        case (.finish(let choice), .chat):
            return chunk(choice: choice, padding: nil) { buffer in
                buffer.writeStaticString("\"delta\":{},\"logprobs\":null,\"finish_reason\":")
                buffer.writeJSONString(generation.finishReason)
                buffer.writeStaticString("}")
            }
        case (.finish(let choice), .completion):
            return frame { buffer in
                buffer.writeImmutableBuffer(opening)
                buffer.writeStaticString("{\"text\":\"\",\"index\":")
                buffer.writeDecimal(choice)
                buffer.writeStaticString(",\"logprobs\":null,\"finish_reason\":")
                buffer.writeJSONString(generation.finishReason)
                buffer.writeStaticString("}")
                writeEnd(padding: nil, to: &buffer)
            }
        case (.usage, _):
            return usageFrame()
        case (.error, _):
            return frame { buffer in
                buffer.writeStaticString("data: {\"error\":{\"message\":\"The server had an error while processing ")
                buffer.writeStaticString("the request.\",\"type\":\"server_error\",\"param\":null,\"code\":null}}")
            }
        case (.done, _), (.end, _):
            return frame { $0.writeStaticString("data: [DONE]") }
        }
    }

    private func usageFrame() -> Frame {
        frame { buffer in
            buffer.writeImmutableBuffer(opening)
            buffer.writeStaticString("],")
            var writer = JSONWriter(into: ByteBufferAllocator().buffer(capacity: 512), isPretty: false, text: text)
            switch style {
            case .chat: generation.usage.writeChat(to: &writer)
            case .completion: generation.usage.writeCompletion(to: &writer)
            }
            for part in writer.finish() { buffer.writeImmutableBuffer(part.head) }
            if style == .chat, options.includesObfuscation { writeObfuscation(0x7573, to: &buffer) }
            buffer.writeStaticString("}")
        }
    }

    /// Creates a chunk with one choice; `rest` writes what follows the choice's index.
    private func chunk(choice: Int, padding: UInt64?, _ rest: (inout ByteBuffer) -> Void) -> Frame {
        frame { buffer in
            buffer.writeImmutableBuffer(opening)
            writeIndex(choice, to: &buffer)
            rest(&buffer)
            writeEnd(padding: padding, to: &buffer)
        }
    }

    private func writeIndex(_ choice: Int, to buffer: inout ByteBuffer) {
        buffer.writeStaticString("{\"index\":")
        buffer.writeDecimal(choice)
        buffer.writeStaticString(",")
    }

    private func textChunk(
        piece: Int,
        before: (inout ByteBuffer) -> Void,
        after: (inout ByteBuffer) -> Void
    ) -> Frame {
        let range = text.piece(piece)
        var head = ByteBufferAllocator().buffer(capacity: 512)
        head.writeImmutableBuffer(opening)
        before(&head)
        guard range.count > JSONWriter.inlineTextLimit else {
            text.write(range, to: &head)
            after(&head)
            writeLineEnds(to: &head)
            return Frame(head: head)
        }
        var tail = ByteBufferAllocator().buffer(capacity: 128)
        after(&tail)
        writeLineEnds(to: &tail)
        return Frame(head: head, text: range, tail: tail)
    }

    private func frame(_ content: (inout ByteBuffer) -> Void) -> Frame {
        var buffer = ByteBufferAllocator().buffer(capacity: 512)
        content(&buffer)
        writeLineEnds(to: &buffer)
        return Frame(head: buffer)
    }

    private func writeLineEnds(to buffer: inout ByteBuffer) {
        buffer.writeStaticString(options.lineEnd.bytes)
        buffer.writeStaticString(options.lineEnd.bytes)
    }

    /// Closes the choices and the chunk.
    ///
    /// The last chunk of a choice has an empty padding.
    private func writeEnd(padding: UInt64?, to buffer: inout ByteBuffer) {
        buffer.writeStaticString(options.includesUsage ? "],\"usage\":null" : "]")
        if style == .chat, options.includesObfuscation {
            if let padding {
                writeObfuscation(padding, to: &buffer)
            } else {
                buffer.writeStaticString(",\"obfuscation\":\"\"")
            }
        }
        buffer.writeStaticString("}")
    }

    private func writeObfuscation(_ index: UInt64, to buffer: inout ByteBuffer) {
        buffer.writeStaticString(",\"obfuscation\":\"")
        Obfuscation.write(generation.hash, index: index, to: &buffer)
        buffer.writeStaticString("\"")
    }
}
