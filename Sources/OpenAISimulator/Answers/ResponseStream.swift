import NIOCore

/// The events of a streamed response.
struct ResponseStream: FrameSource {
    private enum Step {
        case created, inProgress
        case reasoningAdded, reasoningDone
        case itemAdded, partAdded
        case delta(piece: Int)
        case textDone, partDone, itemDone
        case ended, error, end
    }

    private let response: StoredResponse
    private let options: StreamOptions
    private var sequenceNumber: Int

    var text: AnswerText { response.generation.text }

    /// Creates a stream from its beginning, or from behind the event with that number.
    init(_ response: StoredResponse, options: StreamOptions, after sequenceNumber: Int = -1) {
        self.response = response
        self.options = options
        self.sequenceNumber = sequenceNumber + 1
    }

    mutating func nextFrame() -> Frame? {
        let frame = frame(for: step(at: sequenceNumber))
        sequenceNumber += 1
        return frame
    }

    private func step(at position: Int) -> Step {
        if position == 0 { return .created }
        if position == 1 { return .inProgress }
        var position = position - 2
        if response.hasReasoning {
            if position == 0 { return .reasoningAdded }
            if position == 1 { return .reasoningDone }
            position -= 2
        }
        if position == 0 { return .itemAdded }
        if position == 1 { return .partAdded }
        position -= 2
        let pieces = options.failsMidstream ? (text.pieceCount + 1) / 2 : text.pieceCount
        if position < pieces { return .delta(piece: position) }
        position -= pieces
        if options.failsMidstream { return position == 0 ? .error : .end }
        switch position {
        case 0: return .textDone
        case 1: return .partDone
        case 2: return .itemDone
        case 3: return .ended
        default: return .end
        }
    }

    private func frame(for step: Step) -> Frame? {
        switch step {
        case .created:
            event("response.created") { writeResponse(to: &$0, phase: .inProgress) }
        case .inProgress:
            event("response.in_progress") { writeResponse(to: &$0, phase: .inProgress) }
        case .reasoningAdded:
            event("response.output_item.added") { writer in
                writer.member("output_index", 0)
                writer.object("item") { response.writeReasoning(to: &$0) }
            }
        case .reasoningDone:
            event("response.output_item.done") { writer in
                writer.member("output_index", 0)
                writer.object("item") { response.writeReasoning(to: &$0) }
            }
        case .itemAdded:
            event("response.output_item.added") { writer in
                writer.member("output_index", messageIndex)
                writer.object("item") { response.writeMessage(to: &$0, isDone: false) }
            }
        case .partAdded:
            event("response.content_part.added") { writer in
                writePlace(to: &writer)
                writer.object("part") { writer in
                    writer.member("type", "output_text")
                    writer.member("text", "")
                    writer.member("annotations", json: "[]")
                    writer.member("logprobs", json: "[]")
                }
            }
        case .delta(let piece):
            delta(piece)
        case .textDone:
            event("response.output_text.done") { writer in
                writePlace(to: &writer)
                writer.answerText("text")
                writer.member("logprobs", json: "[]")
            }
        case .partDone:
            event("response.content_part.done") { writer in
                writePlace(to: &writer)
                writer.object("part") { response.writeTextPart(to: &$0) }
            }
        case .itemDone:
            event("response.output_item.done") { writer in
                writer.member("output_index", messageIndex)
                writer.object("item") { response.writeMessage(to: &$0, isDone: true) }
            }
        case .ended:
            event(terminalEvent) { writeResponse(to: &$0, phase: .ended) }
        case .error:
            event("error") { writer in
                writer.member("code", "server_error")
                writer.member("message", "An error occurred.")
                writer.member("param", json: "null")
            }
        case .end:
            nil
        }
    }

    private var terminalEvent: StaticString {
        switch response.generation.finish {
        case .completed: "response.completed"
        case .incomplete: "response.incomplete"
        case .failed: "response.failed"
        }
    }

    private var messageIndex: Int {
        response.hasReasoning ? 1 : 0
    }

    private func writeResponse(to writer: inout JSONWriter, phase: StoredResponse.Phase) {
        writer.object("response") { response.writeMembers(to: &$0, phase: phase, isStreamed: true) }
    }

    private func writePlace(to writer: inout JSONWriter) {
        writer.member("item_id", response.messageID)
        writer.member("output_index", messageIndex)
        writer.member("content_index", 0)
    }

    private func opening(_ name: StaticString) -> ByteBuffer {
        var buffer = ByteBufferAllocator().buffer(capacity: 512)
        buffer.writeStaticString("event: ")
        buffer.writeStaticString(name)
        buffer.writeStaticString(options.lineEnd.bytes)
        buffer.writeStaticString("data: ")
        return buffer
    }

    private func writeLineEnds(to buffer: inout ByteBuffer) {
        buffer.writeStaticString(options.lineEnd.bytes)
        buffer.writeStaticString(options.lineEnd.bytes)
    }

    private func event(_ name: StaticString, _ members: (inout JSONWriter) -> Void) -> Frame {
        var writer = JSONWriter(into: opening(name), isPretty: false, text: text)
        writer.object { writer in
            writer.member("type", name.description)
            writer.member("sequence_number", sequenceNumber)
            members(&writer)
        }
        // An event contains the text at most once: it is one frame, or one up to the text and one after it.
        var frames = writer.finish()[...]
        guard var frame = frames.popFirst() else { return Frame(head: ByteBuffer()) }
        if let rest = frames.popFirst() {
            frame.tail = rest.head
            writeLineEnds(to: &frame.tail)
        } else {
            writeLineEnds(to: &frame.head)
        }
        return frame
    }

    private func delta(_ piece: Int) -> Frame {
        let range = text.piece(piece)
        var head = opening("response.output_text.delta")
        head.writeStaticString("{\"type\":\"response.output_text.delta\",\"sequence_number\":")
        head.writeDecimal(sequenceNumber)
        head.writeStaticString(",\"item_id\":")
        head.writeJSONString(response.messageID)
        head.writeStaticString(",\"output_index\":")
        head.writeDecimal(messageIndex)
        head.writeStaticString(",\"content_index\":0,\"delta\":\"")
        guard range.count > JSONWriter.inlineTextLimit else {
            text.write(range, to: &head)
            writeDeltaEnd(piece, to: &head)
            return Frame(head: head)
        }
        var tail = ByteBufferAllocator().buffer(capacity: 64)
        writeDeltaEnd(piece, to: &tail)
        return Frame(head: head, text: range, tail: tail)
    }

    private func writeDeltaEnd(_ piece: Int, to buffer: inout ByteBuffer) {
        buffer.writeStaticString("\",\"logprobs\":[]")
        if options.includesObfuscation {
            buffer.writeStaticString(",\"obfuscation\":\"")
            Obfuscation.write(response.generation.hash, index: UInt64(piece) + 1, to: &buffer)
            buffer.writeStaticString("\"")
        }
        buffer.writeStaticString("}")
        writeLineEnds(to: &buffer)
    }
}
